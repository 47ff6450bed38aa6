"""Whole exports for download."""

import io
import zipfile
from typing import Annotated

from fastapi import APIRouter, Path, Response

from onrecord.exports import files
from onrecord.web import access
from onrecord.web.api_answers import Asking, reads

router = APIRouter(tags=["files"])

Form = Annotated[str, Path(description="which files", pattern=f"^({'|'.join(files.FORMS)})$")]
_ALONE = {
    "geojson": ("incidents.geojson", "application/geo+json"),
    "xlsx": ("onrecord.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""The forms of which one file is all that most people want, with its type."""

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that equal ledgers give equal bytes."""


@reads(
    router,
    "/export/{format}",
    None,
    404,
    role=access.LEAD,
    response_class=Response,
    responses={
        200: {
            "description": "the files that onrecord export writes, as one archive; of geojson and xlsx the one that holds the rows",
            "content": {
                "application/zip": {"schema": {"type": "string", "format": "binary"}},
                "application/geo+json": {"schema": {"type": "object"}},
                _ALONE["xlsx"][1]: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
    name="api_export",
    summary="The whole ledger as files.",
)
def export(asked: Asking, format: Form) -> Response:  # noqa: A002
    """Without the names of private persons, whoever asks: what is downloaded goes further."""
    made = dict(files.made(asked.board.view, format))
    if format in _ALONE:
        name, media = _ALONE[format]
        return _download(made[name], name, media, asked.tag)
    return _download(_archive(made), f"onrecord-{format}.zip", "application/zip", asked.tag)


def _archive(made: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in made.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), data, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _download(data: bytes, name: str, media: str, tag: str) -> Response:
    said = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'W/"{tag}"'}
    return Response(data, media_type=media, headers=said)
