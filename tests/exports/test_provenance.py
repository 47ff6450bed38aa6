"""The graph of provenance is read by the library that others read such graphs with, and says whose word everything rests on."""

import json
from dataclasses import replace
from typing import Any

import pytest
from prov.model import ProvDerivation, ProvDocument, ProvEntity

from invented import DECISION, NOW, derived, intake, masthead, reading, story, view
from onrecord import pipeline
from onrecord.exports import files
from onrecord.ledger import Ledger, open_ledger, write
from onrecord.pipeline import View, arranged
from onrecord.records import Decision, Derivation, Family, Read, Source

STORY = "story:st-0000000000000001"


def graph(seen: View) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(dict(files.made(seen, "prov"))["provenance.json"])
    return found


def edges(found: dict[str, dict[str, Any]], kind: str) -> set[tuple[str, ...]]:
    """The two ends of each relation of a kind."""
    return {tuple(end for key, end in one.items() if key.startswith("prov:"))[:2] for one in found[kind].values()}


def same(one: dict[str, Any]) -> list[str]:
    return sorted(json.dumps(said, sort_keys=True) for said in one.values())


@pytest.fixture
def of_sample(sample_ledger: Ledger) -> View:
    return pipeline.view(sample_ledger)


def test_the_library_reads_it_and_writes_the_same(of_sample: View) -> None:
    text = dict(files.made(of_sample, "prov"))["provenance.json"].decode()
    document = ProvDocument.deserialize(content=text, format="json")
    written = document.serialize(format="json")
    assert ProvDocument.deserialize(content=written, format="json") == document
    ours, theirs = json.loads(text), json.loads(written)
    assert ours.keys() == theirs.keys()
    for section in ours.keys() - {"prefix"}:
        named = section in ("entity", "activity", "agent")
        assert ours[section] == theirs[section] if named else same(ours[section]) == same(theirs[section]), section


def test_every_end_of_a_relation_is_there(of_sample: View) -> None:
    found = graph(of_sample)
    known = {name for section in ("entity", "activity", "agent") for name in found[section]}
    ends = ("entity", "activity", "agent", "generatedEntity", "usedEntity")
    for section in found.keys() - {"prefix", "entity", "activity", "agent"}:
        for relation in found[section].values():
            assert {relation[f"prov:{end}"] for end in ends if f"prov:{end}" in relation} <= known


def test_everything_that_is_derived_leads_back_to_stories(of_sample: View) -> None:
    document = ProvDocument.deserialize(content=json.dumps(graph(of_sample)), format="json")
    back: dict[str, set[str]] = {}
    for one in document.get_records(ProvDerivation):
        new, old = (str(end) for _, end in one.formal_attributes[:2])
        back.setdefault(new, set()).add(old)

    def reached(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        assert name not in seen, "nothing is derived from itself"
        return {name}.union(*(reached(one, seen | {name}) for one in back.get(name, ())))

    names = {str(entity.identifier) for entity in document.get_records(ProvEntity)}
    for incident in of_sample.derived.incidents:
        assert f"incident:{incident.id}" in names
        assert {f"story:{story}" for story in incident.stories} <= reached(f"incident:{incident.id}")


def test_a_claim_is_attributed_to_its_source_and_an_event_derived_from_claims() -> None:
    found = graph(view())
    assert ("claim:st-0000000000000001-c1", "source:named_body/Harbour%20Authority") in edges(found, "wasAttributedTo")
    assert (STORY, "outlet:Varn%20Courier") in edges(found, "wasAttributedTo")
    derived_from = edges(found, "wasDerivedFrom")
    assert ("event:st-0000000000000001-e1", "claim:st-0000000000000001-c1") in derived_from
    assert ("incident:in-00000001", "event:st-0000000000000001-e1") in derived_from
    assert ("plan:pl-00000001", "event:st-0000000000000001-e2") in derived_from
    assert found["agent"]["software:by%20hand"]["prov:type"]["$"] == "prov:SoftwareAgent"


def test_nobody_is_one_with_another_whose_name_is_not_told() -> None:
    found = graph(view())
    withheld = [id_ for id_, agent in found["agent"].items() if agent["prov:label"] == "(name withheld)"]
    assert withheld == ["source:st-0000000000000001-c2", "source:st-0000000000000001-c3"]
    assert "Brenk" not in json.dumps(found)


@pytest.mark.parametrize(("kind", "own"), [("anonymous", True), ("named_body", False), ("document", False)])
def test_who_is_anonymous_is_an_agent_for_each_claim(kind: str, own: bool) -> None:
    told = story()
    source = Source(kind, "dock workers")  # type: ignore[arg-type]
    agents = [id_ for id_ in graph(view(told, reading(told, second=source)))["agent"] if id_.startswith("source:st-")]
    assert bool(agents) == own


def test_what_the_narrator_says_is_its_outlets() -> None:
    told = story()
    found = graph(view(told, reading(told, second=Source("narrator", None))))
    assert ("claim:st-0000000000000001-c2", "outlet:Varn%20Courier") in edges(found, "wasAttributedTo")


def test_times_are_those_of_publications_and_no_others() -> None:
    text = json.dumps(graph(view()))
    assert text.count('"prov:time"') == 1
    assert '"prov:time": "2031-04-01T00:00:00+00:00", "or:precision": "day"' in text
    assert str(NOW.year) + "-04-02" not in text, "when somebody decided stays in the ledger"


# ---- whose report a story is


def two(relation: str, origin: str | None, ghost: str | None) -> View:
    first, second = story(1), story(2, outlet="Ostrey Post")
    made = derived(first, reading(first))
    ids = (first.id, second.id)
    derivations = (*made.derivations, Derivation(second.id, relation, origin, ghost, ()))  # type: ignore[arg-type]
    families = (Family("fa-00000001", f"ghost:{ghost}" if ghost else first.id, ids),)
    reads = [Read(masthead(one), reading(one)) for one in (first, second)]
    return arranged(reads, replace(made, derivations=derivations, families=families))


def test_a_copy_is_derived_from_the_story_that_it_copies() -> None:
    found = graph(two("reprint", story(1).id, None))
    (one,) = [said for said in found["wasDerivedFrom"].values() if "or:relation" in said]
    assert one == {
        "prov:generatedEntity": "story:st-0000000000000002",
        "prov:usedEntity": STORY,
        "prov:activity": "activity:grouping",
        "or:relation": "reprint",
    }


def test_an_original_that_is_not_held_is_an_entity_too() -> None:
    found = graph(two("rewrite", None, "Kelm Wire"))
    assert ("story:st-0000000000000002", "ghost:fa-00000001") in edges(found, "wasDerivedFrom")
    assert found["entity"]["ghost:fa-00000001"]["prov:type"]["$"] == "or:Ghost"
    assert ("ghost:fa-00000001", "outlet:Kelm%20Wire") in edges(found, "wasAttributedTo")


def test_a_later_version_is_a_revision_of_the_earlier() -> None:
    first, second = story(1), story(2)
    later = replace(masthead(second), version=2, earlier=first.id)
    reads = [Read(masthead(first), reading(first)), Read(later, reading(second))]
    found = graph(arranged(reads, derived(first, reading(first))))
    (one,) = [said for said in found["wasDerivedFrom"].values() if "prov:type" in said]
    assert (one["prov:generatedEntity"], one["prov:usedEntity"]) == ("story:st-0000000000000002", STORY)
    assert one["prov:type"]["$"] == "prov:Revision"


# ---- captures


def test_captures_are_the_bytes_that_were_kept(tmp_path: Any) -> None:
    ledger = open_ledger(str(tmp_path / "a.db"), create=True)
    told = story()
    one = intake(told)
    write.store(ledger, [one], [reading(told)], NOW)
    assert one.capture
    seen = pipeline.view(ledger, now=NOW)
    assert seen.captures == ((told.id, one.capture.sha256),)
    kept = pipeline.Kept(ledger)
    assert kept.look(NOW).captures == seen.captures
    more = intake(story(2, text="Nothing happened at Varnholm.", url="https://example.org/2"))
    write.store(ledger, [more], [replace(reading(told), story=story(2).id, claims=(), events=(), tallies=())], NOW)
    assert kept.look(NOW).captures == pipeline.view(ledger, now=NOW).captures
    assert len(kept.view.captures) == 2
    found = graph(seen)
    assert (f"capture:{one.capture.sha256}", STORY) in edges(found, "wasDerivedFrom")
    assert (f"capture:{one.capture.sha256}", "activity:capturing") in edges(found, "wasGeneratedBy")
    ledger.close()


# ---- decisions


def test_people_who_decide_have_numbers_for_names() -> None:
    other: Decision = replace(
        DECISION, id="de-0000000002", by="Tove Aram", target="de-0000000001", kind="decision", verdict="undo"
    )
    again = replace(DECISION, id="de-0000000003")
    agency = replace(DECISION, id="de-0000000004", by="publisher")
    found = graph(replace(view(), decisions=(DECISION, other, again, agency)))
    who = {activity.removeprefix("activity:deciding/"): agent for activity, agent in edges(found, "wasAssociatedWith")}
    assert [who[f"de-000000000{n}"] for n in range(1, 5)] == ["person:1", "person:2", "person:1", "person:publisher"]
    assert ("decision:de-0000000001", "activity:deciding/de-0000000002") in edges(found, "wasInvalidatedBy")
    assert "Vael" not in json.dumps(found)
    assert "Aram" not in json.dumps(found)


def test_what_a_decision_bears_on_is_derived_from_it() -> None:
    seen = view()
    assert ("incident:in-00000001", "decision:de-0000000001") in edges(graph(seen), "wasDerivedFrom")
    (standing,) = seen.derived.standings
    undone = replace(seen, derived=replace(seen.derived, standings=(replace(standing, state="undone", holds=False),)))
    assert ("incident:in-00000001", "decision:de-0000000001") not in edges(graph(undone), "wasDerivedFrom")


def test_what_a_graph_does_not_say_is_told() -> None:
    losses = json.loads(dict(files.made(view(), "prov"))["loss.json"])["losses"]
    told = {(one["record"], one["act"]) for one in losses}
    assert {("tallies", "left out"), ("incidents", "dropped"), ("de-0000000001", "dropped")} <= told
