"""The network: one encoder, and the heads that read from it."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, LAYERS, HEADS, INNER = 384, 6, 12, 1536
FEATURES = 8
CUE_TAGS = 3
ROLE_TAGS = 5
"""O, and begin and inside of source and of content."""
STATUSES, STANCES, KINDS = 10, 11, 6
REACH = 160
"""How far from its cue, in words, a source or content is looked for."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the head that finds the roles of a cue."""

    width: int = 192
    heads: int = 6
    inner: int = 384
    layers: int = 2
    dropout: float = 0.1


class Layer(nn.Module):
    """One block of a transformer, norm behind."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x: batch, length, width. bias: added to the scores of attention, batch, 1, 1, length."""
        batch, length, width = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        # No dropout on the scores: it costs a fifth of the time on a processor, and gains nothing here
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = self.norm1(x + self.drop(self.out(seen.transpose(1, 2).reshape(batch, length, width))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """all-MiniLM-L6-v2 with a further embedding for the shape of words and quotation marks, zero at first."""

    def __init__(self, vocabulary: int = 30522, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.segments = nn.Embedding(2, WIDTH)
        self.features = nn.Embedding(FEATURES, WIDTH)
        nn.init.zeros_(self.features.weight)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(WIDTH, HEADS, INNER, dropout) for _ in range(LAYERS))

    def forward(self, ids: Tensor, features: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        """A vector for each piece. mask: 1 for a piece, 0 for padding; all of batch, length."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.words(ids) + self.segments(segments) + self.places(places) + self.features(features)
        x = self.drop(self.norm(x))
        bias = (1.0 - mask.to(x.dtype))[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def load_minilm(self, path: Path) -> None:
        """Takes the weights as published."""
        kept = {k.removeprefix("bert."): v for k, v in load_file(str(path)).items()}
        mine = self.state_dict()
        for ours, theirs in (
            ("words.weight", "embeddings.word_embeddings.weight"),
            ("places.weight", "embeddings.position_embeddings.weight"),
            ("segments.weight", "embeddings.token_type_embeddings.weight"),
            ("norm.weight", "embeddings.LayerNorm.weight"),
            ("norm.bias", "embeddings.LayerNorm.bias"),
        ):
            mine[ours].copy_(kept[theirs])
        for n in range(LAYERS):
            at = f"encoder.layer.{n}."
            for kind in ("weight", "bias"):
                three = [kept[f"{at}attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
                mine[f"layers.{n}.qkv.{kind}"].copy_(torch.cat(three))
                for ours, theirs in (
                    ("out", "attention.output.dense"),
                    ("norm1", "attention.output.LayerNorm"),
                    ("up", "intermediate.dense"),
                    ("down", "output.dense"),
                    ("norm2", "output.LayerNorm"),
                ):
                    mine[f"layers.{n}.{ours}.{kind}"].copy_(kept[f"{at}{theirs}.{kind}"])


class Roles(nn.Module):
    """Which words are source and content of one cue: a light transformer over the words around it, which knows where
    the cue is.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.project = nn.Linear(WIDTH, shape.width)
        self.cue = nn.Linear(WIDTH, shape.width)
        self.distance = nn.Embedding(2 * REACH + 3, shape.width)
        nn.init.normal_(self.distance.weight, std=0.02)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.drop = nn.Dropout(shape.dropout)
        self.layers = nn.ModuleList(
            Layer(shape.width, shape.heads, shape.inner, shape.dropout) for _ in range(shape.layers)
        )
        self.tag = nn.Linear(shape.width, ROLE_TAGS)

    def forward(self, words: Tensor, cue: Tensor, distance: Tensor, mask: Tensor) -> Tensor:
        """Scores of the tags. words: cues, length, width of the encoder; cue: cues, width; distance: 0 to 2 REACH + 2,
        the middle for words of the cue itself.
        """
        x = self.project(words) + self.cue(cue)[:, None] + self.distance(distance)
        x = self.drop(self.norm(x))
        bias = (1.0 - mask.to(x.dtype))[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return self.tag(x)


class Head(nn.Module):
    """A layer in between, then scores."""

    def __init__(self, out: int, dropout: float = 0.1, inner: int = WIDTH) -> None:
        super().__init__()
        self.inner = nn.Linear(WIDTH, inner)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(inner, out)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.drop(F.gelu(self.inner(x))))


class Reader(nn.Module):
    """Encoder and heads. certainty: -3 to 3; status, stance, kind: scores of the closed lists."""

    def __init__(self, shape: Shape = Shape(), dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(dropout=dropout)
        self.cues = nn.Linear(WIDTH, CUE_TAGS)
        self.roles = Roles(shape)
        self.certainty = Head(1)
        self.status = Head(STATUSES)
        self.stance = Head(STANCES)
        self.kind = Head(KINDS)


def words_in(x: Tensor, where: Tensor) -> Tensor:
    """The vector of each word: that of its first piece."""
    return x.gather(1, where[..., None].expand(-1, -1, x.shape[-1]))


def mean_of(words: Tensor, spans: Tensor) -> Tensor:
    """Mean of the words of each span (row, first, end)."""
    at = torch.arange(words.shape[1], device=words.device)
    inside = ((at >= spans[:, 1:2]) & (at < spans[:, 2:3])).to(words.dtype)
    return torch.einsum("nl,nlw->nw", inside / inside.sum(1, keepdim=True).clamp(min=1), words[spans[:, 0]])


def role_scores(reader: Reader, words: Tensor, cues: Tensor, around: Tensor) -> tuple[Tensor, Tensor]:
    """Scores of the roles of each cue over the words around it, and which of those there are."""
    length = int((around[:, 1] - around[:, 0]).max())
    at = around[:, :1] + torch.arange(length, device=words.device)
    mask = at < around[:, 1:]
    held = words[cues[:, :1], at.clamp(max=words.shape[1] - 1)]
    before, behind = (at - cues[:, 1:2]).clamp(max=0), (at - cues[:, 2:3] + 1).clamp(min=0)
    distance = (before + behind).clamp(-REACH, REACH) + REACH + 1
    return reader.roles(held, mean_of(words, cues), distance, mask), mask
