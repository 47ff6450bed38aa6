"""A desk that is served on a port of this machine, as a user has it."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

from onrecord.ledger import Ledger
from onrecord.web import Options, application

LONGEST = 20.0


@contextlib.contextmanager
def serving(ledger: Ledger, **options: Any) -> Iterator[str]:
    """Serves a ledger as long as the block runs; gives the address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    app = application(ledger, Options(port=port, **{"by": "Ida Marsh", **options}))
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    ends = time.monotonic() + LONGEST
    while not server.started and time.monotonic() < ends:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(LONGEST)
        listening.close()
