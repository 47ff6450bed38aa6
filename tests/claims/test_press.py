import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from onrecord.claims import Found, press
from onrecord.language import Annotated
from onrecord.records import Furniture

CREDITS = [
    ("A raid was near, two officials told the Ostmark Post.", [("Ostmark Post", "told")]),
    ("A raid was near, the Ostmark Post reported.", [("Ostmark Post", "reported_by")]),
    ("A raid was near, according to the Ostmark Post.", [("Ostmark Post", "cites")]),
    ("The plan was first reported by the Ostmark Post.", [("Ostmark Post", "reported_by")]),
    ("The boat sank.\n\nThis article first appeared in the Ostmark Post.", [("Ostmark Post", "republished_from")]),
    ("The boat sank.\n\nSource: Ostmark Post", [("Ostmark Post", "republished_from")]),
    ("The boat sank.\n\nStory via Ostmark Post", [("Ostmark Post", "republished_from")]),
    ("The boat sank.\n\nStory by Ana Torvik", []),
    ("A raid is near, as reported by Gullwing.", [("Gullwing", "reported_by")]),
    ("Two ships sank off Tarn, Gullwing reports.", [("Gullwing", "reported_by")]),
    ("Two ships sank off Tarn, La Gaviota reports.", [("La Gaviota", "reported_by")]),
    ("Four tanks burned, the state agency Gullwing admitted.", [("Gullwing", "cites")]),
    (
        "Guns fired, Col. Petra Vasko was quoted as saying by Radio Tarn. There had been none.",
        [("Radio Tarn", "told"), ("Radio Tarn", "cites")],
    ),
    ("Two officials told the Gullwing agency that a raid was near.", [("Gullwing", "told")]),
    ("An aide told Gullwing by telephone that a raid was near.", [("Gullwing", "told")]),
    ("The Gullwing news agency said two ships sank.", [("Gullwing", "cites")]),
    ("Tova Rell reports from Tarn.", []),
    ("An aide told Congress that a raid was near.", []),
    ("A raid is near, as reported by the Interior Ministry.", []),
    ("The Varn Courier reported that the boat sank.", []),
    ("The mayor told the harbour board that the boat sank.", []),
]


@pytest.mark.parametrize(("text", "expected"), CREDITS)
def test_credits(text: str, expected: list[tuple[str, str]], read: Callable[..., Found]) -> None:
    assert [(credit.outlet, credit.relation) for credit in read(text).credits] == expected


LINES = [
    ("ILVESTA (Ostmark Press) - ", "Ostmark Press"),
    ("(OSTMARK PRESS) - ", "Ostmark Press"),
    ("GULLWING AGENCY, Tarn - ", "Gullwing"),
    ("ILVESTA (Varn Courier) - ", None),
]


def test_an_agency_over_the_story(read: Callable[..., Found]) -> None:
    for line, expected in (("GULLWING AGENCY", [("Gullwing", "wire")]), ("Gullwing at dawn", []), ("WORLD NEWS", [])):
        found = read(f"{line}\n\nA boat sank.", furniture=(Furniture("heading", 0, len(line)),))
        assert [(c.outlet, c.relation) for c in found.credits] == expected


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_an_agency_in_the_dateline(line: str, expected: str | None, read: Callable[..., Found]) -> None:
    text = f"{line}A boat sank."
    found = read(text, furniture=(Furniture("dateline", 0, len(line)),))
    assert [(c.outlet, c.relation) for c in found.credits] == ([(expected, "wire")] if expected else [])


def test_credits_are_read_in_linear_time(annotate: Callable[..., Annotated]) -> None:
    odd = annotate("x.")
    for unit in ("A ", "a", " ", "citing A", "(A", "\nSource: A ", "1,"):
        long = replace(odd, story=replace(odd.story, text=unit * (100_000 // len(unit))), sentences=())
        started = time.process_time()
        press.in_text(long)
        assert time.process_time() - started < 1.0, unit
