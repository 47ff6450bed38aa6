"""A message → its templates, in the slots of MUC-4."""

from dataclasses import dataclass

from evaluation.muc import setting, words
from evaluation.muc.acts import Act, acts
from evaluation.muc.instruments import instruments
from evaluation.muc.perpetrators import Perpetrators, perpetrators
from evaluation.muc.phrases import Message
from evaluation.muc.targets import Target, targets
from evaluation.rows import Row

_NOTHING = "-"
"""What a code refers to where the text has no words for it."""

_OF_FORCES = frozenset({"ACTIVE MILITARY", "LAW ENFORCEMENT", "TRANSPORT VEHICLE"})


@dataclass
class _Found:
    act: Act
    targets: list[Target]
    by: Perpetrators


def templates_of(message: Message) -> list[Row]:
    """The templates of a message; none where it tells of no act of terror."""
    home = setting.home(message)
    return [_template(message, one, home) for one in found_in(message)]


def found_in(message: Message) -> list[_Found]:
    """The acts of terror of a message, with whom they hit and who did them."""
    found = [_Found(act, targets(message, act), perpetrators(message, act)) for act in acts(message)]
    return _merged([one for one in found if _is_terror(one)])


def _is_terror(one: _Found) -> bool:
    """Whether somebody or something is hit that is no force at war, and more is said than that people died."""
    if _is_war(one.targets) or (one.act.kind == "ATTACK" and _is_loose(one)):
        return False
    only = one.targets[0] if len(one.targets) == 1 else None
    return only is None or only.number != "PLURAL" or not words.pattern("vague", "people").fullmatch(only.words or "")


def _is_war(hit: list[Target]) -> bool:
    """Whether forces alone are hit: soldiers and aircraft, and with them no more than police and vehicles."""
    if all(target.code == "ACTIVE MILITARY" for target in hit):
        return True
    forces = any(target.code == "ACTIVE MILITARY" or target.flies for target in hit)
    return forces and all(target.code in _OF_FORCES for target in hit)


def _is_loose(one: _Found) -> bool:
    """Whether an attack was only tried, or only a road is told of, which is where it was and not what was hit."""
    return one.act.stage == "ATTEMPTED" or all(target.code == "TRANSPORTATION ROUTE" for target in one.targets)


def _merged(found: list[_Found]) -> list[_Found]:
    """Acts that share a target are one, of the type that says more than ATTACK where one of them does."""
    kept: list[_Found] = []
    for one in found:
        same = next((k for k in kept if _is_same(k, one)), None)
        if same is None:
            kept.append(one)
        else:
            _take_in(same, one)
    return kept


def _is_same(one: _Found, other: _Found) -> bool:
    kinds = {one.act.kind, other.act.kind}
    if len(kinds) > 1 and "ATTACK" not in kinds:
        return False
    return any(a.is_like(b) for a in one.targets for b in other.targets)


def _take_in(one: _Found, other: _Found) -> None:
    if one.act.kind == "ATTACK":
        one.act.kind = other.act.kind
    one.act.triggers += other.act.triggers
    one.act.when = one.act.when if one.act.when is not None and one.act.when.start else other.act.when
    one.act.where = one.act.where or other.act.where
    one.targets += [t for t in other.targets if not any(t.is_like(known) for known in one.targets)]
    one.by = one.by.joined(other.by)


def _template(message: Message, one: _Found, home: str | None) -> Row:
    row: Row = {"inc-type": [one.act.kind], "inc-stage": [one.act.stage]}
    _put(row, "inc-date", setting.day(message, one.act))
    _put(row, "inc-loc", setting.place(message, one.act, home))
    for said, code in instruments(message, one.act):
        _put(row, "inc-instr-id", said)
        _put(row, "inc-instr-type", code, said or _NOTHING)
    row["perp-inc-cat"] = ["STATE-SPONSORED VIOLENCE" if one.by.state else "TERRORIST ACT"]
    for name in one.by.people:
        _put(row, "perp-ind-id", name)
    for name, sure in one.by.bodies:
        _put(row, "perp-org-id", name)
        _put(row, "perp-org-conf", sure, name)
    for target in one.targets:
        _put_target(row, target)
        abroad = setting.nation(target.words or "", home)
        _put(row, f"{'hum' if target.human else 'phys'}-tgt-nation", abroad, target.label)
    if not any(target.human for target in one.targets) and setting.unharmed(one.act):
        _put(row, "hum-tgt-effect", "NO INJURY OR DEATH", _NOTHING)
    return row


def _put_target(row: Row, target: Target) -> None:
    side = "hum-tgt" if target.human else "phys-tgt"
    if target.human:
        _put(row, "hum-tgt-name", target.name)
        _put(row, "hum-tgt-desc", target.words, target.name)
    else:
        _put(row, "phys-tgt-id", target.words)
    _put(row, f"{side}-type", target.code, target.label)
    _put(row, f"{side}-num", target.number, target.label)
    _put(row, f"{side}-effect", target.effect, target.label)


def _put(row: Row, slot: str, value: str | None, xref: str | None = None) -> None:
    if value:
        row.setdefault(slot, []).append({"value": value, "xref": xref} if xref else value)
