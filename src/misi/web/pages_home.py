"""The first page."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from misi.web.site import limit_requests, site_of

router = APIRouter(dependencies=[Depends(limit_requests)])


@router.get("/")
def home(request: Request) -> Response:
    """What the site is, and where to go."""
    return site_of(request).page(request, "home.html")


@router.get("/health")
def health(request: Request) -> Response:
    """For a proxy's checks: the database answers."""
    with site_of(request).database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    return PlainTextResponse("ok")


@router.get("/robots.txt")
def robots() -> Response:
    """Benchmarks should not end up in training data through a crawler."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


@router.get("/favicon.ico")
def icon() -> Response:
    """There is a drawn one in the pages' heads."""
    return Response(status_code=204)
