import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.stories.furniture import mark

_SENTENCE = "The army of Verania said on Monday that two people had been wounded near the quay."
_SECOND = "Residents told the Ostmark Post that the shells came from the far bank of the river."

# (a line that stands between two sentences, its kind or None for reporting)
_LINES = [
    ("PHOTO: The quay of Brenik in May. Ostmark Post/File", "caption"),
    ("FILE - Soldiers walk past the mill at Brenik last year.", "caption"),
    ("Photo 2 of 7: A burnt-out bus at the ferry landing", "caption"),
    ("A crater beside the grain store. (Photo: Ilka Toren/Ostmark Post)", "caption"),
    ("(Reporting by Ilka Toren; editing by Jon Mabb)", "credit"),
    ("(Adds ministry, background)", "credit"),
    ("Source: Ostmark Post", "credit"),
    ("This article first appeared in the Ostmark Post.", "credit"),
    ("Continue reading at Coast Wire", "credit"),
    ("Jon Mabb contributed to this report.", "credit"),
    ("Coast Wire > World > Conflict", "navigation"),
    ("Home | War | Tide tables | Contact", "navigation"),
    ("Share Print Save", "navigation"),
    ("4 min read", "navigation"),
    ("Subscribe | Advertise | Jobs", "navigation"),
    ("More like this: He kept a goat in the lighthouse", "navigation"),
    ("Sponsored: This one pan fries everything", "navigation"),
    ("Read more: What the closure means for Brenik", "navigation"),
    ("MORE ON THIS: Map | Letters", "navigation"),
    ("Share this @coastwire.example", "navigation"),
    ("Sign up for our morning newsletter.", "navigation"),
    ("Please enable JavaScript to see the comments.", "navigation"),
    ("Follow the Ostmark Post on Twitter", "navigation"),
    ("toren@ostmarkpost.example", "navigation"),
    ("Message: * A friend wanted you to see this item: ostmarkpost.example/1", "navigation"),
    ("* * *", "navigation"),
    ("Posted: May 6, 2031, 10:15", "notice"),
    ("Copyright 2031 Coast Wire. All rights reserved.", "notice"),
    ("This site uses cookies to remember your tides.", "notice"),
    ("WHAT THE NEIGHBOURS SAW", "heading"),
    ("Third time in a month", "heading"),
    ("Who fired first?", "heading"),
    ("**The list**", "heading"),
    ("## What we checked", "heading"),
    # reporting, and has to stay so
    ("Three soldiers died on the road to Brenik", None),
    ("Shells hit the mill at Brenik", None),
    ("Two killed, five wounded", None),
    ("Three die in blast at Brenik mill", None),
    ("Related fighting killed ten people in the valley.", None),
    ("Share prices fell after the attack on the refinery.", None),
    ("Video showed the drone falling into the river.", None),
    ("By Monday evening the toll had risen to nine.", None),
    ("By the time help came, the boat had sunk.", None),
    ("The report published on Tuesday counted nine attacks since March.", None),
    ("More than 40 people were killed in the first hour.", None),
    ("Follow the river north and you reach the village that burned.", None),
    ("Next week the council votes on the curfew.", None),
    ("Sources said the plan was dropped.", None),
    ("Nobody claimed the attack | Ostmark Post counts 9 killed", None),
    ('"They fired on us twice," she said', None),
    ("Watch towers on both banks were hit, the ministry said.", None),
    ("- 3 killed at the ferry landing", None),
    ("Read the list, and you will find nine names.", None),
    ("© 2031 Three people were killed near the mill.", None),
    ("Correction: an earlier version gave the toll as eleven.", None),
]


@pytest.mark.parametrize(("line", "kind"), _LINES)
def test_a_line_between_sentences(line: str, kind: str | None) -> None:
    text = f"{_SENTENCE}\n{line}\n{_SECOND}"
    found = mark(text)
    assert [(f.kind, text[f.start : f.end]) for f in found] == ([] if kind is None else [(kind, line)])


# (first words, the sentence behind them, kind)
_OPENINGS = [
    ("BRENIK, Verania, Feb. 3 (Ostmark Wire) - ", "dateline"),
    ("BRENIK — ", "dateline"),
    ("PORT ALDER/BRENIK, March 12 (Ostmark Wire) — ", "dateline"),
    ("PORT ALDER, 28 February (Ostmark Wire). ", "dateline"),
    ("Port Alder (OW) – ", "dateline"),
    ("(OSTMARK WIRE) - ", "dateline"),
    ("BRENIK, 10 April. Ostmark Post. ", "dateline"),
    ("BRENIK, Verania: ", "dateline"),
    ("PORT ALDER, 3 MAY 31 (OSTMARK WIRE) -- ", "dateline"),
    ("PORT ALDER, 3 MAY 31 (OSTMARK WIRE) -- [REPORT] [TEXT] ", "dateline"),
    ("THE HARBOUR. ", "heading"),
    ("EXCLUSIVE: ", "heading"),
    ("UPDATE 3-", "heading"),
    ("Published September 25 2031 ", "notice"),
    ("Monday 25 September 2031 18:05 ", "notice"),
]


@pytest.mark.parametrize(("opening", "kind"), _OPENINGS)
def test_what_stands_before_the_first_sentence(opening: str, kind: str) -> None:
    text = opening + _SENTENCE
    assert [(f.kind, text[f.start : f.end]) for f in mark(text, "Ostmark Post")] == [(kind, opening)]


@pytest.mark.parametrize(
    "text",
    [
        "CORRECTION, March 7: The toll was given as nine in an earlier version.",
        "Port Alder, January 18-20. Nine men were held in the ferry hall.",
        "PRAL: We did not order the raid.",
        "Deputy Ana Pral (Coast Party): We did not order the raid.",
        "Port Alder, February 3. Seven guards were killed on the dam.",
        "May 5 2031 was the day on which the ferry sank.",
        "Brenik - and the whole valley behind it - went dark.",
        "THE HARBOUR MASTER said that nobody was hurt.",
        "Brenik’s mayor (a former pilot) - Petra Holm - was not hurt.",
    ],
)
def test_openings_that_are_reporting(text: str) -> None:
    assert mark(text) == ()


def test_bylines_stand_at_either_end() -> None:
    text = f"By Ilka Toren, War Correspondent\n\n{_SENTENCE}\n\n{_SECOND}"
    assert [(f.kind, text[f.start : f.end]) for f in mark(text)] == [("byline", "By Ilka Toren, War Correspondent")]


def test_a_credit_behind_the_last_sentence() -> None:
    text = f"{_SENTENCE} (Source: Ostmark Wire)"
    assert [(f.kind, text[f.start : f.end]) for f in mark(text)] == [("credit", "(Source: Ostmark Wire)")]


def test_the_outlet_and_the_headline_are_known_again() -> None:
    text = f"Ferry hit twice\nOSTMARK POST - the paper of the coast\n{_SENTENCE}"
    kinds = [f.kind for f in mark(text, "Ostmark Post", "Ferry Hit Twice")]
    assert kinds == ["heading", "navigation"]


def test_lines_under_a_label_of_links_are_links() -> None:
    text = f"{_SENTENCE}\nTRENDING STORIES:\nNine killed in quarry fall\nMan shot at market\n{_SECOND}"
    assert [f.kind for f in mark(text)] == ["navigation"] * 3


def test_hard_wrapped_lines_are_no_headings() -> None:
    wrapped = (
        "The army of Verania said on Monday that two people had been\nwounded near the quay, where a boat with grain had been tied\n"
        "up since March. It gave no names, and said that a third was\nmissing. The council has closed two schools and the ferry to\n"
        "Port Alder.\n\nWHAT CAME BEFORE\n\nIn April nine shells fell on the mill, which has not worked\nsince, and on the road that leads to it. Nobody was hurt.\n"
    )
    assert [wrapped[f.start : f.end] for f in mark(wrapped)] == ["WHAT CAME BEFORE"]


def test_a_text_in_capitals_has_no_headings() -> None:
    assert mark(f"{_SENTENCE}\nTHE MILL AT BRENIK\nMINISTER PRAL ADDED: {_SECOND}".upper()) == ()


@pytest.mark.parametrize(
    "piece", ["a", " ", "1", ",", "A", "A ", "(", "| ", "> a ", "A, ", "Feb. 3 ", "*", "#", "by ", "A. ", "\t"]
)
def test_time_is_bounded_on_one_endless_line(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    mark("warm")
    start = time.process_time()
    mark(text, "Ostmark Post", "Ferry hit")
    assert time.process_time() - start < 0.25  # about 20 ms here; slow machines and neighbours


@given(
    st.lists(st.sampled_from([line for line, _ in _LINES] + [o for o, _ in _OPENINGS] + [_SENTENCE, "", "\r", " x"]))
)
def test_furniture_is_in_order_and_within_the_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    end = 0
    for piece in mark(text, "Ostmark Post"):
        assert end <= piece.start < piece.end <= len(text)
        end = piece.end


@given(st.text())
def test_any_text_is_marked_without_overlap(text: str) -> None:
    end = 0
    for piece in mark(text, text[:3], text[:9]):
        assert end <= piece.start < piece.end <= len(text)
        end = piece.end
