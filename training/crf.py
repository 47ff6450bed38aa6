"""Linear-chain conditional random field over few tags."""

import torch
from torch import Tensor, nn

FORBIDDEN = -1e4


class Chain(nn.Module):
    """Transitions between tags. allowed: which tag may follow which, from the first axis to the second; opens: which may
    come first.
    """

    def __init__(self, allowed: Tensor, opens: Tensor) -> None:
        super().__init__()
        self.moves = nn.Parameter(torch.zeros_like(allowed, dtype=torch.float))
        self.first = nn.Parameter(torch.zeros(len(opens)))
        self.last = nn.Parameter(torch.zeros(len(opens)))
        self.register_buffer("barred", (1.0 - allowed.float()) * FORBIDDEN)
        self.register_buffer("shut", (1.0 - opens.float()) * FORBIDDEN)

    def loss(self, scores: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        """Negative log-likelihood of each row. scores: rows, length, tags; mask: true from the start to the row's end."""
        moves, first = self.moves + self.barred, self.first + self.shut
        rows = torch.arange(len(tags), device=tags.device)
        gold = first[tags[:, 0]] + scores[rows, 0, tags[:, 0]]
        steps = moves[tags[:, :-1], tags[:, 1:]] + scores.gather(2, tags[..., None])[:, 1:, 0]
        ends = mask.sum(1) - 1
        gold = gold + (steps * mask[:, 1:]).sum(1) + self.last[tags[rows, ends]]
        return self._all(scores, mask, moves, first) - gold

    def _all(self, scores: Tensor, mask: Tensor, moves: Tensor, first: Tensor) -> Tensor:
        """Log of the sum over all paths: steps are joined two by two, which is quick where a loop over them is not."""
        rows, length, tags = scores.shape
        still = torch.full((tags, tags), FORBIDDEN, device=scores.device).fill_diagonal_(0.0)
        steps = moves + scores[:, 1:, None, :]
        steps = torch.where(mask[:, 1:, None, None], steps, still)
        while steps.shape[1] > 1:
            if steps.shape[1] % 2:
                steps = torch.cat((steps, still.expand(rows, 1, tags, tags)), dim=1)
            left, right = steps[:, 0::2], steps[:, 1::2]
            steps = torch.logsumexp(left[..., :, :, None] + right[..., None, :, :], dim=-2)
        ends = first + scores[:, 0]
        if length > 1:
            ends = torch.logsumexp(ends[:, :, None] + steps[:, 0], dim=1)
        return torch.logsumexp(ends + self.last, dim=1)

    def told(self) -> dict[str, list]:
        """Moves, first and last as plain numbers, what may not be barred: as `best_path` takes them."""
        kept = {"moves": self.moves + self.barred, "first": self.first + self.shut, "last": self.last}
        return {name: value.detach().cpu().numpy().round(5).tolist() for name, value in kept.items()}
