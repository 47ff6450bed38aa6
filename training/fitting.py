"""The light layers of the head for events, how they are trained and how they become a file."""

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
from model import WIDTH, Layer
from torch import Tensor, nn
from torch.nn import functional as F

TAGS = 5
"""O; begin and inside of what tells of an event; begin and inside of what only names one."""


class Events(nn.Module):
    """Words of a stretch → tags; and of each word, were it a trigger, kind and status."""

    def __init__(self, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        from onrecord.language.occurring import PLACES

        self.project = nn.Linear(WIDTH, width)
        self.place = nn.Embedding(PLACES, width)
        nn.init.normal_(self.place.weight, std=0.02)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(width, width // 32, 2 * width, dropout) for _ in range(layers))
        self.tag = nn.Linear(width + WIDTH, TAGS)
        self.kind = nn.Linear(width + WIDTH, len(KINDS))
        self.status = nn.Linear(width + WIDTH, len(STATUSES))

    def forward(self, words: Tensor, place: Tensor, bias: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.drop(self.norm(self.project(words) + self.place(place)))
        for layer in self.layers:
            x = layer(x, bias)
        x = self.drop(torch.cat([x, words], -1))
        return self.tag(x), self.kind(x), self.status(x)


def batched(held: list[Stretch]) -> tuple[Tensor, ...]:
    length = max(len(s.own) for s in held)
    words = torch.zeros(len(held), length, WIDTH)
    place = torch.zeros(len(held), length, dtype=torch.long)
    bias = torch.full((len(held), 1, 1, length), -1e4)
    tags, kinds, statuses = (torch.full((len(held), length), NONE) for _ in range(3))
    for n, s in enumerate(held):
        size = len(s.own)
        words[n, :size] = torch.from_numpy(s.vectors)
        place[n, :size] = torch.from_numpy(s.place)
        bias[n, :, :, :size] = 0.0
        tags[n, :size] = torch.from_numpy(s.tags)
        for a, b, status, kind in s.events:
            # Every word of a trigger learns its kind: whatever word of it is found, it can tell.
            kinds[n, a:b] = kind
            statuses[n, a:b] = status
    return words, place, bias, tags, kinds, statuses


def train(rows: list[dict[str, Any]], args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    torch.set_num_threads(2)
    held_rows = []
    if args.no_joint:
        rows = [r for r in rows if r["tagged"]]
    if args.held:
        own = [r for r in rows if r["tagged"]]
        held_rows = own[:: args.held]
        names = {r["id"] for r in held_rows}
        rows = [r for r in rows if r["id"] not in names]
    held = [s for r in rows for s in stretches(r)]
    apart = [s for r in held_rows for s in stretches(r)]
    it = Events(args.width, args.layers, args.dropout)
    counts = np.ones(len(STATUSES))
    for s in held:
        for e in s.events:
            if e[2] != NONE:
                counts[e[2]] += 1
    weight = (counts.sum() / counts) ** 0.3
    weight = torch.tensor(weight / (weight * counts).sum() * counts.sum(), dtype=torch.float)
    optimizer = torch.optim.AdamW(it.parameters(), lr=args.rate, weight_decay=0.05)
    total, step, began = args.epochs * math.ceil(len(held) / args.size), 0, time.time()
    for epoch in range(args.epochs):
        it.train()
        order = sorted(range(len(held)), key=lambda n: (len(held[n].own) // 32, random.random()))
        groups = [order[a : a + args.size] for a in range(0, len(order), args.size)]
        random.shuffle(groups)
        lost = 0.0
        for group in groups:
            step += 1
            warm = min(1.0, step / 50)
            for g in optimizer.param_groups:
                g["lr"] = args.rate * warm * 0.5 * (1 + math.cos(math.pi * step / total))
            words, place, bias, tags, kinds, statuses = batched([held[n] for n in group])
            if args.noise:
                words = words * (1 + args.noise * torch.randn_like(words))
            tag, kind, status = it(words, place, bias)
            loss = F.cross_entropy(kind.flatten(0, 1), kinds.flatten(), ignore_index=NONE, label_smoothing=0.05)
            if (statuses >= 0).any():
                loss = loss + 0.7 * F.cross_entropy(
                    status.flatten(0, 1), statuses.flatten(), ignore_index=NONE, weight=weight, label_smoothing=0.05
                )
            if (tags >= 0).any():
                loss = loss + 6 * F.cross_entropy(tag.flatten(0, 1), tags.flatten(), ignore_index=NONE)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(it.parameters(), 1.0)
            optimizer.step()
            lost += float(loss)
        print(f"epoch {epoch + 1} {time.time() - began:.0f} s loss {lost / len(groups):.3f}", flush=True)
        if apart and (epoch + 1) % 4 == 0:
            print(json.dumps(measure(it, apart)), flush=True)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"width": args.width, "layers": args.layers, "state": it.state_dict()}, args.out)


def measure(it: Events, held: list[Stretch]) -> dict[str, float]:
    """On stretches kept back: do the words found share one with those marked; kinds and statuses of those marked."""
    it.eval()
    hit = found = marked = kinds = statuses = asked = 0
    right: dict[int, list[int]] = {}
    with torch.no_grad():
        for s in held:
            words, place, bias, *_ = batched([s])
            tag, kind, status = (x[0] for x in it(words, place, bias))
            # An event is told by its own words, or only named.
            tells = tag.softmax(-1)[:, 1:3].sum(-1) > 0.5
            runs = [t for t in np.flatnonzero(tells.numpy()) if s.own[t] and s.tags[t] != NONE]
            spans = [(a, b) for a, b, told, _ in s.events if told != NONE and s.tags[a] != NONE]
            starts = [t for t in runs if t - 1 not in runs]
            hit += sum(any(t in runs for t in range(a, b)) for a, b in spans)
            found += len(starts)
            marked += len(spans)
            for a, b, told, sort in s.events:
                asked += 1
                kinds += int(kind[a:b].log_softmax(-1).sum(0).argmax()) == sort
                if told != NONE:
                    guess = int(status[a:b].log_softmax(-1).sum(0).argmax())
                    statuses += guess == told
                    for c in {guess, told}:
                        one = right.setdefault(c, [0, 0, 0])
                        one[0] += guess == told == c
                        one[1] += guess == c
                        one[2] += told == c
    each = [2 * r[0] / max(1, r[1] + r[2]) for r in right.values()]
    all_told = sum(r[2] for r in right.values())
    return {
        "recall": round(hit / max(1, marked), 3),
        "precision": round(hit / max(1, found), 3),
        "kind": round(kinds / max(1, asked), 3),
        "status": round(statuses / max(1, all_told), 3),
        "status_macro": round(sum(each) / max(1, len(each)), 3),
    }
