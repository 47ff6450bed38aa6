"""The marked texts that the network learned from are whole, and the marks say what they should."""

from pathlib import Path

import marked
import pytest

TRAINING = Path(__file__).resolve().parents[2] / "training"
FILES = sorted((TRAINING / "texts").rglob("*.txt"))


@pytest.fixture
def read(tmp_path):
    def passage(text: str) -> marked.Passage:
        path = tmp_path / "one.txt"
        path.write_text(f"== one\n# Quay hit\n{text}\n", encoding="utf-8")
        return marked.passages(path)[0]

    return passage


def test_marks_are_spans(read):
    it = read("[1s:named_body The port] [1c:denies denied] [1t that [!denied/shelling shells fell]] [1t there].")
    assert it.text == "The port denied that shells fell there."
    assert it.headline == "Quay hit"
    (found,) = it.attributions
    assert (found.kind, found.stance) == ("named_body", "denies")
    assert [it.text[a:b] for a, b in (*found.source, *found.cue, *found.content)] == [
        "The port", "denied", "that shells fell", "there",
    ]  # fmt: skip
    assert [(it.text[e.start : e.end], e.status, e.kind) for e in it.events] == [("shells fell", "denied", "shelling")]


def test_what_only_names_an_act_has_no_status_and_the_headlines_come_first(tmp_path):
    path = tmp_path / "one.txt"
    path.write_text(
        "== one\n# Quay [!happened/shelling#1 hit]\nTwo died after the [=shelling#1 barrage]; a boat was [!planned/deployment#2 sent].\n",
        encoding="utf-8",
    )
    (it,) = marked.passages(path)
    assert it.headline == "Quay hit"
    told = [((it.headline if e.headline else it.text)[e.start : e.end], e.status, e.kind, e.number) for e in it.events]
    assert told == [
        ("hit", "happened", "shelling", 1),
        ("barrage", None, "shelling", 1),
        ("sent", "planned", "deployment", 2),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[1c said [1t it.",
        "said] it.",
        "[odd said] it.",
        "[1c said] nothing.",
        "[1s:nobody He] [1c said] [1t it].",
        "[1s He] [1c said] [1t it].",
        "[1c said] [1c again] [1t it].",
        "[!gone/shelling Shells] fell.",
        "[!happened/party Shells] fell.",
        "The [=party barrage] ended.",
    ],
)
def test_a_bad_mark_is_named(read, text):
    with pytest.raises(marked.BadMark, match=r"one\.txt: one"):
        read(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_texts_are_whole(path):
    found = marked.passages(path)
    assert len(found) >= 20
    assert len({it.name for it in found}) == len(found)
    for it in found:
        assert "[" not in it.text
        assert "]" not in it.text
        for one in it.attributions:
            assert all(it.text[a:b].strip() for a, b in (*one.source, *one.cue, *one.content))
