"""The application: routes, each with its rule, behind the guard."""

from importlib.resources import files

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from onrecord.ledger import Ledger
from onrecord.web import access, failing, gauges, guard
from onrecord.web.desk import Desk
from onrecord.web.health import Health
from onrecord.web.keepers import Keeper
from onrecord.web.options import Options
from onrecord.web.routes import ROUTERS


def application(ledger: Ledger, options: Options, keeper: Keeper | None = None) -> FastAPI:
    """The pages and the API of one ledger. Raises RuntimeError where a route has no rule on who may.

    keeper: who keeps it in memory; this very process where none is given.
    """
    app = FastAPI(title="OnRecord", openapi_url=None, docs_url=None, redoc_url=None)
    desk = app.state.desk = Desk(ledger, keeper)
    app.state.health = Health(desk, options.ticks)
    gauges.install(desk, app.state.health, options.backups)
    app.state.options = options
    app.state.rules = tuple(access.rules(ROUTERS))
    for router in ROUTERS:
        app.include_router(router)
    # What others made is shared with what is published; the longer path is asked first
    app.mount("/static/vendor", StaticFiles(directory=str(files("onrecord").joinpath("vendored"))), name="vendored")
    app.mount("/static", StaticFiles(directory=str(files("onrecord.web").joinpath("static"))), name="static")
    failing.install(app)
    guard.install(app, ledger, options)
    return app
