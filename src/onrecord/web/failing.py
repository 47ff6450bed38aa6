"""Errors, as pages and as JSON: one shape each, and nothing of how the program is made."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from onrecord.errors import CannotWork, Conflict, OnRecordError, TryLater, WrongUse
from onrecord.web import showing
from onrecord.web.access import NotAllowed, SignInFirst

_CODES = {
    400: "bad_request", 401: "sign_in", 403: "not_allowed", 404: "not_found", 405: "method", 409: "conflict", 412: "changed",
    413: "too_large", 415: "media_type", 422: "invalid", 428: "version_missing", 429: "too_many", 500: "failed", 503: "later",
}  # fmt: skip
_SAID = {
    401: "Sign in first.",
    403: "Your role may not do this.",
    404: "There is nothing here under that name.",
    405: "This address does not take that method.",
    413: "That is more than is taken at once.",
    500: "Something went wrong here. It is noted in the log of the program; what was kept before is kept.",
}


_FOR_PROGRAMS = ("/api/", "/health/", "/metrics")


class Refused(Exception):
    """A request that is answered with an error. status: of HTTP; details: for programs, values to go on with."""

    def __init__(self, status: int, message: str = "", **details: Any) -> None:
        super().__init__(message or _SAID.get(status, ""))
        self.status = status
        self.details = details


def install(app: FastAPI) -> None:
    """Tells the application how each error is answered."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(SignInFirst, _sign_in)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OnRecordError, _of_ours)
    app.add_exception_handler(Exception, _unforeseen)


def is_api(request: Request) -> bool:
    """Whether a program asks, and is answered in JSON."""
    return request.url.path.startswith(_FOR_PROGRAMS)


def answer(request: Request, status: int, message: str, **details: Any) -> Response:
    """An error as the one who asks reads it."""
    message = message or _SAID.get(status, "")
    if is_api(request):
        error = {"code": _CODES.get(status, "error"), "message": message, "details": details}
        return JSONResponse({"error": error}, status)
    return showing.page(request, "error.html", {"status": status, "message": message, "details": details}, status)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(request, error.status, str(error), **error.details)


def _sign_in(request: Request, _error: Exception) -> Response:
    if is_api(request) or request.method not in ("GET", "HEAD"):
        return answer(request, 401, "")
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(str(request.url_for("sign_in").include_query_params(next=request.url.path + query)), 303)


def _not_allowed(request: Request, error: Exception) -> Response:
    return answer(request, 403, f"This is for a {error}; ask whoever keeps the accounts.")


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    said = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
    return answer(request, 422, "; ".join(said)[:1000])


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = answer(request, error.status_code, _SAID.get(error.status_code, "This was not understood."))
    response.headers.update(error.headers or {})
    return response


def _of_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, OnRecordError)
    status = 409 if isinstance(error, Conflict) else 503 if isinstance(error, TryLater) else 422
    if isinstance(error, CannotWork) and not isinstance(error, WrongUse):
        status = 500
    return answer(request, status, showing.for_people(str(error)))


def _unforeseen(request: Request, _error: Exception) -> Response:
    return answer(request, 500, "")
