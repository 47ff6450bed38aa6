"""Where everything in the ledger comes from, as W3C PROV-JSON: what was published and kept, what was read in it and by what, whose
words it rests on, what follows from it, and what people decided.

A story is what was published; a capture is the bytes it was kept in; a reading is what one reader found in it. Claims and
events are parts of a reading, and incidents and plans follow from events and decisions. Nobody who decided is named, and no time is given but those of
publications: both stay in the ledger.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from onrecord.exports import tables
from onrecord.exports.losses import Losses
from onrecord.exports.parts import File, pretty
from onrecord.exports.private import WITHHELD, Private, Row
from onrecord.pipeline import View
from onrecord.pipeline.withdrawing import BY
from onrecord.records import Claim, Decision, Incident, Plan, Published, Read, Standing

NAME = "provenance.json"
_SPACE = "urn:onrecord:"
_KINDS = (
    "story", "ghost", "capture", "reading", "claim", "event", "incident", "plan", "decision", "activity", "outlet", "source",
    "person", "software",
)  # fmt: skip
"""What has a name of its own, each the prefix of such names."""
_SECTIONS = (
    "entity", "activity", "agent", "wasGeneratedBy", "used", "wasDerivedFrom", "wasAttributedTo", "wasAssociatedWith",
    "wasInvalidatedBy",
)  # fmt: skip
_HELD = ("stories", "claims", "events", "incidents", "plans", "families", "decisions")
"""The tables whose records are in the graph. Of their values it has those by which one is known again."""
_PERSONS = ("named_person", "witness")

Attributes = dict[str, object]


def files(view: View) -> Iterator[File]:
    """The graph, and what it does not say."""
    graph, losses = _Graph(view), Losses()
    sections = graph.sections()
    yield File(NAME, _as_json(sections))
    for table in tables.columns():
        if table in _HELD:
            losses.add(table, "dropped", None, None, None, "a graph says what follows from what; all values are in csv")
        else:
            losses.add(table, "left out", None, None, None, "a graph of provenance has no place for it; it is in csv")
    for decision in view.decisions:
        losses.add(decision.id, "dropped", "prov:time", None, None, "who decided, and when, stays in the ledger")
    written = sum(len(section) for section in sections.values())
    yield pretty("loss.json", losses.report("prov", "W3C PROV-JSON", {NAME: written}))


def _as_json(sections: Mapping[str, Mapping[str, Attributes]]) -> bytes:
    """A record a line."""
    prefixes = {"or": _SPACE, **{kind: f"{_SPACE}{kind}:" for kind in _KINDS}}
    parts = [f'"prefix": {json.dumps(prefixes)}']
    for name, records in sections.items():
        lines = [f"{json.dumps(id_)}: {json.dumps(said, ensure_ascii=False)}" for id_, said in records.items()]
        parts.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


class _Graph:
    """Makes the records of a view."""

    def __init__(self, view: View) -> None:
        self._view = view
        private = Private(view)
        self._private = private
        self._rows = tables.Rows(view, private)
        self._made: dict[str, dict[str, Attributes]] = {name: {} for name in _SECTIONS}
        self._known = self._made["entity"]

    def sections(self) -> dict[str, dict[str, Attributes]]:
        """Everything that there is to say, by the sections of PROV-JSON; those without records are left out."""
        self._software("onrecord")
        for name in ("capturing", "grouping"):
            self._activity(name, "software:onrecord")
        self._stories()
        self._captures()
        for read in self._view.reads:
            self._reading(read)
        rows: list[Incident | Plan] = [*self._view.derived.incidents, *self._view.derived.plans]
        for row in rows:
            self._row(row)
        self._decisions()
        return {name: records for name, records in self._made.items() if records}

    # ---- what was published, and kept

    def _stories(self) -> None:
        told = {read.story.id for read in self._view.reads}
        families = {story: family.id for family in self._view.derived.families for story in family.stories}
        for read in self._view.reads:
            row, story = self._rows.story(read), read.story
            said = {"prov:label": row["headline"] or None, "or:name": row["name"], "or:url": row["url"]}
            self._entity(f"story:{story.id}", "Story", {**said, "or:version": story.version})
            if row["outlet"]:
                self._attributed(f"story:{story.id}", self._outlet(str(row["outlet"])))
            self._published(f"story:{story.id}", story.published)
            if story.earlier in told:
                kind: Attributes = {"prov:type": _name("prov:Revision")}
                self._derived(f"story:{story.id}", f"story:{story.earlier}", None, kind)
        for one in self._view.derived.derivations:
            origin = f"story:{one.origin}" if one.origin in told else None
            if origin is None and one.ghost is not None and one.story in families:
                origin = f"ghost:{families[one.story]}"
                if origin not in self._known:
                    self._entity(origin, "Ghost", {})
                    self._attributed(origin, self._outlet(self._public(one.ghost)))
            if origin is not None and one.story in told:
                self._derived(f"story:{one.story}", origin, "activity:grouping", {"or:relation": one.relation})

    def _published(self, story: str, published: Published) -> None:
        if published.start is not None:
            # Of a story of a day the start is midnight, which its precision tells from a moment
            said = {"or:precision": published.precision, "or:basis": published.basis}
            self._relate("wasGeneratedBy", {"prov:entity": story, "prov:time": _time(published.start), **said})

    def _captures(self) -> None:
        for story, sha256 in self._view.captures:
            if f"story:{story}" not in self._known:
                continue
            capture = f"capture:{sha256}"
            if capture not in self._known:
                self._entity(capture, "Capture", {"or:sha256": sha256})
                self._generated(capture, "activity:capturing")
            self._derived(capture, f"story:{story}", "activity:capturing", {})

    # ---- what was read

    def _reading(self, read: Read) -> None:
        id_, story = f"reading:{read.story.id}", f"story:{read.story.id}"
        reader = read.reading.reader
        activity = f"activity:reading/{_quoted(reader)}"
        if activity not in self._made["activity"]:
            self._activity(f"reading/{_quoted(reader)}", self._software(reader))
        self._entity(id_, "Reading", {"or:reader": reader})
        self._generated(id_, activity)
        self._relate("used", {"prov:activity": activity, "prov:entity": story})
        self._derived(id_, story, activity, {})
        for claim in read.reading.claims:
            self._claim(read, claim, id_)
        for event in read.reading.events:
            row = self._rows.event(read, event)
            self._entity(f"event:{event.id}", "Event", {**_said(row, "kind", "status"), "prov:value": row["words"]})
            for claim_id in event.claims:
                if f"claim:{claim_id}" in self._known:
                    self._derived(f"event:{event.id}", f"claim:{claim_id}", None, {})
            self._derived(f"event:{event.id}", id_, None, {})

    def _claim(self, read: Read, claim: Claim, reading: str) -> None:
        row = self._rows.claim(read, claim)
        id_ = f"claim:{claim.id}"
        said = _said(row, "part", "start", "end", "form", "stance")
        self._entity(id_, "Claim", {**said, "prov:value": row["words"]})
        self._derived(id_, reading, None, {})
        if (agent := self._source(row)) is not None:
            self._attributed(id_, agent, {"or:role": row["source_role"], "or:told": row["told"]})

    def _source(self, row: Row) -> str | None:
        """Whom a claim rests on. Nobody can tell whether two who are not named are one, so that each is an agent of its own."""
        kind, name = str(row["source_kind"]), row["source_name"]
        if kind in ("narrator", "outlet"):
            outlet = name if kind == "outlet" and name else row["outlet"]
            return self._outlet(str(outlet)) if outlet else None
        if name is None:
            return None
        named = kind not in ("anonymous", "witness") and name != WITHHELD
        id_ = f"source:{kind}/{_quoted(str(name))}" if named else f"source:{row['id']}"
        type_ = "prov:Person" if kind in _PERSONS else "prov:Organization" if kind == "named_body" else None
        return self._agent(id_, str(name), [type_, f"or:{kind}"])

    # ---- what follows, and what was decided

    def _row(self, row: Incident | Plan) -> None:
        if isinstance(row, Incident):
            id_, kind = f"incident:{row.id}", "Incident"
            said = _said(self._rows.incident(row), "kind", "status", "first_day", "last_day", "place")
        else:
            id_, kind = f"plan:{row.id}", "Plan"
            said = _said(self._rows.plan(row), "kind", "status", "place")
        self._entity(id_, kind, said)
        self._generated(id_, "activity:grouping")
        for event in row.events:
            if f"event:{event}" in self._known:
                self._derived(id_, f"event:{event}", "activity:grouping", {})

    def _decisions(self) -> None:
        people: dict[str, str] = {}
        standings = {one.decision: one for one in self._view.derived.standings}
        for decision in self._view.decisions:
            id_, activity = f"decision:{decision.id}", f"activity:deciding/{decision.id}"
            row = self._rows.decision(decision)
            self._entity(id_, "Decision", _said(row, "verdict", "target", "field", "value", "into", "reason", "state"))
            if decision.by == BY:
                person = self._agent("person:publisher", BY, ["prov:Organization"])
            else:
                number = people.setdefault(decision.by, f"person {len(people) + 1}")
                person = self._agent(f"person:{number.removeprefix('person ')}", number, ["prov:Person"])
            self._activity(f"deciding/{decision.id}", person)
            self._generated(id_, activity)
            self._attributed(id_, person)
            for story in dict.fromkeys(span.story for span in (*decision.words, *decision.anchors)):
                if f"story:{story}" in self._known:
                    self._relate("used", {"prov:activity": activity, "prov:entity": f"story:{story}"})
            if decision.verdict == "undo" and f"decision:{decision.target}" in self._known:
                self._relate(
                    "wasInvalidatedBy", {"prov:entity": f"decision:{decision.target}", "prov:activity": activity}
                )
        for target, decided in self._borne(standings):
            self._derived(target, decided, None, {})

    def _borne(self, standings: Mapping[str, Standing]) -> Iterator[tuple[str, str]]:
        """What rests on which decision in force."""
        found: dict[tuple[str, str], None] = {}
        rows: list[Incident | Plan] = [*self._view.derived.incidents, *self._view.derived.plans]
        for row in rows:
            kind = "incident" if isinstance(row, Incident) else "plan"
            found.update({(f"{kind}:{row.id}", f"decision:{id_}"): None for id_ in row.decisions})
        for decision in self._view.decisions:
            standing = standings.get(decision.id)
            if standing is not None and standing.holds and standing.state in ("carried", "needs_look"):
                found[_bearing(decision, standing), f"decision:{decision.id}"] = None
        for target, decided in found:
            if target in self._known and decided in self._known and not target.startswith("decision:"):
                yield target, decided

    # ---- records

    def _entity(self, id_: str, kind: str, said: Attributes) -> None:
        self._known[id_] = {"prov:type": _name(f"or:{kind}"), **_plain(said)}

    def _activity(self, name: str, agent: str) -> None:
        self._made["activity"][f"activity:{name}"] = {"prov:type": _name(f"or:{name.partition('/')[0]}")}
        self._relate("wasAssociatedWith", {"prov:activity": f"activity:{name}", "prov:agent": agent})

    def _agent(self, id_: str, label: str, types: list[str | None]) -> str:
        found: list[object] = [_name(one) for one in types if one]
        self._made["agent"].setdefault(id_, {"prov:type": found[0] if len(found) == 1 else found, "prov:label": label})
        return id_

    def _outlet(self, name: str) -> str:
        return self._agent(f"outlet:{_quoted(name)}", name, ["prov:Organization"])

    def _software(self, name: str) -> str:
        return self._agent(f"software:{_quoted(name)}", name, ["prov:SoftwareAgent"])

    def _public(self, ghost: str) -> str:
        return str(self._private.withheld({"ghost": ghost})["ghost"])

    def _generated(self, entity: str, activity: str) -> None:
        self._relate("wasGeneratedBy", {"prov:entity": entity, "prov:activity": activity})

    def _attributed(self, entity: str, agent: str, said: Attributes | None = None) -> None:
        self._relate("wasAttributedTo", {"prov:entity": entity, "prov:agent": agent, **(said or {})})

    def _derived(self, entity: str, source: str, activity: str | None, said: Attributes) -> None:
        found = {"prov:generatedEntity": entity, "prov:usedEntity": source, "prov:activity": activity}
        self._relate("wasDerivedFrom", {**found, **said})

    def _relate(self, kind: str, said: Attributes) -> None:
        records = self._made[kind]
        records[f"_:{kind}{len(records) + 1}"] = _plain(said)


def _bearing(decision: Decision, standing: Standing) -> str:
    return f"{decision.kind}:{standing.target}"


def _said(row: Row, *columns: str) -> Attributes:
    return {f"or:{column}": row[column] for column in columns}


def _plain(said: Attributes) -> Attributes:
    """Without what is not known; whole numbers as PROV-JSON has them."""
    return {
        key: {"$": str(value), "type": "xsd:int"} if isinstance(value, int) and not isinstance(value, bool) else value
        for key, value in said.items()
        if value is not None
    }


def _name(name: str) -> Attributes:
    return {"$": name, "type": "xsd:QName"}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _quoted(words: str) -> str:
    """Words as part of a name."""
    return quote(words, safe="")
