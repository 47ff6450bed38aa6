"""The head for events: its own upper layers, how they are trained and how they become files."""

import argparse
import json
import math
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from events import KINDS, NONE, STATUSES, Stretch, stretches
from export import Plain, written
from model import HEADS, INNER, LAYERS, WIDTH, Layer
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from onrecord.language.occurring import HALF, PLACES, TAGS

AT_FIRST = 150
"""Steps before the running mean of the weights begins."""
Row = dict[str, Any]


class Events(nn.Module):
    """Half-way vectors of windows → words of stretches → tags; and of each word, were it a trigger, kind and status."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.upper = nn.ModuleList(Layer(WIDTH, HEADS, INNER, dropout) for _ in range(LAYERS - HALF))
        self.project = nn.Linear(2 * WIDTH, width)
        self.place = nn.Embedding(PLACES, width)
        nn.init.normal_(self.place.weight, std=0.02)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.drop = nn.Dropout(dropout)
        self.layer = Layer(width, width // 32, 2 * width, dropout)
        self.tag = nn.Linear(width + WIDTH, TAGS)
        self.kind = nn.Linear(width + WIDTH, len(KINDS))
        self.status = nn.Linear(width + WIDTH, len(STATUSES))

    def seen(self, middle: Tensor, bias: Tensor) -> Tensor:
        """The pieces of windows at the end of the upper layers."""
        for layer in self.upper:
            middle = layer(middle, bias)
        return middle

    def told(self, words: Tensor, place: Tensor, bias: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of the words of stretches. words: what was seen of them, and how they are spelled."""
        x = self.drop(self.norm(self.project(words) + self.place(place)))
        x = self.drop(torch.cat([self.layer(x, bias), words[..., :WIDTH]], -1))
        return self.tag(x), self.kind(x), self.status(x)

    def forward(self, rows: list[Row], cut: list[list[Stretch]]) -> tuple[list[Stretch], tuple[Tensor, ...]]:
        """The stretches of rows, and the scores of their words, padded."""
        windows = [w for row in rows for w in row["windows"]]
        length = max(len(w[3]) for w in windows)
        middle = torch.zeros(len(windows), length, WIDTH)
        bias = torch.full((len(windows), 1, 1, length), -1e4)
        for n, w in enumerate(windows):
            middle[n, : len(w[3])] = torch.from_numpy(w[3].astype(np.float32))
            bias[n, ..., : len(w[3])] = 0.0
        seen = self.seen(middle, bias).float()
        words, at = [], 0
        for row in rows:
            own = []
            for first, begin, end, _, where, spelled in row["windows"]:
                held = slice(begin - first, end - first)
                told = torch.from_numpy(spelled[held].astype(np.float32))
                own.append(torch.cat([seen[at, torch.from_numpy(where[held])], told], -1))
                at += 1
            words.append(torch.cat(own))
        held = [(words[n], s) for n, row in enumerate(cut) for s in row]
        longest = max(len(s.own) for _, s in held)
        given = torch.stack([F.pad(w[s.held], (0, 0, 0, longest - len(s.own))) for w, s in held])
        place = torch.zeros(len(held), longest, dtype=torch.long)
        bias = torch.full((len(held), 1, 1, longest), -1e4)
        for n, (_, s) in enumerate(held):
            place[n, : len(s.own)] = torch.from_numpy(s.place)
            bias[n, ..., : len(s.own)] = 0.0
        return [s for _, s in held], self.told(given, place, bias)


def marks(held: list[Stretch]) -> tuple[Tensor, Tensor, Tensor]:
    """Right tags, kinds and statuses of the words of stretches."""
    length = max(len(s.own) for s in held)
    tags, kinds, statuses = (torch.full((len(held), length), NONE) for _ in range(3))
    for n, s in enumerate(held):
        tags[n, : len(s.own)] = torch.from_numpy(s.tags)
        for a, b, status, kind in s.events:
            # Every word of a trigger learns its kind: whatever word of it is found, it can tell.
            kinds[n, a:b] = kind
            statuses[n, a:b] = status
    return tags, kinds, statuses


def lost(scores: tuple[Tensor, ...], right: tuple[Tensor, ...], weight: Tensor) -> Tensor:
    """What is to be made smaller."""
    loss = torch.zeros(())
    for given, wanted, share, weights in zip(scores, right, (6.0, 1.0, 0.7), (None, None, weight), strict=True):
        if (wanted >= 0).any():
            smooth = 0.05 if given is not scores[0] else 0.0
            loss = loss + share * F.cross_entropy(
                given.flatten(0, 1), wanted.flatten(), ignore_index=NONE, weight=weights, label_smoothing=smooth
            )
    return loss


def begun(args: argparse.Namespace) -> Events:
    """A new head, with the upper layers of the reader's encoder."""
    it = Events(args.width, args.dropout)
    kept = torch.load(args.start, map_location="cpu")
    for n, layer in enumerate(it.upper):
        at = f"reader.encoder.layers.{HALF + n}."
        layer.load_state_dict({k.removeprefix(at): v.float() for k, v in kept.items() if k.startswith(at)})
    return it


def train(rows: list[Row], args: argparse.Namespace) -> None:
    """Trains on all rows but those kept back, and saves."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(2)
    rows = [r for r in rows if r["events"] or r["tagged"]]
    if args.no_joint:
        rows = [r for r in rows if r["tagged"]]
    own = [r for r in rows if r["tagged"]]
    apart = own[:: args.held] if args.held else []
    names = {r["id"] for r in apart}
    rows = [r for r in rows if r["id"] not in names]
    cut = {r["id"]: list(stretches(r)) for r in [*rows, *apart]}
    it = begun(args)
    counts = np.ones(len(STATUSES))
    for row in rows:
        for event in row["events"]:
            if event[2] != NONE:
                counts[event[2]] += 1
    weight = (counts.sum() / counts) ** 0.3
    weight = torch.tensor(weight / (weight * counts).sum() * counts.sum(), dtype=torch.float)
    upper = list(it.upper.parameters())
    others = [p for n, p in it.named_parameters() if not n.startswith("upper.")]
    optimizer = torch.optim.AdamW(
        [{"params": upper, "lr": args.rate}, {"params": others, "lr": args.head_rate}], weight_decay=0.01
    )
    rates = [g["lr"] for g in optimizer.param_groups]
    average = AveragedModel(it, multi_avg_fn=get_ema_multi_avg_fn(args.ema))
    total, step, began = args.epochs * math.ceil(len(rows) / args.size), 0, time.time()
    for epoch in range(args.epochs):
        it.train()
        order = sorted(range(len(rows)), key=lambda n: (len(rows[n]["block"]) // 40, random.random()))
        groups = [order[a : a + args.size] for a in range(0, len(order), args.size)]
        random.shuffle(groups)
        summed = 0.0
        for group in groups:
            step += 1
            share = min(1.0, step / 60) * 0.5 * (1 + math.cos(math.pi * step / total))
            for g, rate in zip(optimizer.param_groups, rates, strict=True):
                g["lr"] = rate * share
            held = [rows[n] for n in group]
            with torch.autocast("cpu", torch.bfloat16):
                flat, scores = it(held, [cut[r["id"]] for r in held])
            loss = lost(tuple(x.float() for x in scores), marks(flat), weight)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(it.parameters(), 1.0)
            optimizer.step()
            if step > AT_FIRST:
                average.update_parameters(it)
            summed += loss.item()
            if step % 20 == 0:
                print(f"{step}/{total} {time.time() - began:.0f} s", flush=True)
        print(f"epoch {epoch + 1} {time.time() - began:.0f} s loss {summed / len(groups):.3f}", flush=True)
        if apart and (epoch + 1) % 2 == 0:
            print(json.dumps(measure(average.module, apart, cut)), flush=True)
        args.out.parent.mkdir(parents=True, exist_ok=True)
        kept = {k: v.half() for k, v in average.module.state_dict().items()}
        torch.save({"width": args.width, "state": kept}, args.out)


@torch.no_grad()
def measure(it: Events, rows: list[Row], cut: dict[str, list[Stretch]]) -> dict[str, float]:
    """On rows kept back: do the words found share one with those marked; kinds and statuses of those marked."""
    it.eval()
    hit = found = marked = kinds = asked = 0
    right: dict[int, list[int]] = {}
    for row in rows:
        flat, (tags, kind, status) = it([row], [cut[row["id"]]])
        for s, tag, sort, told_as in zip(flat, tags, kind.log_softmax(-1), status.log_softmax(-1), strict=True):
            tells = tag.softmax(-1)[:, 1:3].sum(-1) > 0.5
            runs = {t for t in np.flatnonzero(tells[: len(s.own)].numpy()) if s.own[t] and s.tags[t] != NONE}
            spans = [(a, b) for a, b, told, _ in s.events if told != NONE and s.tags[a] != NONE]
            hit += sum(any(t in runs for t in range(a, b)) for a, b in spans)
            found += sum(t - 1 not in runs for t in runs)
            marked += len(spans)
            for a, b, told, which in s.events:
                asked += 1
                kinds += int(sort[a:b].sum(0).argmax()) == which
                if told != NONE:
                    guess = int(told_as[a:b].sum(0).argmax())
                    for c in {guess, told}:
                        one = right.setdefault(c, [0, 0, 0])
                        one[0] += guess == told == c
                        one[1] += guess == c
                        one[2] += told == c
    each = [2 * r[0] / max(1, r[1] + r[2]) for r in right.values()]
    return {
        "recall": round(hit / max(1, marked), 3),
        "precision": round(hit / max(1, found), 3),
        "kind": round(kinds / max(1, asked), 3),
        "status": round(sum(r[0] for r in right.values()) / max(1, sum(r[2] for r in right.values())), 3),
        "status_macro": round(sum(each) / max(1, len(each)), 3),
    }


class Upper(nn.Module):
    """One window, from half-way on; nothing is masked."""

    def __init__(self, it: Events) -> None:
        super().__init__()
        self.plain = nn.ModuleList(Plain(layer) for layer in it.upper)

    def forward(self, middle: Tensor) -> Tensor:
        for layer in self.plain:
            middle = layer(middle)
        return middle


class Stretched(nn.Module):
    """The words of one stretch → scores."""

    def __init__(self, it: Events) -> None:
        super().__init__()
        self.project, self.place, self.norm, self.plain = it.project, it.place, it.norm, Plain(it.layer)
        self.heads = nn.ModuleList([it.tag, it.kind, it.status])

    def forward(self, words: Tensor, place: Tensor) -> tuple[Tensor, ...]:
        x = self.plain(self.norm(self.project(words) + self.place(place)))
        x = torch.cat([x, words[..., :WIDTH]], -1)
        return tuple(head(x) for head in self.heads)


def export(weights: Path, models: Path) -> None:
    """The head's two files, and the list of its kinds."""
    kept = torch.load(weights, map_location="cpu")
    it = Events(kept["width"], 0.0)
    it.load_state_dict({k: v.float() for k, v in kept["state"].items()})
    it.eval()
    middle = {"middle": torch.zeros(1, 16, WIDTH)}
    axes = {name: {1: "pieces"} for name in ("middle", "seen")}
    written(Upper(it), middle, ["seen"], axes, models / "upper.onnx", whole=False)
    given = {"words": torch.zeros(1, 16, 2 * WIDTH), "place": torch.zeros(1, 16, dtype=torch.long)}
    outputs = ["tags", "kinds", "statuses"]
    axes = {name: {1: "length"} for name in [*given, *outputs]}
    written(Stretched(it), given, outputs, axes, models / "events.onnx", whole=False, spared="/heads.")
    path = models / "reader.json"
    told = json.loads(path.read_text(encoding="utf-8")) | {"event_kinds": KINDS}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
