"""Kinds of event, their codes and their words."""

import tomllib
from importlib import resources
from typing import get_args

import pytest

from onrecord.errors import BadTable
from onrecord.records import EventKind
from onrecord.wording import kinds

PLOVER_TYPES = {
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "PROTEST",
    "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
}  # fmt: skip
ASSAULT_MODES = {
    "abduct", "beat", "torture", "sexual", "targeted", "destroy", "primitive", "firearms", "explosives", "suicide-attack", "aerial",
    "drone", "heavy-weapons", "crowd-control", "unconventional",
}  # fmt: skip
ACLED_SUB_EVENTS = {
    "Battles": {"Government regains territory", "Non-state actor overtakes territory", "Armed clash"},
    "Explosions/Remote violence": {
        "Chemical weapon", "Air/drone strike", "Suicide bomb", "Shelling/artillery/missile attack",
        "Remote explosive/landmine/IED", "Grenade",
    },
    "Violence against civilians": {"Sexual violence", "Attack", "Abduction/forced disappearance"},
    "Strategic developments": {
        "Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use", "Headquarters or base established",
        "Looting/property destruction", "Non-violent transfer of territory", "Other",
    },
}  # fmt: skip


def test_every_kind_once():
    assert sorted(kind.name for kind in kinds.all_kinds()) == sorted(get_args(EventKind))


@pytest.mark.parametrize("kind", kinds.all_kinds(), ids=lambda kind: kind.name)
def test_codes_are_of_the_codebooks(kind):
    assert kind.plover_type is None or kind.plover_type in PLOVER_TYPES
    assert kind.plover_mode is None or (kind.plover_type == "ASSAULT" and kind.plover_mode in ASSAULT_MODES)
    if kind.acled_event is None:
        assert kind.acled_sub_event is None
    else:
        assert kind.acled_sub_event in ACLED_SUB_EVENTS[kind.acled_event]
    assert kind.ucdp_type in {None, 1, 2, 3}


CODES = [
    ("drone_strike", "drone", "Air/drone strike"),
    ("bombing", "explosives", "Remote explosive/landmine/IED"),
    ("abduction", "abduct", "Abduction/forced disappearance"),
    ("arrest", None, "Arrests"),
    ("threat", None, None),
]


@pytest.mark.parametrize(("name", "mode", "sub_event"), CODES)
def test_codes(name, mode, sub_event):
    found = kinds.kind(name)
    assert (found.plover_mode, found.acled_sub_event) == (mode, sub_event)


def test_unknown_kind():
    with pytest.raises(KeyError):
        kinds.kind("picnic")


TRIGGERS = [
    ("shell", "VERB", "shelling"),
    ("ambush", "NOUN", "armed_clash"),
    ("kidnap", "VERB", "abduction"),
    ("attack", "NOUN", None),
]


@pytest.mark.parametrize(("lemma", "pos", "kind"), TRIGGERS)
def test_triggers(lemma, pos, kind):
    assert [row.kind for row in kinds.triggers(lemma, pos)][-1] == kind


def test_longer_phrases_come_first():
    lengths = [len(row.rest) for row in kinds.triggers("shoot", "VERB")]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 0


def test_words_without_events():
    assert kinds.triggers("bake", "VERB") == ()


def test_classes_and_means_hold_words():
    assert "mortar" in kinds.word_class("guns")
    assert all(means.words for means in kinds.means())
    assert all(kinds.word_class(name) for name, _ in kinds.guards())


def test_every_class_of_the_table_is_used():
    path = resources.files("onrecord.wording").joinpath("tables", "kinds.toml")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    named = {name for group in data["trigger"] for key in ("needs", "patient") for name in group.get(key, ())}
    named |= {group["class"] for key in ("means", "guard") for group in data[key] if "class" in group}
    assert set(data["classes"]) - named == set()


@pytest.mark.parametrize("group", [{"verbs": ["bake"], "kind": "picnic"}, {"verbs": ["bake"], "needs": ["ovens"]}])
def test_rows_outside_the_lists_are_refused(group):
    with pytest.raises(BadTable):
        kinds._rows(group, {})
