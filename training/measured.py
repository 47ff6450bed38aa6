"""How well the network does on prepared rows: the quick figures that training is steered by."""

import batches
import numpy as np
import torch
from model import REACH, mean_of, role_scores, words_in

from onrecord.language.decoding import CUE_FIRST, CUE_MOVES, best_path, runs
from onrecord.language.pieces import around as near


@torch.no_grad()
def attributed(it, rows: list[dict], device: str, lifts=(-1.0, -0.5, 0.0, 0.5, 1.0)) -> dict:
    """Exact F1 of pieces for each role and linked F1, for several lifts of the cue's scores. Words as the scorer's tokens,
    nearly.
    """
    kept = {lift: [[0, 0, 0] for _ in range(4)] for lift in lifts}
    right = {lift: [0, 0, 0] for lift in lifts}
    chain = {name: np.array(value) for name, value in it.chain.told().items()}
    stances, kinds = [0, 0], [0, 0]
    items = [(n, item) for n, row in enumerate(rows) for item in batches.cut(row, 0)]
    all_found: list[dict] = [{lift: [] for lift in lifts} for _ in rows]
    for start in range(0, len(items), 32):
        numbers = [n for n, _ in items[start : start + 32]]
        windows = [item for _, item in items[start : start + 32]]
        batch = batches.made(windows).to(device)
        x = it.reader.encoder(batch.ids, batch.features, batch.segments, batch.mask)
        w = words_in(x, batch.where)
        scores = it.reader.cues(w).float().cpu().numpy()
        if len(batch.cues):
            st = it.reader.stance(mean_of(w, batch.cues)).argmax(1)
            stances[0] += int((st == batch.stances)[batch.stances >= 0].sum())
            stances[1] += int((batch.stances >= 0).sum())
            kd = it.reader.kind(mean_of(w, batch.sources)).argmax(1)
            kinds[0] += int((kd == batch.kinds)[batch.kinds >= 0].sum())
            kinds[1] += int((batch.kinds >= 0).sum())
        lengths = (batch.where > 0).sum(1).cpu().numpy()
        for lift in lifts:
            tags = best_path(scores + [0.0, lift, lift], lengths, CUE_MOVES, CUE_FIRST, np.zeros(3))
            spans, around = [], []
            for n, (_, words, window) in enumerate(windows):
                for a, b in runs(tags[n], 1):
                    if window.begin <= a + window.first < window.end:
                        low, high = near(words, window, (a + window.first, min(b + window.first, window.last)), REACH)
                        spans.append((n, a, min(b, window.last - window.first)))
                        around.append((low - window.first, high - window.first))
            if not spans:
                continue
            roles, mask = role_scores(
                it.reader, w, torch.tensor(spans, device=device), torch.tensor(around, device=device)
            )
            sizes = mask.sum(1).cpu().numpy()
            best = best_path(roles.float().cpu().numpy(), sizes, chain["moves"], chain["first"], chain["last"])
            for (n, a, b), (low, high), tag in zip(spans, around, best, strict=True):
                first = windows[n][2].first
                source, content = (
                    [(s + low + first, e + low + first) for s, e in runs(tag[: high - low], begin)] for begin in (1, 3)
                )
                all_found[numbers[n]][lift].append(((a + first, b + first), source, content))
    for row, found in zip(rows, all_found, strict=True):
        gold = [(c, s, t) for c, s, t, *_ in row["attributions"]]
        for lift in lifts:
            ours = [f for f in found[lift] if f[2]]
            for n, pick in enumerate((lambda f: f[1], lambda f: [f[0]], lambda f: f[2])):
                g = {p for f in gold for p in pick(f)}
                p = {p for f in ours for p in pick(f)}
                for k, v in enumerate((len(g & p), len(p), len(g))):
                    kept[lift][n][k] += v
            m = matched(gold, ours)
            for k, v in enumerate((m, len(ours), len(gold))):
                right[lift][k] += v
    out = {}
    for lift in lifts:
        f = [round(2 * a / max(1, b + c), 4) for a, b, c in kept[lift][:3]]
        a, b, c = right[lift]
        out[str(lift)] = dict(
            source=f[0],
            cue=f[1],
            content=f[2],
            linked=round(2 * a / max(1, b + c), 4),
            p=round(a / max(b, 1), 3),
            r=round(a / max(c, 1), 3),
        )
    if stances[1]:
        out["stance"] = round(stances[0] / stances[1], 3)
    if kinds[1]:
        out["kind"] = round(kinds[0] / kinds[1], 3)
    return out


def _f1(a: set, b: set) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def matched(gold: list, ours: list) -> int:
    """How many pair up, content and source both alike to a half, the best first."""
    flat = [
        [({w for a, b in s for w in range(a, b)}, {w for a, b in t for w in range(a, b)}) for _, s, t in side]
        for side in (gold, ours)
    ]
    pairs = []
    for i, (gs, gt) in enumerate(flat[0]):
        for j, (ps, pt) in enumerate(flat[1]):
            if gt & pt:
                ft, fs = _f1(gt, pt), _f1(gs, ps)
                if ft >= 0.5 and (fs >= 0.5 if gs and ps else not gs and not ps):
                    pairs.append((ft + fs, -i, -j))
    used_g, used_p = set(), set()
    for _, i, j in sorted(pairs, reverse=True):
        if i not in used_g and j not in used_p:
            used_g.add(i)
            used_p.add(j)
    return len(used_g)


@torch.no_grad()
def scored(it, rows: list[dict], device: str) -> dict:
    """Pearson's r, macro F1 of the classes at 1.5, mean error of the certainty; accuracy and macro F1 of the statuses."""
    from train import mean_of, words_in

    told, gold, status, truth = [], [], [], []
    items = [w for row in rows for w in batches.cut(row, 0)]
    for at in range(0, len(items), 32):
        batch = batches.made(items[at : at + 32]).to(device)
        if not len(batch.events):
            continue
        x = it.reader.encoder(batch.ids, batch.features, batch.segments, batch.mask)
        vectors = mean_of(words_in(x, batch.where), batch.events)
        told += it.reader.certainty(vectors)[:, 0].float().tolist()
        gold += batch.scores.tolist()
        status += it.reader.status(vectors).argmax(1).tolist()
        truth += batch.statuses.tolist()
    out = {}
    t, g = np.array(told).clip(-3, 3), np.array(gold)
    held = ~np.isnan(g)
    if held.any():
        t, g = t[held], g[held]
        c = lambda x: np.where(x >= 1.5, 1, np.where(x <= -1.5, -1, 0))
        out.update(
            r=round(float(np.corrcoef(t, g)[0, 1]), 4),
            f1=round(macro(c(t), c(g)), 4),
            mae=round(float(abs(t - g).mean()), 4),
        )
    s, y = np.array(status), np.array(truth)
    known = y >= 0
    if known.any():
        out.update(accuracy=round(float((s == y)[known].mean()), 4), macro=round(macro(s[known], y[known]), 4))
    return out


def macro(told: np.ndarray, gold: np.ndarray) -> float:
    """Mean over the classes of the gold of F1."""
    found = []
    for c in np.unique(gold):
        a = int(((told == c) & (gold == c)).sum())
        found.append(2 * a / max(1, int((told == c).sum() + (gold == c).sum())))
    return float(np.mean(found))
