"""What comes of asking for a page: its bytes and how they came, or an error that says whether to ask again."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from onrecord.errors import BadSource, OnRecordError, TryLater
from onrecord.records import Rejection
from onrecord.stories.documents import Document
from onrecord.stories.wire import Pairs

_MEDIA = re.compile(r"\A[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:+-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Redirect:
    """One step on the way: what was asked for, what it answered, and from which IP address."""

    url: str
    status: int
    address: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came. url: as asked for; final_url: where the redirects led; request and headers: as sent and as
    received, of the last step; body: unpacked; sha256 and length: of the body as sent, before unpacking; address: the IP
    address it came from, certificate: the SHA-256 of what that showed; private: the place on the list of private ones that it came from;
    not_modified: that nothing has changed since the etag or the day that was sent along, and there is no body.
    """

    url: str
    final_url: str
    status: int
    redirects: tuple[Redirect, ...]
    request: Pairs
    headers: Pairs
    body: bytes
    sha256: str
    length: int
    address: str
    fetched_at: datetime
    tool: str
    certificate: str | None = None
    private: str | None = None
    not_modified: bool = False
    notes: tuple[Rejection, ...] = ()

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name."""
        return next((value for key, value in self.headers if key.casefold() == name.casefold()), None)

    def document(self) -> Document:
        """The same as a document, with how it came. Raises ValueError for one that has not changed: it has no body."""
        if self.not_modified:
            raise ValueError(f"{self.url} has not changed: there is no document.")
        said = self.header("content-type") or ""
        media = said.partition(";")[0].strip().casefold()
        charset = _CHARSET.search(said)
        how: dict[str, object] = {
            "url": self.url,
            "final_url": self.final_url,
            "fetched_at": self.fetched_at.isoformat(),
            "status": str(self.status),
            "request": [f"{key}: {value}" for key, value in self.request],
            "headers": [f"{key}: {value}" for key, value in self.headers],
            "redirects": [f"{step.status} {step.url} ({step.address})" for step in self.redirects],
            "address": self.address,
            "sha256_as_sent": self.sha256,
            "bytes_as_sent": str(self.length),
            "sha256": hashlib.sha256(self.body).hexdigest(),
            "tool": self.tool,
        }
        if self.certificate is not None:
            how["certificate_sha256"] = self.certificate
        if self.private is not None:
            how["private_place"] = self.private
        return Document(
            source=self.url,
            body=self.body,
            media=media if _MEDIA.fullmatch(media) else None,
            charset=charset[1].casefold() if charset else None,
            url=self.final_url,
            notes=self.notes,
            how=how,
        )


class Unfetched(OnRecordError):
    """A page that could not be had. again: whether a later try may fare better; status: what the server answered, if
    it did; after: the seconds that it asks to wait, if it did; redirects: the steps that were taken.
    """

    again = False
    status: int | None = None
    after: float | None = None
    redirects: tuple[Redirect, ...] = ()


class UnfetchedForGood(Unfetched, BadSource):
    """The same address will not be had: it is refused here, or there."""


class UnfetchedForNow(Unfetched, TryLater):
    """Nothing is wrong with the address as such: the network, the server, or too many requests."""

    again = True
