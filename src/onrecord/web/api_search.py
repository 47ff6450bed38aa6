"""Full text by the API: the stories in which all words asked for stand."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from onrecord.exports import reading
from onrecord.web import shapes
from onrecord.web.api_answers import Asking, reads
from onrecord.web.shapes_read import PublishedOf

router = APIRouter(tags=["search"])


class Wanted(shapes.Shape):
    """What is searched for."""

    q: str = Field(max_length=400, description="the words; all of them have to stand in a story")
    limit: int = Field(50, ge=1, le=200, description="how many hits at most")
    cursor: str | None = Field(None, max_length=1200, description="meta.next of the page before, as it is")


class HitOf(shapes.Shape):
    """A story that was found."""

    story: str = Field(description="name of the version")
    headline: str = Field(description="headline")
    outlet: str | None = Field(description="outlet")
    published: PublishedOf = Field(description="when")
    snippet: str = Field(description="words around the first match")
    matches: list[list[int]] = Field(description="where matches lie in the snippet: start and end, in code points")


@reads(
    router, "/search", shapes.Page[HitOf], name="api_search", summary="Full text: the fittest first, then the newest."
)
def search(asked: Asking, wanted: Annotated[Wanted, Query()]) -> Response:
    """In the texts as the one who asks sees them: a name that is hidden is not found."""
    hits, following = asked.desk.search(wanted.q, asked.masked, wanted.limit, wanted.cursor)
    rows = [
        {
            "story": hit.story,
            "headline": hit.headline,
            "outlet": hit.outlet,
            "published": reading.published_of(hit.published),
            "snippet": hit.snippet[0],
            "matches": [list(match) for match in hit.snippet[1]],
        }
        for hit in hits
    ]
    return asked.page(rows, following)
