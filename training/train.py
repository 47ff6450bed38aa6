"""Trains encoder and heads together, from prepared arrays."""

import argparse
import json
import pickle
import random
import time
from pathlib import Path

import batches
import numpy as np
import torch
from crf import Chain
from measured import attributed, scored
from model import Reader, Shape, mean_of, role_scores, words_in
from torch import Tensor, nn
from torch.nn import functional as F

FOLLOWS = torch.tensor([[1, 1, 0, 1, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 0], [1, 1, 0, 1, 1], [1, 1, 0, 1, 1]])
"""Which tag may follow which: O, source begins, goes on, content begins, goes on."""
OPENS = torch.tensor([1, 1, 0, 1, 0])


class Trained(nn.Module):
    """The network with what only training and decoding need."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.reader = Reader(shape, dropout)
        self.chain = Chain(FOLLOWS, OPENS)


def losses(
    it: Trained, batch: batches.Batch, args: argparse.Namespace, weights: dict[str, Tensor]
) -> dict[str, Tensor]:
    reader = it.reader
    x = reader.encoder(batch.ids, batch.features, batch.segments, batch.mask)
    words = words_in(x, batch.where)
    out = {}
    if (batch.cue_tags >= 0).any():
        scores = reader.cues(words).float()
        out["cue"] = F.cross_entropy(scores.flatten(0, 1), batch.cue_tags.flatten(), ignore_index=-100) * args.cue_loss
        known = (batch.role_tags[:, :1] >= 0).any(1)
        if known.any():
            cues, around, tags = batch.cues[known], batch.around[known], batch.role_tags[known]
            scores, mask = role_scores(reader, words, cues, around)
            scores, tags = scores.float(), tags[:, : scores.shape[1]]
            out["role"] = it.chain.loss(scores, tags.clamp(min=0), mask).mean() * args.role_loss
    if (batch.stances >= 0).any():
        out["stance"] = (
            F.cross_entropy(
                reader.stance(mean_of(words, batch.cues)).float(),
                batch.stances,
                ignore_index=-1,
                weight=weights["stance"],
            )
            * args.side_loss
        )
        if (batch.kinds >= 0).any():
            out["kind"] = (
                F.cross_entropy(reader.kind(mean_of(words, batch.sources)).float(), batch.kinds, ignore_index=-1)
                * args.side_loss
            )
    if len(batch.events):
        vectors = mean_of(words, batch.events)
        held = ~batch.scores.isnan()
        if held.any():
            told = reader.certainty(vectors[held])[:, 0].float()
            off = F.smooth_l1_loss(told, batch.scores[held], beta=args.beta)
            out["certainty"] = off * args.score_loss
        if (batch.statuses >= 0).any():
            out["status"] = (
                F.cross_entropy(
                    reader.status(vectors).float(), batch.statuses, ignore_index=-1, weight=weights["status"]
                )
                * args.side_loss
            )
    return out


def groups(it: Trained, args: argparse.Namespace) -> list[dict]:
    """Parameters with their rates: the heads begin from nothing and learn faster."""
    heads = [p for n, p in it.named_parameters() if not n.startswith("reader.encoder.")]
    return [{"params": list(it.reader.encoder.parameters()), "lr": args.rate}, {"params": heads, "lr": args.head_rate}]


def load(args: argparse.Namespace, name: str) -> list[dict]:
    path = Path(args.data, f"{name}.pickle")
    return pickle.loads(path.read_bytes()) if path.exists() else []


def weighing(rows: list[dict], key: str, size: int, power: float) -> Tensor:
    counts = np.ones(size)
    for row in rows:
        for it in row["attributions"] if key == "stance" else row["events"]:
            value = it[3] if key == "stance" else it[2]
            if value is not None and value >= 0:
                counts[value] += 1
    weight = (counts.sum() / counts) ** power
    return torch.tensor(weight / (weight * counts).sum() * counts.sum(), dtype=torch.float)


def save(it: nn.Module, folder: Path) -> None:
    """Half precision is more than the network's noise."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {k: v.half() if v.is_floating_point() else v for k, v in it.state_dict().items()}
    torch.save(kept, folder / "weights.pt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--head-rate", type=float, default=5e-4)
    parser.add_argument("--size", type=int, default=16)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--cue-loss", type=float, default=8.0)
    parser.add_argument("--role-loss", type=float, default=0.2)
    parser.add_argument("--score-loss", type=float, default=0.5)
    parser.add_argument("--side-loss", type=float, default=0.1)
    parser.add_argument("--beta", type=float, default=1.0)
    parser.add_argument("--ema", type=float, default=0.0)
    parser.add_argument("--own", type=int, default=2, help="how often texts of ours are seen an epoch")
    parser.add_argument("--held", type=int, default=0, help="keep one row in so many back, and measure on those")
    parser.add_argument("--measure", default="", help="sets to measure on at the end, with a comma between")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many: for a trial")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--flat", action="store_true", help="keep the rate: for a mean over the last steps (--ema)")
    parser.add_argument("--fewer", type=int, default=1, help="see one in so many of the scored sentences a round")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    torch.backends.cuda.matmul.allow_tf32 = True
    news, sentences, own = load(args, "polnear-train"), load(args, "status-train"), load(args, "own")
    joint = load(args, "joint-train1") + load(args, "joint-train2")
    held = {}
    if args.held:
        held = {
            "polnear-held": news[:: args.held],
            "status-held": sentences[:: args.held],
            "own-held": own[:: args.held],
        }
        news, sentences, own = ([r for n, r in enumerate(rows) if n % args.held] for rows in (news, sentences, own))
    it = Trained(
        Shape(width=args.width, layers=args.layers, heads=args.width // 32, inner=2 * args.width, dropout=args.dropout),
        args.dropout,
    ).to(device)
    with torch.no_grad():
        it.reader.encoder.load_minilm(args.minilm)
    if args.start:
        it.load_state_dict(
            {
                k: v.float() if v.is_floating_point() else v
                for k, v in torch.load(args.start, map_location="cpu").items()
            }
        )
    weights = {
        "status": weighing(own + joint, "status", 10, 0.5).to(device),
        "stance": weighing(own + joint, "stance", 11, 0.5).to(device),
    }
    chance = random.Random(args.seed)

    def windowed() -> list:
        rows = news + (own + joint) * args.own
        return [w for row in rows for w in batches.cut(row, chance.randrange(0, 120))]

    per_epoch = len(windowed()) // args.size
    total = args.steps or per_epoch * args.epochs
    sized = max(1, len(sentences) // (per_epoch * args.fewer))
    events = batches.endless([w for row in sentences for w in batches.cut(row, 0)], sized, args.seed)
    optimizer = torch.optim.AdamW(groups(it, args), weight_decay=0.01, betas=(0.9, 0.98), fused=device == "cuda")
    warm = max(1, total // 12)
    began = time.time()
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / warm) * (1.0 if args.flat else max(0.0, 1 - n / total))
    )
    average = (
        torch.optim.swa_utils.AveragedModel(it, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(args.ema))
        if args.ema
        else None
    )
    step, seen = 0, {}
    it.train()
    while step < total:
        for windows in batches.in_batches(windowed(), args.size, chance):
            if step >= total:
                break
            found = []
            for group in (windows, next(events)):
                batch = batches.made(group).to(device)
                with torch.autocast(device, dtype=torch.bfloat16):
                    lost = losses(it, batch, args, weights)
                loss = sum(lost.values())
                loss.backward()
                found.append(lost)
            nn.utils.clip_grad_norm_(it.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            if average is not None and step > warm:
                average.update_parameters(it)
            step += 1
            for lost in found:
                for name, value in lost.items():
                    kept = seen.get(name)
                    seen[name] = value.detach() if kept is None else 0.98 * kept + 0.02 * value.detach()
            if step % 50 == 0 or step == 10:
                told = " ".join(f"{k} {float(v):.3f}" for k, v in seen.items())
                save(average.module if average is not None else it, args.out)
                print(f"{step}/{total} {time.time() - began:.0f} s {told}", flush=True)
    best = average.module if average is not None else it
    best.eval()
    save(best, args.out)
    figures = {"seconds": round(time.time() - began), "steps": step, "args": {k: str(v) for k, v in vars(args).items()}}
    for name in [*held, *filter(None, args.measure.split(","))]:
        rows = held[name] if name in held else load(args, name)
        if rows and rows[0]["attributed"]:
            figures[name] = attributed(best, rows, device)
        if any(r["events"] for r in rows):
            figures[f"{name} events"] = scored(best, rows, device)
    (args.out / "figures.json").write_text(json.dumps(figures, indent=1))
    for name, found in figures.items():
        if name != "args":
            print(name, json.dumps(found))


if __name__ == "__main__":
    main()
