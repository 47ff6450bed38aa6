"""Rounds in which several people code the same targets, each without seeing what the others or the machine said."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from onrecord import decisions, incidents
from onrecord.decisions.values import UNKNOWN, fields
from onrecord.errors import Conflict, WrongUse
from onrecord.ledger import Ledger, read, write
from onrecord.pipeline.deciding import refuse_no_text
from onrecord.records import Coding, EventKind, Round, Status, digest

CodedKind = Literal["incident", "plan"]
_NAME, _ANSWER, _NOTE = 200, 500, 2000
"""How many signs each may have, at most."""
_CHOSEN = ("campaign",)
"""Fields that say what a project watches, and nothing about what is told."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a lead asks for. targets: ids to code, or, with sample, to draw from. sample: how many; seed: of the drawing, the same
    gives the same. coders: by what they sign with; anybody where nobody is named.
    """

    name: str
    by: str
    kind: str
    fields: tuple[str, ...]
    targets: tuple[str, ...]
    sample: int | None = None
    seed: int | None = None
    coders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What a coder asks to be kept. answers: a value for every field of the round, "unknown" where the words do not tell. key: the
    same key gives the same coding again.
    """

    round: str
    target: str
    by: str
    answers: Mapping[str, str]
    note: str = ""
    key: str | None = None


def coded_fields(kind: CodedKind) -> tuple[str, ...]:
    """The fields that a round on that kind of target may ask for."""
    return tuple(field for field in fields()[kind] if field not in _CHOSEN)


def choices(kind: CodedKind, field: str) -> tuple[str, ...]:
    """The words among which a coder chooses; none where the answer is written.

    Of the status all that there are: whether something happened is for the coder to say, though the machine has made it an incident or
    a plan.
    """
    if field == "status":
        return get_args(Status)
    return (*get_args(EventKind), UNKNOWN) if field == "kind" else ()


def open_round(ledger: Ledger, asked: Opening, now: datetime) -> Round:
    """Opens a round. Raises WrongUse where it makes no sense, or one of that name is open."""
    name, by = asked.name.strip(), asked.by.strip()
    refuse_no_text((name, by, *asked.fields, *asked.targets, *asked.coders))
    if not name or not by or len(name) > _NAME:
        raise WrongUse(f"a round needs a name of up to {_NAME} letters, and whoever opens it")
    kind = _kind(asked.kind)
    known = coded_fields(kind)
    coded = tuple(field for field in known if field in asked.fields)
    if not coded or len(coded) < len(set(asked.fields)):
        raise WrongUse(f"the fields that are coded of {kind}s are of: {', '.join(known)}; name one or more")
    with ledger.writing() as connection:
        held = read.rounds(connection)
        if any(one.name == name and one.closed_at is None for one in held):
            raise WrongUse(f"{name}: a round of that name is open; close it, or take another name")
        targets = _drawn(_targets(connection, kind, asked.targets), asked)
        coders = tuple(sorted({coder.strip() for coder in asked.coders if coder.strip()}))
        id_ = _id("ro", {one.id for one in held}, name, by, now, targets)
        made = Round(id_, name, kind, coded, targets, coders, by, now, asked.seed if asked.sample else None)
        write.add_round(connection, made)
        return made


def _kind(word: str) -> CodedKind:
    for kind in get_args(CodedKind):
        if kind == word:
            return kind  # type: ignore[no-any-return]
    raise WrongUse(f"{word}: is not one of {', '.join(get_args(CodedKind))}")


def _targets(connection: sa.Connection, kind: CodedKind, asked: Iterable[str]) -> tuple[str, ...]:
    """Those ids, each once, under the names that they have today. Raises WrongUse for one that is not of that kind."""
    names, derived = read.names(connection), read.derived(connection)
    known = {row.id for row in (derived.incidents if kind == "incident" else derived.plans)}
    found = {one: incidents.resolve(one, names) for one in dict.fromkeys(asked)}
    lost = [one for one, name in found.items() if name not in known]
    if lost:
        raise WrongUse(f"{', '.join(lost[:5])}: there is no {kind} of that name")
    if not found:
        raise WrongUse(f"a round needs {kind}s to code: none was named, and the filter keeps none")
    return tuple(dict.fromkeys(found.values()))


def _drawn(targets: tuple[str, ...], asked: Opening) -> tuple[str, ...]:
    if asked.sample is None:
        return targets
    if asked.sample < 1:
        raise WrongUse("a sample has one target at least")
    chance = random.Random(asked.seed)
    return tuple(chance.sample(sorted(targets), min(asked.sample, len(targets))))


def code(ledger: Ledger, asked: Answers, now: datetime) -> Coding:
    """Keeps what a coder answers on a target, once: afterwards a coder sees what the others said.

    Raises WrongUse where an answer is missing or makes no sense, Conflict where the round is closed, or this coder has answered.
    """
    by, note = asked.by.strip(), asked.note.strip()
    answers = {field: value.strip() for field, value in asked.answers.items()}
    refuse_no_text((asked.round, asked.target, by, note, asked.key or "", *answers, *answers.values()))
    with ledger.writing() as connection:
        before = read.coding_of(connection, key=asked.key) if asked.key else None
        if before is not None:
            if (before.round, before.target, before.by, dict(before.answers)) != (
                asked.round,
                asked.target,
                by,
                answers,
            ):
                raise WrongUse("this form was used for other answers; open it anew")
            return before
        round_ = _open(connection, asked.round)
        _check_coder(round_, asked.target, by)
        _check(round_, answers, note)
        held = read.codings(connection, round_.id)
        if any((one.target, one.by) == (asked.target, by) for one in held):
            raise Conflict(f"{asked.target}: you have answered on it, and answers stay as they were given")
        id_ = _id("co", {one.id for one in read.codings(connection)}, round_.id, asked.target, by)
        said = tuple((field, answers[field]) for field in round_.fields)
        made = Coding(id_, round_.id, asked.target, by, now, said, note, asked.key or None)
        write.add_coding(connection, made)
        return made


def _open(connection: sa.Connection, id_: str) -> Round:
    round_ = _round(connection, id_)
    if round_.closed_at is not None:
        raise Conflict(f"{round_.name}: the round is closed; nothing was kept")
    return round_


def _round(connection: sa.Connection, id_: str) -> Round:
    found = next((one for one in read.rounds(connection) if one.id == id_), None)
    if found is None:
        raise WrongUse(f"{id_}: there is no such round")
    return found


def _check_coder(round_: Round, target: str, by: str) -> None:
    if not by:
        raise WrongUse("answers need the name of whoever gives them")
    if round_.coders and by not in round_.coders:
        raise WrongUse(f"{round_.name}: is coded by {', '.join(round_.coders)}")
    if target not in round_.targets:
        raise WrongUse(f"{target}: is not in the round {round_.name}")


def _check(round_: Round, answers: Mapping[str, str], note: str) -> None:
    other = sorted(answers.keys() - set(round_.fields))
    if other:
        raise WrongUse(f"{', '.join(other)}: is not asked for in this round")
    missing = [field for field in round_.fields if not answers.get(field)]
    if missing:
        raise WrongUse(f"{', '.join(missing)}: want an answer; write unknown where the words do not tell")
    if len(note) > _NOTE or any(len(value) > _ANSWER for value in answers.values()):
        raise WrongUse(f"an answer has up to {_ANSWER} letters, a note up to {_NOTE:,}")
    for field, value in answers.items():
        among = choices(round_.kind, field)
        if among and value not in among:
            raise WrongUse(f"{value}: {field} is one of {', '.join(among)}")
        if not among:
            decisions.check(round_.kind, field, value)


def close_round(ledger: Ledger, id_: str, by: str, now: datetime) -> Round:
    """Closes a round for good; one that is closed stays as it was. Raises WrongUse where there is none."""
    refuse_no_text((id_, by))
    if not by.strip():
        raise WrongUse("a round is closed by somebody")
    with ledger.writing() as connection:
        if _round(connection, id_).closed_at is None:
            write.close_round(connection, id_, by.strip(), now)
        return _round(connection, id_)


def _id(sort: str, taken: set[str], *said: object) -> str:
    """A short id that no other has."""
    hexed, size = digest(*map(str, said), len(taken)), 10
    while f"{sort}-{hexed[:size]}" in taken:
        size += 2
    return f"{sort}-{hexed[:size]}"
