"""One annotator for all tests of events: loading it takes a second."""

from collections.abc import Callable

import pytest

from onrecord.language.annotated import Annotated
from onrecord.language.annotator import Annotator
from onrecord.records import UNDATED, Published, Story


@pytest.fixture(scope="session")
def annotate() -> Callable[..., Annotated]:
    annotator = Annotator()

    def annotated(text: str, headline: str = "", published: Published = UNDATED) -> Annotated:
        return annotator.annotate(Story("st-1", None, None, None, headline, None, published, "en", text))

    return annotated
