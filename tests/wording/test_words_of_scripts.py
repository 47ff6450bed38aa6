"""A word is one however it is looked for: in a plain text, or with where it stands."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.wording import words


@given(st.text(st.characters(max_codepoint=127)) | st.text())
def test_the_words_of_a_text_are_those_that_are_placed_in_it(text: str) -> None:
    assert words.folded(text) == [word for word, _, _ in words.placed(text)]


def test_what_is_no_letter_parts_words() -> None:
    assert words.folded("Kelm-Point's 1,204 under_scored\x00words") == [
        "kelm",
        "point",
        "s",
        "1",
        "204",
        "under",
        "scored",
        "words",
    ]
