"""Which words tell of acts."""

import pytest

from onrecord.events import triggers

# (sentence, [(words of the trigger, kind named by it or by a weapon at it, role)])
FOUND = [
    ("Veranian jets pounded the harbour of Lorvan.", [("pounded", "air_strike", "act")]),
    ("Rockets struck the barracks.", [("struck", "missile_strike", "act")]),
    ("A drone hit the fuel depot.", [("hit", "drone_strike", "act")]),
    ("Gunmen opened fire on a wedding.", [("opened fire", "shooting", "act")]),
    ("Ostmark fired two missiles into the sea.", [("fired two missiles into", "missile_strike", "act")]),
    ("The rebels carried out a drone strike on Tolen.", [("drone strike", "drone_strike", "act")]),
    ("A car bomb exploded at the gate.", [("car bomb", "bombing", "act"), ("exploded", "bombing", "act")]),
    ("Militants ambushed a patrol.", [("ambushed", "armed_clash", "act")]),
    ("Pirates hijacked the tanker Selma Bay.", [("hijacked", "seizure", "act")]),
    ("Police arrested six people.", [("arrested", "arrest", "act")]),
    ("Customs officers seized 300 rifles.", [("seized", "seizure", "act")]),
    ("Soldiers seized two suspects.", [("seized", "arrest", "act")]),
    ("The army freed 40 hostages.", [("freed", "release", "act")]),
    ("Two sailors were injured.", [("injured", None, "effect")]),
    ("The army deployed 2,000 soldiers.", [("deployed", "deployment", "act")]),
    ("A patrol boat fired on a trawler.", [("fired on", "shooting", "act")]),
    ("The parliament designated the group a terrorist organisation.", [("designated", "designation", "act")]),
]


@pytest.mark.parametrize(("words", "expected"), FOUND)
def test_found(annotate, words, expected):
    sentence = annotate(words).sentences[0].syntax
    hits = triggers.find(sentence)
    told = [(sentence.doc[hit.first : hit.last + 1].text, hit.named or hit.row.kind, hit.role) for hit in hits]
    assert told == expected


SILENT = [
    "Prices hit a record high in the capital.",
    "The union called a strike over pay.",
    "A storm hit the coast.",
    "The company fired its chief executive on Monday.",
    "The film was shot in three weeks.",
    "A bus crash killed 12 people.",
    "The striker fired the ball into the net after the keeper's mistake.",
    "Anyone with a tip about the shooting should call Crime Stoppers.",
    "She launched a campaign to save the library.",
    "The hijacked tanker is painted blue.",
]


@pytest.mark.parametrize("words", SILENT)
def test_other_senses(annotate, words):
    assert triggers.find(annotate(words).sentences[0].syntax) == ()


def test_support_may_come_from_the_story(annotate):
    sentence = annotate("The operation ended on Monday.").sentences[0].syntax
    assert triggers.find(sentence) == ()
    assert [hit.token.text for hit in triggers.find(sentence, told=True)] == ["operation"]


HEADLINES = [
    ("Commandos STORM Tanker To Save 19 Hostages", [("STORM", "raid")]),
    ("Army helicopters blast rebel camp", [("blast", "air_strike")]),
    ("Verania weighs strikes on rebel camps", [("strikes", None)]),
    ("Verania strike force honoured", []),
]


@pytest.mark.parametrize(("words", "expected"), HEADLINES)
def test_headlines(annotate, words, expected):
    hits = triggers.find(annotate("", headline=words).sentences[0].syntax, headline=True)
    assert [(hit.token.text, hit.named or hit.row.kind) for hit in hits] == expected


def test_clause_of_a_noun_is_its_verb(annotate):
    sentence = annotate("A raid on the camp began at dawn.").sentences[0].syntax
    noun = next(token for token in sentence if token.text == "raid")
    assert triggers.clause(noun).text == "began"
