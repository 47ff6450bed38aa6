"""A desk that is served on a port of this machine, as a user has it."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from onrecord.ledger import Ledger
from onrecord.web import Options, application
from onrecord.web.serving import listen
from onrecord.web.serving import server as made

LONGEST = 20.0


@contextlib.contextmanager
def serving(ledger: Ledger, **options: Any) -> Iterator[str]:
    """Serves a ledger as long as the block runs; gives the address."""
    asked = Options(port=0, **{"by": "Ida Marsh", **options})
    listening = listen(asked)
    asked = replace(asked, port=listening.getsockname()[1])
    server = made(application(ledger, asked), asked)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    ends = time.monotonic() + LONGEST
    while not server.started and time.monotonic() < ends:
        time.sleep(0.02)
    try:
        yield asked.address
    finally:
        server.should_exit = True
        thread.join(LONGEST)
        listening.close()
