"""Who can be a source."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.wording import people, shelf


@pytest.mark.parametrize(
    ("lemma", "kind"),
    [
        ("official", "anonymous"), ("diplomat", "anonymous"), ("person", "anonymous"), ("commander", "anonymous"),
        ("resident", "witness"), ("Survivor", "witness"), ("fisherman", "witness"), ("doctor", "anonymous"),
        ("ministry", "named_body"), ("police", "named_body"), ("spokesman", "named_body"), ("Pentagon", "named_body"),
        ("guard", "anonymous"), ("Guard", "named_body"), ("coast guard", "named_body"), ("prison guard", "anonymous"), ("memo", "document"), ("affidavit", "document"), ("statement", None), ("table", None), ("", None),
    ],
)  # fmt: skip
def test_role_kind(lemma, kind):
    assert people.role_kind(lemma) == kind


def test_bodies_and_spokespersons():
    assert people.is_body_word("army")
    assert not people.is_body_word("official")
    assert people.is_spokesperson("spokeswoman")
    assert not people.is_spokesperson("minister")


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("Gen.", True),
        ("Adm", True),
        ("Prime Minister", True),
        ("Mrs.", True),
        ("spokesman", True),
        ("Tova", False),
        ("", False),
    ],
)
def test_is_title(word, answer):
    assert people.is_title(word) is answer


@pytest.mark.parametrize(
    ("words", "title", "name"),
    [
        ("Rear Adm. Ilo Brand", "Rear Adm.", "Ilo Brand"),
        ("Secretary of State Ida Moll", "Secretary of State", "Ida Moll"),
        ("former Defence Minister Jan Orr", "former Defence Minister", "Jan Orr"),
        ("retired Gen. Lo Ban", "retired Gen.", "Lo Ban"),
        ("Police Commissioner Dr. Anna Bell", "Police Commissioner Dr.", "Anna Bell"),
        ("Ida Moll", "", "Ida Moll"),
        ("General", "", "General"),
        ("the President", "", "President"),
        ("", "", ""),
    ],
)
def test_titles(words, title, name):
    assert people.title(words) == title
    assert people.strip_title(words) == name


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("said two officials, on condition of anonymity, that", ["on condition of anonymity"]),
        ("she asked not to be named because", ["asked not to be named"]),
        ("who was not authorised to speak publicly", ["was not authorised to speak publicly"]),
        ("They weren’t allowed to talk to the media", ["weren’t allowed to talk to the media"]),
        ("who declined to be identified by", ["declined to be identified"]),
        ("an aide granted anonymity to discuss it", ["granted anonymity"]),
        ("An anonymous letter named the minister", []),
        ("the ship, which was not named after him", []),
    ],
)
def test_anonymity(text, terms):
    assert [text[start:end] for start, end in people.anonymity(text)] == terms


def test_no_word_has_two_kinds():
    roles = shelf.toml("people.toml")["roles"]
    assert not set(roles["anonymous"]) & set(roles["witness"])
    for spoken in ("anonymous", "witness", "document", "spokesperson"):
        assert not set(roles[spoken]) & set(roles["body"]), spoken


@pytest.mark.parametrize("filler", ["a", " ", "1", ",", "A", "was not ", "on condition ", "General "])
def test_long_texts_take_no_time(filler):
    text = filler * (100_000 // len(filler))
    people.anonymity("")
    began = time.process_time()
    people.anonymity(text)
    people.strip_title(text)
    assert time.process_time() - began < 0.5


@given(st.text(max_size=100))
def test_any_words_are_borne(words):
    assert people.strip_title(words) in words
    for start, end in people.anonymity(words):
        assert 0 <= start < end <= len(words)


@pytest.mark.parametrize(
    ("document", "sender"),
    [
        ("Interior Ministry statement", "interior ministry"),
        ("statement of the Tarn Council", "the tarn council"),
        ("earlier media reports", ""),
        ("posts", ""),
        ("court records", None),
        ("", None),
    ],
)
def test_whose_words_a_document_is(document, sender):
    assert people.sender(document) == sender
