"""What the rules alone find in marked texts and in the joint campaigns, for what is trained on it or counted beside it."""

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marked import passages

from evaluation.cores import annotator
from evaluation.matching import pairs
from evaluation.reading import Library
from onrecord import pipeline
from onrecord.claims import heard
from onrecord.events import judged, noticed, status
from onrecord.language.annotated import Annotated
from onrecord.records import UNDATED, Claim, Mention, Reading, Span, Story
from onrecord.settings import ReadOptions

Row = dict[str, Any]


_KINDS: dict[tuple[str, str, int], str | None] = {}
"""What the words told of the kind of each trigger, None where they left it to the story."""


def _kept(told: str | None, annotated: Annotated, trigger: Span, *, settled: bool) -> str | None:
    _KINDS[trigger.story, trigger.part, trigger.start] = told
    return told


def alone() -> None:
    """Leaves frames, stances and statuses to grammar and words: the network has seen these texts, and the rules would look
    better than they are. Reading has to stay in this process for that.
    """
    judged.likeliest = lambda told, annotated, trigger: told
    judged.kind = _kept
    noticed.with_network = lambda annotated, sentence, hits: list(hits)
    noticed.is_sure = lambda annotated, trigger: False
    heard.find = lambda sentence, heard, framed, quoted: framed


def own(folder: Path) -> Iterator[tuple[str, str, str, str | None]]:
    """Right status and told one, right kind and told one of each marked event that the rules find."""
    read = [p for path in sorted(folder.rglob("*.txt")) for p in passages(path)]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "own.jsonl")
        rows = (
            {"id": str(n), "headline": p.headline, "text": p.text, "published": "2024-05-06"}
            for n, p in enumerate(read)
        )
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        for passage, (_, reading) in zip(read, pipeline.read_only([str(path)], ReadOptions(), 1), strict=True):
            assert isinstance(reading, Reading)
            mentions = [m for e in reading.events for m in e.mentions if m.span.part == "text"]
            for told in passage.events:
                held = next((m for m in mentions if m.trigger.start < told.end and told.start < m.trigger.end), None)
                if held is not None and told.status is not None and not told.headline:
                    at = (held.trigger.story, held.trigger.part, held.trigger.start)
                    yield told.status, held.status, told.kind, _KINDS.get(at, held.kind)


def joint(folder: Path) -> Iterator[Row]:
    """Each story of a campaign with our mentions and claims, and what the gold says of those that it holds too."""
    rows = [json.loads(line) for line in (folder / "stories.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))["stories"]
    corpus = Library(1).read(rows)
    for row in rows:
        reading = corpus.reading(row["id"])
        if reading is None:
            continue
        stances = {claim.id: claim.stance for claim in reading.claims}
        mentions = [m for event in reading.events for m in event.mentions]
        events = [(e, *_quoted(row, e)) for e in gold[row["id"]]["events"]]
        claims = [(c, *_quoted(row, c)) for c in gold[row["id"]]["claims"] if c.get("in") != "headline"]
        of_mention = dict(pairs(mentions, events, _overlap))
        of_claim = dict(pairs(reading.claims, claims, _alike))
        yield {
            "id": row["id"],
            "headline": row["headline"],
            "text": row["text"],
            "mentions": [
                _mention(m, stances, events[of_mention[i]][0] if i in of_mention else None)
                for i, m in enumerate(mentions)
            ],
            "claims": [
                _claim(c, claims[of_claim[i]][0] if i in of_claim else None) for i, c in enumerate(reading.claims)
            ],
        }


def certainties(path: Path, every: int) -> list[tuple[float, float, float]]:
    """Certainty of the network, of the words alone and of the gold for the events of one scored sentence in so many."""
    texts: dict[str, list[Row]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts.setdefault(row["text"], []).append(row)
    found = []
    for text in list(texts)[::every]:
        annotated = annotator().annotate(Story("st-0", None, None, None, "", None, UNDATED, "en", text))
        for row in texts[text]:
            start, end = row["event"]
            told = annotated.judged("text", start, end)
            word = next(
                (
                    t
                    for s in annotated.sentences
                    for t in s.syntax
                    if s.offset(t) < end and start < s.offset(t) + len(t)
                ),
                None,
            )
            if told is not None and word is not None:
                found.append((told.certainty, status.certainty(word), row["score"]))
    return found


def _quoted(row: Row, item: Row) -> tuple[str, int, int]:
    part = "headline" if item.get("in") == "headline" else "text"
    start = row[part].index(item["quote"])
    return part, start, start + len(item["quote"])


def _shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _overlap(mention: Mention, gold: tuple) -> float:
    part, start, end = gold[1:]
    return _shared((mention.span.start, mention.span.end), (start, end)) if part == mention.span.part else 0.0


def _alike(claim: Claim, gold: tuple) -> float:
    """F1 of the content in characters; 0 below a half."""
    start, end = gold[2:]
    shared = sum(_shared((piece.start, piece.end), (start, end)) for piece in claim.content)
    value = 2 * shared / (sum(piece.end - piece.start for piece in claim.content) + end - start)
    return value if value >= 0.5 else 0.0


def _mention(mention: Mention, stances: dict[str, str], gold: Row | None) -> Row:
    return {
        "part": mention.span.part,
        "trigger": [mention.trigger.start, mention.trigger.end],
        "ours": mention.status,
        "stance": stances.get(mention.claim or ""),
        "gold": gold and gold["status"],
        "kind": gold and gold["kind"],
    }


def _claim(claim: Claim, gold: Row | None) -> Row:
    return {
        "content": [[piece.start, piece.end] for piece in claim.content],
        "cue": claim.cue and [claim.cue.start, claim.cue.end],
        "source": claim.source.span and [claim.source.span.start, claim.source.span.end],
        "stance": claim.stance,
        "gold": gold and {"kind": gold["source"]["kind"], "stance": gold["stance"]},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--joint", type=Path, nargs="*", default=[], help="folders of campaigns")
    parser.add_argument("--texts", type=Path, default=Path(__file__).parent / "texts")
    parser.add_argument("--status", type=Path, help="scored sentences, for the certainties")
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.status:
        rows = certainties(args.status, args.every)
        (args.out / "sure.json").write_text(json.dumps(rows), encoding="utf-8")
    alone()
    found = list(own(args.texts))
    told_pairs = [(right, told, 1.0) for right, told, *_ in found]
    (args.out / "kinds.json").write_text(json.dumps([pair for _, _, *pair in found]), encoding="utf-8")
    for folder in args.joint:
        told = list(joint(folder))
        (args.out / f"joint_{folder.name}.json").write_text(json.dumps(told), encoding="utf-8")
        told_pairs += [(m["gold"], m["ours"], 0.5) for row in told for m in row["mentions"] if m["gold"]]
    (args.out / "told.json").write_text(json.dumps(told_pairs), encoding="utf-8")
    print(f"{len(told_pairs)} pairs, right {sum(a == b for a, b, _ in told_pairs)}")


if __name__ == "__main__":
    main()
