"""Runs the application."""

import errno
import logging
import os
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from secrets import token_hex

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from onrecord.errors import CannotWork, TryLater, WrongUse
from onrecord.ledger import Ledger
from onrecord.web import turns
from onrecord.web.access_log import LOG, Json, OneLine
from onrecord.web.app import application
from onrecord.web.keepers import Beside
from onrecord.web.options import Options

_WAITING = 512
_LAST_ANSWERS = 5
"""How many may wait to be let in, and how many seconds those that are being answered have when the desk is closed."""


@dataclass(frozen=True, slots=True)
class Log:
    """What is noted on standard error. each: every request; as_json: an object a line, for programs; None: where no terminal reads it."""

    each: bool = False
    as_json: bool | None = None


def serve(ledger: Ledger, options: Options, say: Callable[[str], None], log: Log | None = None) -> None:
    """Serves until interrupted. say: told, once others can come, where and how; log: what is noted on standard error, and how.

    Raises WrongUse for options that let in whoever comes by, or a certificate that is none, TryLater where the port is taken.
    """
    options.check()
    sys.setswitchinterval(turns.SWITCH)
    _open_many_files()
    _note_in_lines(log or Log())
    listening = listen(options)
    with closing(listening), ExitStack() as held:
        options = replace(options, port=listening.getsockname()[1], code=options.code or token_hex(8))
        with Console(stderr=True).status("Laying out the ledger: of ten thousand stories that takes ten seconds"):
            keeper = held.enter_context(closing(Beside(ledger)))
            app = application(ledger, options, keeper)
            app.state.desk.board()
        turns.set_aside()
        app.state.desk.warm()
        made = server(app, options)
        made.told = partial(_tell, say, _told(options, app.state.door.any_account()))
        made.run(sockets=[listening])


class Server(uvicorn.Server):
    """A server that tells when others can come. From then on an interrupt ends it in order."""

    told: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to serve."""
        await super().startup(sockets=sockets)
        turns.few_pages()
        if self.told is not None:
            self.told()


def _tell(say: Callable[[str], None], lines: list[str]) -> None:
    for line in lines:
        say(line)


def server(app: FastAPI, options: Options) -> Server:
    """What serves, on a socket that listens. Raises WrongUse for a certificate that is none."""
    config = uvicorn.Config(
        app,
        access_log=False,
        server_header=False,
        log_config=None,
        ws="none",
        ssl_certfile=options.certificate,
        ssl_keyfile=options.key,
        # Only a proxy says where a request comes from, and only from this machine is one believed
        proxy_headers=options.origin is not None,
        forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        why = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise WrongUse(
            f"--cert {options.certificate} --key {options.key}: cannot be used ({why}); give two PEM files"
        ) from error
    return Server(config)


def listen(options: Options) -> socket.socket:
    """A socket at that host and port, to which others can connect. Raises TryLater where the port is taken."""
    host, port = options.host, options.port
    try:
        family, kind, number, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise WrongUse(f"--host {host}: is no name or address of this machine ({error.strerror})") from error
    made = socket.socket(family, kind, number)
    try:
        if sys.platform != "win32":
            # Another program that listens there is refused all the same
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(where)
        made.listen(_WAITING)
    except OSError as error:
        made.close()
        raise _refused(options, error) from error
    return made


def _refused(options: Options, error: OSError) -> CannotWork | TryLater:
    at = f"port {options.port} of {options.host}"
    if error.errno == errno.EADDRINUSE:
        return TryLater(
            f"{at}: is taken by another program, perhaps by a desk that runs already; stop that, or give another --port"
        )
    if error.errno == errno.EACCES:
        return WrongUse(f"{at}: you may not listen there; give a --port above 1023")
    return WrongUse(f"{at}: cannot be listened at ({error.strerror}); give another --host or --port")


def _told(options: Options, any_account: bool) -> list[str]:
    said = [f"{options.address}/"]
    if options.beyond and not any_account:
        said.append(
            f"nobody has an account yet: make the first at {options.address}/set-up with the code {options.code}"
        )
    elif not any_account:
        said.append(
            f"you are {options.by}, without a password, while nobody has an account: onrecord people add NAME --role admin"
        )
    return [*said, "Ctrl-C ends it"]


def _open_many_files() -> None:
    """Every browser that is connected takes a file of the system's, which gives few unless it is asked."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _note_in_lines(log: Log) -> None:
    handler = logging.StreamHandler()
    as_json = log.as_json if log.as_json is not None else not sys.stderr.isatty()
    handler.setFormatter(Json() if as_json else OneLine("%(asctime)s %(message)s"))
    for name in (LOG.name, "uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.WARNING)
    if log.each:
        LOG.setLevel(logging.INFO)
