"""What every request passes, before anything else looks at it, and what every answer carries, whoever made it."""

import time
from collections.abc import Hashable
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.errors import TryLater
from onrecord.ledger import Ledger
from onrecord.web import failing, turns
from onrecord.web.access import Person
from onrecord.web.access_log import address, begun, note
from onrecord.web.counting import Counts
from onrecord.web.door import BadToken, Door
from onrecord.web.limits import Buckets, whence
from onrecord.web.options import Options

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FEATURES = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _FEATURES),
    "X-Frame-Options": "DENY",
}
_HTTPS_ONLY = "max-age=31536000"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_SECRETS = frozenset({"token", "access_token", "api_key"})
_STATIC = "/static/"
PROBES = frozenset({"/health/live", "/health/ready"})
"""What is answered without knowing who asks: the ledger, which knows that, may be what is away."""
_WATCHED = PROBES | {"/metrics"}


class _Refusal(Exception):
    """A request that goes no further. Its message is for whoever asks."""

    def __init__(self, status: int, message: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Guard:
    """Stands before the application, outside of all that answers errors."""

    def __init__(self, app: ASGIApp, door: Door, counts: Counts) -> None:
        self._app, self._door, self._options = app, door, door.options
        pace = self._options.pace
        self._pace = Buckets(pace.at_once, pace.a_second, self._options.ticks)
        self._hosts, self._probed = self._options.hosts(), self._options.probed()
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._asked(scope, receive, send)

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["person"] = None
        scope["state"]["id"] = begun()
        started, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            refused = await self._checked(scope)
            if refused is None:
                with turns.PAGE if scope["method"] in _SAFE else nullcontext():
                    await self._app(scope, self._counted(receive), sending)
            else:
                self._counts.refused(refused.status)
                # A page is made of more than is to be waited for here
                answer = await run_in_threadpool(_answered, scope, refused)
                await answer(scope, receive, sending)
        except Exception:
            if not status:
                await PlainTextResponse("Something went wrong here.\n", 500)(scope, receive, sending)
            raise
        finally:
            took = time.perf_counter() - started
            self._counts.request(scope, status, took)
            note(scope, status, took)
        if noted := scope.get("onrecord.noted"):
            await run_in_threadpool(self._door.note, noted)

    async def _checked(self, scope: Scope) -> _Refusal | None:
        try:
            await self._check(scope)
        except _Refusal as refused:
            return refused
        except TryLater as error:
            # The ledger cannot be asked who it is
            return _Refusal(503, str(error))
        return None

    # ---- what a request passes

    async def _check(self, scope: Scope) -> None:
        """Raises _Refusal; else the one who asks is known, and may at least ask."""
        headers = Headers(scope=scope)
        self._check_host(scope, headers)
        if any(name.lower() in _SECRETS for name, _ in _queried(scope)):
            raise _Refusal(
                400, "A token belongs in the Authorization header. In an address others can read it: revoke that one."
            )
        if _is_static(scope):
            return
        if scope["path"] in PROBES and scope["method"] in _SAFE:
            self._paced(("from", whence(address(scope))))
            return
        person = await self._who(scope)
        unsafe = scope["method"] not in _SAFE
        if unsafe and (person is None or person.via != "token") and not self._same_origin(scope, headers):
            raise _Refusal(403, "This did not come from a page of this desk, and nothing was changed.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 12 or int(length) > self._options.body:
            raise _Refusal(413)
        if unsafe and (length != "0" or "transfer-encoding" in headers):
            _check_media(scope, headers)

    def _check_host(self, scope: Scope, headers: Headers) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1:
            raise _Refusal(400)
        if hosts[0].lower() not in (self._probed if scope["path"] in _WATCHED else self._hosts):
            raise _Refusal(421)
        # A proxy has taken the encryption off
        scope["scheme"] = "https" if self._options.https else "http"

    async def _who(self, scope: Scope) -> Person | None:
        bad, person = False, None
        try:
            person = await turns.asking(self._door.known, scope)
        except BadToken:
            bad = True
        # Whoever is alone at this machine keeps nobody waiting
        if person is None or person.via != "local":
            self._paced(person.id if person else ("from", whence(address(scope))))
        if bad:
            raise _Refusal(401, "That token is not good, or not any more.", www_authenticate="Bearer")
        scope["state"]["person"] = person
        return person

    def _paced(self, key: Hashable) -> None:
        if wait := self._pace.take(key):
            raise _Refusal(429, "That was very much at once. Wait a moment.", retry_after=str(int(wait) + 1))

    def _same_origin(self, scope: Scope, headers: Headers) -> bool:
        """Whether a page of this desk asks. Browsers of today say so; of others it is asked where the page is from."""
        sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
        if sites:
            return sites == ["same-origin"]
        own = self._options.address if self._options.beyond else f"{scope['scheme']}://{headers['host'].lower()}"
        return origins == [own]

    def _counted(self, receive: Receive) -> Receive:
        """The body, cut off where it is larger than is taken, whatever its head said."""
        left = self._options.body

        async def receiving() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413)
            return message

        return receiving

    # ---- what an answer carries

    def _dress(self, scope: Scope, headers: MutableHeaders) -> None:
        headers.update(_ALWAYS)
        # What is shown as it was captured has a stricter one of its own
        headers.setdefault("Content-Security-Policy", POLICY)
        if self._options.https:
            headers["Strict-Transport-Security"] = _HTTPS_ONLY
        headers["Cache-Control"] = _kept(scope)
        headers["X-Request-Id"] = scope["state"]["id"]
        del headers["server"]


def install(app: FastAPI, ledger: Ledger, options: Options) -> None:
    """Puts the guard before the application, and before what answers its errors, so that it sees every answer."""
    door = app.state.door = Door(ledger, options)
    inner = app.build_middleware_stack
    app.build_middleware_stack = lambda: Guard(inner(), door, app.state.desk.counts)  # type: ignore[method-assign]


def _is_static(scope: Scope) -> bool:
    return str(scope["path"]).startswith(_STATIC)


def _queried(scope: Scope) -> list[tuple[str, str]]:
    try:
        return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        raise _Refusal(400) from None


def _kept(scope: Scope) -> str:
    """How long a browser may keep an answer: data never, a file of ours for good where its address names its version."""
    if not _is_static(scope):
        return "no-store"
    return "public, max-age=31536000, immutable" if any(name == "v" for name, _ in _queried(scope)) else "no-cache"


def _check_media(scope: Scope, headers: Headers) -> None:
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if scope["path"].startswith("/api/"):
        if media != "application/json":
            raise _Refusal(415, "The API takes application/json.")
    elif media not in _FORMS:
        raise _Refusal(415, "A page takes a form.")


def _answered(scope: Scope, refused: _Refusal) -> Response:
    """An answer to what goes no further; of an unknown host, without a page, whose links would lead there."""
    if refused.status in (400, 421) and not str(refused):
        said = "This is not the address of this desk." if refused.status == 421 else "This was not understood."
        return PlainTextResponse(f"{said}\n", refused.status)
    details: dict[str, Any] = {"wait": int(refused.headers["retry-after"])} if refused.status == 429 else {}
    answer = failing.answer(Request(scope), refused.status, str(refused), **details)
    answer.headers.update(refused.headers)
    return answer
