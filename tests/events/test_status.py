"""Whether an act is told as done."""

import pytest

from onrecord.events import judged, mentions, status


@pytest.fixture(autouse=True)
def words_alone(monkeypatch):
    """Here the words are tested; what the network makes of them is tested beside it."""
    monkeypatch.setattr(judged, "likeliest", lambda told, annotated, trigger: told)


# (sentence, word of the act, status)
TOLD = [
    ("Shells killed two villagers.", "killed", "happened"),
    ("The port was bombed on Monday, the ministry said.", "bombed", "happened"),
    ("Troops are searching the valley.", "searching", "ongoing"),
    ("The navy has kept two frigates in the bay since May.", "kept", "ongoing"),
    ("Gunmen tried to storm the embassy.", "storm", "attempted"),
    ("Police foiled a plot to bomb the station.", "bomb", "attempted"),
    ("The army has drawn up plans to raid the island.", "raid", "planned"),
    ("The ministry will deploy 400 soldiers on Friday.", "deploy", "planned"),
    ("The general ordered a strike on the depot.", "strike", "planned"),
    ("The navy was preparing to attack the harbour.", "attack", "planned"),
    ("The group threatened to bomb the bridges.", "bomb", "threatened"),
    ("We will strike the port if the blockade is not lifted.", "strike", "threatened"),
    ("Ostmark may attack the islands.", "attack", "possible"),
    ("The president is weighing air strikes on the camps.", "strikes", "possible"),
    ("Residents fear that the army will storm the town.", "storm", "possible"),
    ("If the dam were hit, thousands would drown.", "hit", "hypothetical"),
    ("If the talks failed, the army would attack the town.", "attack", "hypothetical"),
    ("The rebels denied that they had shelled the town.", "shelled", "denied"),
    ("No strike took place.", "strike", "negated"),
    ("The jets did not bomb the village.", "bomb", "negated"),
    ("The raid was cancelled.", "raid", "negated"),
    ("It is unclear whether the plane bombed the bridge.", "bombed", "unknown"),
    ("The attacks have not ended.", "attacks", "ongoing"),
    ("Further raids were possible.", "raids", "possible"),
    ("Posts about an explosion at the mill were false.", "explosion", "negated"),
    ("Rumours of an attack on Vellin were untrue.", "attack", "negated"),
    ("Posts spoke of shooting at the mill.", "shooting", "unknown"),
    ("Were the dam to be bombed, the valley would drown.", "bombed", "hypothetical"),
]


def token_of(annotated, word):
    return next(token for sentence in annotated.sentences for token in sentence.syntax if token.text == word)


@pytest.mark.parametrize(("words", "act", "expected"), TOLD)
def test_of(annotate, words, act, expected):
    assert status.of(token_of(annotate(words), act)) == expected


# A cue that does not govern the act leaves it alone.
OUT_OF_SCOPE = [
    ("Two men were killed in a raid, and the mayor may resign.", "killed", "happened"),
    ("The troops will leave after the strike killed nine people.", "killed", "happened"),
    ("There was no claim of responsibility for the bombing.", "bombing", "happened"),
    ("Nobody was hurt in the raid.", "raid", "happened"),
    ("The shooting was not random.", "shooting", "happened"),
    ("The minister, who plans to resign, said jets bombed the camp.", "bombed", "happened"),
]


@pytest.mark.parametrize(("words", "act", "expected"), OUT_OF_SCOPE)
def test_scope(annotate, words, act, expected):
    assert status.of(token_of(annotate(words), act)) == expected


SCOPES = [
    ("Marines would board the ship.", "board", status.PLAIN, "possible"),
    ("Marines would board the ship.", "board", status.Scope(planned=True), "planned"),
    ("We shelled nobody.", "shelled", status.Scope(stance="denies"), "denied"),
    ("We shall shell every port.", "shell", status.Scope(stance="threatens"), "threatened"),
    ("Jets are bombing the port.", "bombing", status.PLAIN, "ongoing"),
]


@pytest.mark.parametrize(("words", "act", "scope", "expected"), SCOPES)
def test_story_and_stance(annotate, words, act, scope, expected):
    assert status.of(token_of(annotate(words), act), scope) == expected


def test_certainty_orders_statuses(annotate):
    done = status.certainty(token_of(annotate("The plane bombed the bridge."), "bombed"))
    maybe = status.certainty(token_of(annotate("The plane may bomb the bridge."), "bomb"))
    never = status.certainty(token_of(annotate("The plane did not bomb the bridge."), "bomb"))
    assert -3 <= never < maybe < done <= 3


@pytest.mark.parametrize(("words", "act", "expected"), TOLD)
def test_certainty_stays_in_range(annotate, words, act, expected):
    assert -3 <= status.certainty(token_of(annotate(words), act)) <= 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Tolan has not ruled out a raid on Vellin.", "possible"),
        ("Tolan has not dismissed the idea of a raid on Vellin.", "possible"),
        ("Tolan does not deny that troops raided Vellin.", "possible"),
        ("The number of troops to be deployed is not known.", "planned"),
        ("Tolan is moving forward with plans to deploy troops to Vellin.", "planned"),
        ("An immediate raid on Vellin is not anticipated.", "negated"),
        (
            "According to two officials and a former official, an immediate raid on Vellin is not anticipated.",
            "negated",
        ),
    ],
)
def test_what_is_not_ruled_out_is_possible(text, told, annotate):
    found = mentions.find(annotate(text), ())
    assert [m.status for m in found] == [told]
