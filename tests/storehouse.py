"""A store on this machine that speaks as much S3 as is asked of it: lists in pages, HEAD, GET of ranges; and goes wrong on demand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "reports"
_DATE = "Thu, 08 May 2031 10:00:00 GMT"


@dataclass
class Store:
    """files: key to bytes. breaks: keys of which no answer comes whole past the first bytes; denied: all is forbidden; page: keys of
    one page of a list. asked: every request, as method and path; sent: bytes of bodies.
    """

    files: dict[str, bytes]
    breaks: set[str] = field(default_factory=set)
    denied: bool = False
    page: int = 2
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    port: int = 0

    def address(self, path: str = "", more: str = "") -> str:
        slash = "/" if path else ""
        return f"s3://{BUCKET}{slash}{path}?endpoint_override=127.0.0.1:{self.port}&scheme=http&region=nowhere{more}"


def _listing(store: Store, query: dict[str, list[str]]) -> bytes:
    prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
    found: dict[str, int | None] = {}
    for key, body in sorted(store.files.items()):
        if not key.startswith(prefix):
            continue
        rest, mark, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        found[prefix + rest + mark if mark else key] = None if mark else len(body)
    names = sorted(found)
    after = query.get("continuation-token", [""])[0]
    rest_of = [name for name in names if name > after]
    page = rest_of[: min(store.page, int(query.get("max-keys", ["1000"])[0]))]
    coded = query.get("encoding-type") == ["url"]
    parts = []
    for name in page:
        shown, size = escape(quote(name, safe="/") if coded else name), found[name]
        if size is None:
            parts.append(f"<CommonPrefixes><Prefix>{shown}</Prefix></CommonPrefixes>")
        else:
            parts.append(
                f"<Contents><Key>{shown}</Key><LastModified>2031-05-08T10:00:00.000Z</LastModified>"
                f'<ETag>"x"</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>'
            )
    more = len(rest_of) > len(page)
    token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>{BUCKET}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(page)}</KeyCount>"
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{''.join(parts)}</ListBucketResult>"
    ).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Store

    def log_message(self, *_: object) -> None:
        pass

    def _say(self, status: int, body: bytes = b"", torn: bool = False, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            body = body[: len(body) // 2] if torn else body
            self.store.sent += len(body)
            self.wfile.write(body)
        if torn:
            self.close_connection = True

    def _wrong(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        self._say(status, body, Content_Type="application/xml")

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        bucket, _, key = unquote(address.path).lstrip("/").partition("/")
        self.store.asked.append(f"{self.command} /{bucket}/{key}")
        if self.store.denied:
            self._wrong(403, "AccessDenied")
        elif bucket != BUCKET:
            self._wrong(404, "NoSuchBucket")
        elif not key:
            self._say(200, _listing(self.store, parse_qs(address.query)), Content_Type="application/xml")
        elif key not in self.store.files:
            self._wrong(404, "NoSuchKey")
        else:
            self._file(key)

    do_HEAD = do_GET

    def _file(self, key: str) -> None:
        body = self.store.files[key]
        first, last, status = 0, len(body) - 1, 200
        if said := self.headers.get("Range"):
            start, _, end = said.removeprefix("bytes=").partition("-")
            first, last, status = int(start), min(int(end), last) if end else last, 206
        torn = key in self.store.breaks and last >= len(body) // 2 and self.command == "GET"
        headers = {"Last_Modified": _DATE, "ETag": '"x"', "Content_Type": "application/octet-stream"}
        if status == 206:
            headers["Content_Range"] = f"bytes {first}-{last}/{len(body)}"
        self._say(status, body[first : last + 1], torn, **headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients leave; nobody minds."""


@contextmanager
def storing(store: Store) -> Iterator[Store]:
    """The store, reached for the length of a block."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"store": store}))
    store.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        with suppress(RuntimeError):
            thread.join(5)
