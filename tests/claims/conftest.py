from collections.abc import Callable

import pytest

from onrecord.claims import Found, find
from onrecord.language import Annotated, Annotator
from onrecord.records import UNDATED, Furniture, Story


@pytest.fixture(scope="session")
def annotator() -> Annotator:
    return Annotator()


@pytest.fixture(scope="session")
def annotate(annotator: Annotator) -> Callable[..., Annotated]:
    def annotated(text: str, outlet: str | None = "Varn Courier", furniture: tuple[Furniture, ...] = ()) -> Annotated:
        story = Story("st-0", None, None, outlet, "A headline", None, UNDATED, "en", text, furniture)
        return annotator.annotate(story)

    return annotated


@pytest.fixture(scope="session")
def read(annotate: Callable[..., Annotated]) -> Callable[..., Found]:
    def found(text: str, outlet: str | None = "Varn Courier", furniture: tuple[Furniture, ...] = ()) -> Found:
        return find(annotate(text, outlet, furniture))

    return found
