"""The application: routes, middleware, and what a visitor sees when something is wrong."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from misi.errors import MisiError
from misi.web import pages_admin, pages_board, pages_browse, pages_home, pages_question, pages_study
from misi.web.guard import Forbidden, Shield
from misi.web.settings import Settings
from misi.web.site import HERE, SignIn, make_site, site_of, to
from misi.web.study import Refused

UPLOAD = "/admin/runs"


class _Assets(StaticFiles):
    """The site's own files; their addresses carry a version, so browsers may keep them."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(settings: Settings) -> FastAPI:
    """The site of a dataset whose database is up to date.

    Raises
    ------
    DatasetError
        The dataset or the database cannot be used.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = make_site(settings)
    for pages in (pages_home, pages_browse, pages_study, pages_question, pages_board, pages_admin):
        app.include_router(pages.router)
    app.mount("/static", _Assets(directory=Path(HERE) / "static"))
    app.add_exception_handler(MisiError, _wrong)
    app.add_exception_handler(Refused, _wrong)
    app.add_exception_handler(Forbidden, _wrong)
    app.add_exception_handler(RequestValidationError, _wrong)
    app.add_exception_handler(HTTPException, _wrong)
    app.add_exception_handler(SignIn, _sign_in)
    if settings.hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    app.add_middleware(Shield, largest=lambda path: settings.max_upload if path == UPLOAD else settings.max_body)
    return app


def from_environment() -> FastAPI:
    """What each worker process calls."""
    return create_app(Settings.from_environment())


def _wrong(request: Request, error: Exception) -> Response:
    """One line about what is wrong, as a page or, for scripts, as JSON."""
    status, message = 404, str(error)
    if isinstance(error, Forbidden):
        status = error.status
    elif isinstance(error, Refused):
        status = 409
    elif isinstance(error, RequestValidationError):
        status, message = 422, "The address or form has a value that makes no sense."
    elif isinstance(error, HTTPException):
        status = error.status_code
        message = "There is no such page." if status == 404 else str(error.detail)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": message}, status)
    return site_of(request).page(request, "wrong.html", status, message=message, status_code=status)


def _sign_in(request: Request, _: Exception) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": "Sign in first."}, 401)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return to("/admin/sign-in", next=asked if request.method == "GET" else "")
