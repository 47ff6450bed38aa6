"""One story in, one reading out, and what is not read is named."""

import pytest

from invented import story
from onrecord.engines import Reader, reader_name
from onrecord.engines.reader import HEADLINE_AT_MOST, READ_AT_MOST
from onrecord.records import Furniture


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


def test_a_reading_bears_the_name_of_its_reader(reader: Reader) -> None:
    found = reader.read(story())
    assert (found.story, found.reader) == (story().id, reader_name())
    assert found.claims
    assert found.events
    assert found.signature
    assert reader.read(story()) == found


def test_another_language_is_lost_and_named(reader: Reader) -> None:
    told = story(text="Granaten trafen am Montag den Kai von Varnholm. Sechs Menschen starben.", language="de")
    found = reader.read(told)
    assert (found.claims, found.events, found.tallies) == ((), (), ())
    (lost,) = found.rejections
    assert (lost.what, lost.lost) == (told.id, len(told.text))
    assert "de" in lost.reason
    assert found.signature, "copies are found in any language"


def test_long_texts_are_cut_at_a_line_and_named(reader: Reader) -> None:
    line = "A boat burned at Kelm Point on that day and nobody was hurt.\n"
    told = story(text=line * (READ_AT_MOST // len(line) + 20), furniture=(Furniture("notice", 0, READ_AT_MOST - 600),))
    from onrecord.engines.reader import _cut

    readable, notes = _cut(told)
    assert told.text.startswith(readable.text)
    assert readable.text.endswith("hurt.")
    assert len(readable.text) + notes[0].lost == len(told.text)
    assert reader.read(told).rejections[0] == notes[0]


def test_furniture_across_the_cut_stays_furniture() -> None:
    from onrecord.engines.reader import _cut

    told = story(
        text="word " * 50_000, furniture=(Furniture("notice", 10, 240_000), Furniture("notice", 249_000, 249_005))
    )
    readable, _ = _cut(told)
    assert readable.furniture == (Furniture("notice", 10, len(readable.text)),)


def test_an_endless_headline_is_cut_too() -> None:
    from onrecord.engines.reader import _cut

    told = story(headline="word " * 10_000)
    readable, (note,) = _cut(told)
    assert len(readable.headline) <= HEADLINE_AT_MOST
    assert "headline" in note.reason
    assert note.lost + len(readable.headline) == len(told.headline)
