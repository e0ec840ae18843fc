"""What all pages of one worker share, and how they are filled in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup, escape
from sqlalchemy import exists, select
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import misi
from misi.dataset.layout import read_manifest
from misi.errors import DatasetError
from misi.report.stats import Summary
from misi.tasks.question import IMAGE_MARK, Question
from misi.web.clock import written
from misi.web.database import Database, connect
from misi.web.guard import Forbidden, Limiter, Visitor, check_csrf, client_of, visitor_of
from misi.web.settings import Settings, digest_of
from misi.web.tables import Study

HERE = Path(__file__).parent

#: Events a minute and burst, for each address: attempts to sign in, and everything else.
_SIGN_IN = (10, 20)
_ANY = (6000, 2000)


@dataclass(frozen=True)
class Site:
    """One worker's view of the site."""

    settings: Settings
    database: Database
    manifest: dict[str, Any]
    templates: jinja2.Environment
    asset_version: str
    sign_in: Limiter = field(default_factory=lambda: Limiter(*_SIGN_IN))
    any_request: Limiter = field(default_factory=lambda: Limiter(*_ANY))
    #: Summaries by (what, number, state, mode): a bootstrap over a full test split takes a second.
    summaries: dict[tuple[str, int, int, str], Summary] = field(default_factory=dict)

    @property
    def dataset(self) -> Path:
        return self.settings.dataset

    def admin(self, request: Request) -> Visitor | None:
        """The signed-in admin, if it is one."""
        return visitor_of(request, self.database, "admin", proof=self.settings.admin_digest)

    def may_browse(self, request: Request) -> bool:
        """Whether items with their truth may be shown to this visitor."""
        if self.settings.browse == "open" or self.admin(request):
            return True
        if self.settings.browse == "admin":
            return False
        with self.database.reading() as session:
            return not session.scalar(select(exists(select(Study.id))))

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A filled template under the site's head."""
        admin = self.admin(request)
        return self._filled(
            template, status, path=request.url.path, admin=admin, browsable=self.may_browse(request), **values
        )

    def bare_page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A filled template of the study, whose head leads nowhere else."""
        return self._filled(template, status, **values)

    def _filled(self, template: str, status: int, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.templates.get_template(template).render(**values), status)


def site_of(request: Request) -> Site:
    """The site that serves this request."""
    site: Site = request.app.state.site
    return site


def make_site(settings: Settings) -> Site:
    """Connect and read what all pages need.

    Raises
    ------
    DatasetError
        The dataset or the database cannot be used.
    """
    manifest = read_manifest(settings.dataset)
    files = sorted((HERE / "static").rglob("*.*"))
    version = digest_of("".join(f"{path.stat().st_size}{path.stat().st_mtime_ns}" for path in files))[:8]
    return Site(settings, connect(settings.db), manifest, _templates(manifest, version), version)


def need_admin(request: Request) -> Visitor:
    """The signed-in admin.

    Raises
    ------
    SignIn
        Nobody is; the way leads to the form.
    """
    visitor = site_of(request).admin(request)
    if visitor is None:
        raise SignIn
    return visitor


class SignIn(Exception):
    """A page for the admin was asked for by somebody else."""


def need_browsing(request: Request) -> None:
    """Let only those pass who may see truths.

    Raises
    ------
    SignIn
    """
    if not site_of(request).may_browse(request):
        raise SignIn


def limit_requests(request: Request) -> None:
    """Refuse an address that asks too often.

    Raises
    ------
    Forbidden
        With status 429.
    """
    if not site_of(request).any_request.allow(client_of(request)):
        raise Forbidden("Too many requests. Wait a minute.", 429)


def checked(request: Request, visitor: Visitor, csrf: str) -> Visitor:
    """The visitor, if the form is theirs."""
    check_csrf(request, visitor, csrf)
    return visitor


def to(path: str, **query: str) -> Response:
    """Go on to another page after a form."""
    return RedirectResponse(link(path, query), 303)


def link(path: str, query: Mapping[str, str] | None = None, **more: str) -> str:
    """An address inside the site, quoted; blank values are left out."""
    values = {key: value for key, value in {**(query or {}), **more}.items() if value}
    return quote(path) + (f"?{urlencode(values)}" if values else "")


def text_parts(question: Question) -> tuple[str, list[str]]:
    """A question's text without its pictures: the conventions, and the paragraphs after the pictures."""
    before, _, _ = question.question.partition("\n\n")
    after = question.question.rpartition(IMAGE_MARK)[2] if IMAGE_MARK in question.question else question.question
    return before.strip(), [part.strip() for part in after.split("\n\n") if part.strip()]


def _templates(manifest: dict[str, Any], version: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    title: Callable[[str], str] = lambda name: name.replace("_", " ")  # noqa: E731
    environment.filters |= {
        "words": title,
        "prose": prose,
        "when": written,
        "percent": lambda value: "-" if value is None else f"{value:.2f}",
        "duration": duration,
    }
    environment.globals |= {
        "link": link,
        "asset": lambda name: f"/static/{name}?v={version}",
        "manifest": manifest,
        "version": misi.__version__,
    }
    return environment


def prose(text: str) -> Markup:
    """Escaped text, with what stands in backticks as code."""
    pieces = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if i % 2 else escape(piece) for i, piece in enumerate(pieces)
    )


def duration(seconds: float) -> str:
    """``1 h 02 min``, ``3 min 20 s``, ``12 s``."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"


def not_found(what: str) -> DatasetError:
    return DatasetError(f"There is no {what}.")
