"""Runs the application."""

import uvicorn

from onrecord.ledger import Ledger
from onrecord.web.app import application
from onrecord.web.options import Options


def serve(ledger: Ledger, options: Options) -> None:
    """Serves until interrupted."""
    app = application(ledger, options)
    app.state.desk.warm()
    config = uvicorn.Config(app, host=options.host, port=options.port, access_log=False, server_header=False)
    uvicorn.Server(config).run()
