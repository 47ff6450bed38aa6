import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from evaluation import predict
from evaluation.predict import predicted
from evaluation.rows import BadInput
from evaluation.tasks import tallies
from evaluation.tasks.order import Order
from onrecord import records

Lines = Callable[[str, list[dict[str, Any]]], Path]
SHOT = "Two men were shot dead and one was wounded in Harl on Friday, police said."


def test_joint_tells_everything_in_the_words_of_the_lists(campaign: Path) -> None:
    made = predicted("joint", Order(campaign))
    assert isinstance(made, dict)
    rows = {row["id"]: row for row in map(json.loads, campaign.read_text("utf-8").splitlines())}
    assert set(made["stories"]) == {"s1", "s2"}
    for name, story in made["stories"].items():
        assert story["relation"] in get_args(records.Relation)
        assert story["claims"]
        for item in (*story["events"], *story["tallies"]):
            part = rows[name][item.get("in", "text")]
            assert 0 <= item["span"][0] < item["span"][1] <= len(part)
        for event in story["events"]:
            assert event["status"] in get_args(records.Status)
            assert event["kind"] in set(get_args(records.EventKind)) - {"extradition", "release"}
            assert event["incident"] is None or event["incident"] in made["incidents"]
        for claim in story["claims"]:
            assert claim["source"]["kind"] in get_args(records.SourceKind)
    assert any(event.get("in") == "headline" for event in made["stories"]["s1"]["events"])


def test_joint_finds_the_incident_the_plan_and_the_total(campaign: Path) -> None:
    made = predicted("joint", Order(campaign))
    assert isinstance(made, dict)
    [incident] = [i for i in made["incidents"].values() if "s1" in i["stories"]]
    assert incident["date"] == ["2031-05-05", "2031-05-05"]
    assert incident["killed"] == [3, 3, 3]
    assert incident["place"].startswith("Tolm")
    planned = [e for e in made["stories"]["s1"]["events"] if e["status"] == "planned"]
    assert planned
    assert {e["incident"] for e in planned} == {None}
    units = {(t["unit"], t["count"][1]) for t in made["stories"]["s1"]["tallies"]}
    assert ("killed", 7) in units


def test_attribution_leaves_the_narrator_out(campaign: Path) -> None:
    rows = predicted("attribution", Order(campaign))
    assert isinstance(rows, list)
    text = json.loads(campaign.read_text("utf-8").splitlines()[0])["text"]
    found = rows[0]["attributions"]
    assert "the Navy of Orvia" in [text[a:b] for row in found for a, b in row["source"]]
    assert "said" in [text[a:b] for row in found for a, b in row["cue"]]


def test_status_scores_each_word_of_a_text(lines: Lines) -> None:
    text = "The militia denied that it shelled Harl , and the army did not attack ."
    asked = [
        {"id": word, "text": text, "event": [text.index(word), text.index(word) + len(word)]}
        for word in ("denied", "shelled", "attack")
    ]
    rows = predicted("status", Order(lines("status.jsonl", asked)))
    assert isinstance(rows, list)
    score = {row["id"]: row["score"] for row in rows}
    assert score["denied"] > 1.5
    assert -1.5 < score["shelled"] < 1.5, "what a party denies is left open"
    assert score["attack"] < -1.5


def test_counts_are_zero_where_nothing_is_told(lines: Lines) -> None:
    rows = [{"id": "a", "text": SHOT}, {"id": "b", "text": "The council of Harl met on Friday to talk about drains."}]
    made = predicted("counts", Order(lines("counts.jsonl", rows)))
    assert isinstance(made, list)
    assert [(row["killed"], row["injured"]) for row in made] == [(2, 1), (0, 0)]


def test_counts_may_ask_for_stories_in_other_files(lines: Lines) -> None:
    stories = lines("stories.jsonl", [{"id": "a", "text": SHOT, "date": "2031-05-11"}, {"id": "b", "text": ""}])
    made = predicted("counts", Order(lines("asked.jsonl", [{"id": "a"}, {"id": "b"}]), (stories,)))
    assert isinstance(made, list)
    assert [(row["id"], row["killed"], row["date"]) for row in made] == [("a", 2, "2031-05-09"), ("b", 0, None)]


def test_incidents_gives_every_story_a_label(campaign: Path) -> None:
    made = predicted("incidents", Order(campaign))
    assert isinstance(made, list)
    assert [row["id"] for row in made] == ["s1", "s2"]
    assert made[0]["incident"] == made[1]["incident"]


def test_times_are_anchored_on_the_day_of_the_document(lines: Lines) -> None:
    text = "The talks began on 3 March 2030 and ended yesterday."
    made = predicted("times", Order(lines("times.jsonl", [{"id": "a", "text": text, "dct": "2030-04-02"}])))
    assert isinstance(made, list)
    found = {text[slice(*row["span"])]: row["value"] for row in made[0]["timexes"]}
    assert found["3 March 2030"] == "2030-03-03"
    assert found["yesterday"] == "2030-04-01"


def test_places_are_found_within_the_names_of_bodies(lines: Lines) -> None:
    text = "Rain fell on Vienna, Austria. The Vienna Fire Brigade pumped out cellars."
    made = predicted("places", Order(lines("places.jsonl", [{"id": "a", "text": text}])))
    assert isinstance(made, list)
    found = made[0]["toponyms"]
    assert [text[slice(*row["span"])] for row in found].count("Vienna") == 2
    assert all(abs(row["lat"] - 48.2) < 0.5 for row in found if text[slice(*row["span"])] == "Vienna")


BODY = (
    "The roof of the old mill came down in the night and nobody was under it when it fell.",
    "Two farmers who keep their hay there had left for the fair in Harl an hour before the storm.",
    "A baker lent his cart so that the beams could be taken across the bridge before the rain.",
    "Her sister found the bell in the reeds and rang it until the whole village had come running.",
    "Nine pupils counted the slates that were still whole and stacked them behind the school.",
    "The mayor wants the council to pay for new timber out of what the ferry earns in summer.",
    "Some guests at the inn asked whether the wheel would turn again and were told that it might.",
    "Until then grain goes by barge to Tolm, where the steam mill charges twice as much for it.",
)


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (" ".join(BODY), "near-copy"),
        (" ".join(BODY[:3]), "excerpt"),
        ("A flood has washed the quay of Harl away, and nobody has seen the ferry since.", "different-words"),
    ],
)
def test_families_says_how_words_relate(lines: Lines, other: str, relation: str) -> None:
    stories = lines("stories.jsonl", [{"id": "a", "text": " ".join(BODY)}, {"id": "b", "text": other}])
    made = predicted("families", Order(lines("pairs.jsonl", [{"a": "b", "b": "a"}]), (stories,)))
    assert made == [{"a": "b", "b": "a", "relation": relation}]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ({"event": "killing", "time": {"kind": "month", "value": "2031-05"}}, 1),
        ({"event": "killing", "time": {"kind": "year", "value": "2030"}}, 0),
        ({"event": "injuring", "place": {"kind": "city", "names": ["Orvia", "Tolm"]}}, 1),
        ({"event": "injuring", "place": {"kind": "city", "names": ["Orvia", "Harl"]}}, 0),
        ({"event": "killing", "person": {"kind": "last", "name": "Navy"}}, 0),
        ({"event": "killing", "person": {"kind": "full_name", "name": "Navy of Orvia"}}, 1),
        ({"event": "killing", "person": {"kind": "last", "name": "Smallwood"}}, 0),
    ],
)
def test_tallies_counts_incidents(campaign: Path, lines: Lines, question: dict[str, Any], number: int) -> None:
    asked = lines("questions.jsonl", [{"id": "q", "question": question}])
    made = predicted("tallies", Order(asked, (campaign,)))
    assert isinstance(made, list)
    assert made[0]["number"] == number
    assert made[0]["docs"] == (["s1", "s2"] if number else [])


LOCAL = [
    {
        "id": "leg",
        "published": "2031-05-06",
        "headline": "Boy shot on Harn Street",
        "text": "A 9-year-old boy was shot on Monday at his home on Harn Street, Memphis police said. He was taken to a hospital with a "
        "gunshot wound to the leg and is expected to survive.",
    },
    {
        "id": "bar",
        "published": "2031-06-10",
        "headline": "Man shot dead outside bar in Boise",
        "text": "A man was shot dead outside a bar in Boise on Monday, Boise police said. Two men were shot dead in Boise on "
        "April 3, 2031.",
    },
]


@pytest.mark.parametrize(
    ("event", "names", "month", "docs"),
    [
        # no sentence says how many were hurt, nor in which town, and a registry has both
        ("injuring", ["Tennessee", "Memphis"], "2031-05", ["leg"]),
        ("injuring", ["Tennessee"], "2031-05", ["leg"]),
        ("killing", ["Tennessee"], "2031-05", []),
        ("injuring", ["Idaho"], "2031-05", []),
        ("killing", ["Idaho", "Boise"], "2031-06", ["bar"]),
        # told in passing
        ("killing", ["Idaho", "Boise"], "2031-04", []),
    ],
)
def test_tallies_asks_the_stories_where_the_ledger_says_nothing(
    lines: Lines, event: str, names: list[str], month: str, docs: list[str]
) -> None:
    question = {"event": event, "place": {"names": names}, "time": {"kind": "month", "value": month}}
    asked = lines("questions.jsonl", [{"id": "q", "question": question}])
    made = predicted("tallies", Order(asked, (lines("local.jsonl", LOCAL),)))
    assert made == [{"id": "q", "number": len(docs), "docs": docs}]


TEXT_GOLD = {"killed": 99, "injured": 99, "date": "1999-01-01", "place": "Nowhere", "city": "Nowhere", "victims": [1]}


@pytest.mark.parametrize(
    ("task", "row", "gold"),
    [
        ("attribution", {"id": "a", "text": SHOT}, {"attributions": [{"source": [[0, 3]]}]}),
        ("status", {"id": "a", "text": SHOT, "event": [18, 22]}, {"score": -3.0}),
        ("counts", {"id": "a", "text": SHOT, "published": "2031-05-11"}, TEXT_GOLD),
        ("counts", {"id": "a", "text": SHOT}, TEXT_GOLD),
        ("incidents", {"id": "a", "text": SHOT}, {"incident": "7", "other_incidents": ["8"], "scored": False}),
        ("times", {"id": "a", "text": SHOT, "dct": "2031-05-11"}, {"timexes": [{"span": [0, 3]}]}),
        ("places", {"id": "a", "text": SHOT}, {"toponyms": [{"span": [0, 3]}]}),
        (
            "templates",
            {"id": "a", "text": SHOT.upper()},
            {"relevant": False, "templates": [], "dateline": {"place": "X", "date": "1 JAN 01"}, "part": "Y"},
        ),
        ("joint", {"id": "a", "headline": "", "text": SHOT}, {"relation": "reprint", "origin": {"ghost": "X"}}),
    ],
)
def test_no_gold_is_looked_at(lines: Lines, task: str, row: dict[str, Any], gold: dict[str, Any]) -> None:
    bare = predicted(task, Order(lines("bare.jsonl", [row])))
    assert predicted(task, Order(lines("gold.jsonl", [{**gold, **row}]))) == bare


# ---- what cannot be used


@pytest.mark.parametrize(
    ("task", "text", "said"),
    [
        ("joint", '{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}', "in.jsonl:2: the id"),
        ("joint", '{"id": "a", "text": "x"}\n\n{"id": "b"', "in.jsonl:3: not JSON"),
        ("joint", '["a"]', "in.jsonl:1: JSON, but no object"),
        ("joint", '{"text": "x"}', 'in.jsonl:1: "id" is not there'),
        ("joint", '{"id": "a", "text": 4}', 'in.jsonl:1: "text" is not there'),
        ("joint", "\n", "in.jsonl: there are no rows"),
        ("status", '{"id": "a", "text": "x", "event": [0, 9]}', 'row "a": "event" is no [start, end]'),
        ("status", '{"id": "a", "event": [0, 1]}', 'row "a": "text" is not there'),
        ("times", '{"id": "a", "text": "x", "dct": "soon"}', 'row "a": "dct"'),
        ("counts", '{"id": "a"}', "files with the stories have to follow OUTPUT"),
        ("families", '{"a": "a"}', 'in.jsonl:1: "b" is not there'),
        ("tallies", '{"id": "a"}', "files with the stories have to follow OUTPUT"),
    ],
)
def test_bad_input_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], task: str, text: str, said: str
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(text, encoding="utf-8")
    assert predict.main([task, str(path), str(tmp_path / "out.jsonl")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(("body", "said"), [(None, "cannot be read"), (b"\xff\xfe{", "is not UTF-8")])
def test_files_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: bytes | None, said: str
) -> None:
    path = tmp_path / "in.jsonl"
    if body is not None:
        path.write_bytes(body)
    assert predict.main(["joint", str(path), str(tmp_path / "out.json")]) == 2
    assert said in capsys.readouterr().err


def test_pairs_of_unknown_stories_are_refused(lines: Lines) -> None:
    stories = lines("stories.jsonl", [{"id": "a", "text": "x"}])
    with pytest.raises(BadInput, match='story "b" is in none'):
        predicted("families", Order(lines("pairs.jsonl", [{"a": "a", "b": "b"}]), (stories,)))


@pytest.mark.parametrize("question", [None, {"event": "dancing"}, {"event": "killing", "time": {"value": "2031-13"}}])
def test_questions_that_make_no_sense_are_refused(campaign: Path, lines: Lines, question: object) -> None:
    with pytest.raises(BadInput, match='row "q"'):
        predicted("tallies", Order(lines("questions.jsonl", [{"id": "q", "question": question}]), (campaign,)))


def test_written_rows_are_json_lines(tmp_path: Path, lines: Lines) -> None:
    source = lines(
        "times.jsonl", [{"id": "a", "text": "On 3 March 2030\u2028it rained.", "dct": None}, {"id": "b", "text": ""}]
    )
    output = tmp_path / "out.jsonl"
    assert predict.main(["times", str(source), str(output)]) == 0
    assert [json.loads(line)["id"] for line in output.read_text("utf-8").splitlines()] == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "text", "is_person"),
    [
        ("last", "Odo Harlan was hurt.", True),
        ("last", "Odo K. Harlan was hurt.", True),
        ("last", "He was hurt in Harlan on Monday.", False),
        ("last", "They met at City Harlan.", False),
        ("last", "The Old Harlan Road was closed.", False),
        ("first", "Harlan Tarvik was hurt.", True),
        ("first", "He was hurt in Harlan on Monday.", False),
    ],
)
def test_a_name_is_a_persons_where_the_text_says_so(kind: str, text: str, is_person: bool) -> None:
    assert bool(re.search(tallies._WHOLE[kind].format("Harlan"), text)) == is_person
