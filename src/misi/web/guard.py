"""What stands between the network and the pages: headers, limits, sessions, forged requests."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from sqlalchemy import delete
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from misi.web.clock import now
from misi.web.database import Database
from misi.web.settings import digest_of
from misi.web.tables import Rater, SessionRow

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

#: No script, style, frame or connection but the site's own files; nothing inline. The 3D library draws its buttons
#: and labels from data: pictures.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # an invite link is in an address
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_DAY = 86_400.0
#: Seconds that a session lasts: a study is a matter of weeks, administration of hours.
LIFETIMES = {"rater": 60 * _DAY, "admin": 0.5 * _DAY}
COOKIES = {"rater": "misi_rater", "admin": "misi_admin"}


class Forbidden(Exception):
    """The request is not let through; the message is for people."""

    def __init__(self, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.status = status


class Shield:
    """ASGI middleware: security headers on every answer, and no request body beyond its limit.

    Parameters
    ----------
    largest : callable
        Path -> bytes that a request body may have.
    """

    def __init__(self, app: App, largest: Callable[[str], int]) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.largest(scope["path"])
        seen = 0
        started = refused = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if refused and not started:
                return
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        async def counted_receive() -> Message:
            nonlocal seen, refused
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                refused = True
                raise _TooLarge
            return message

        length = Headers(scope=scope).get("content-length", "0")
        try:
            if not length.isdigit() or int(length) > limit:
                raise _TooLarge
            await self.app(scope, counted_receive, guarded_send)
        except _TooLarge:
            refused = False
            if not started:
                answer = PlainTextResponse(f"The request is larger than {limit} bytes.", 413, {"Connection": "close"})
                await answer(scope, receive, guarded_send)


class _TooLarge(Exception):
    pass


class Limiter:
    """At most `rate` events a minute for each key, with bursts of `burst`: token buckets.

    Each worker keeps its own; with n workers n times as much may pass. That is enough, since what the limits protect
    (tokens of 192 bits) cannot be guessed at any rate that a server can answer.
    """

    _MOST_KEYS = 20_000

    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst = rate / 60, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, key: str, at: float | None = None) -> bool:
        """Count an event; false if it is one too many. `at` is a monotonic time in seconds."""
        at = time.monotonic() if at is None else at
        with self._lock:
            left, before = self._buckets.pop(key, (float(self.burst), at))
            left = min(self.burst, left + (at - before) * self.rate)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, at)
            if len(self._buckets) > self._MOST_KEYS:
                self._buckets.popitem(last=False)
        return allowed


@dataclass(frozen=True)
class Visitor:
    """Who sent a request.

    Attributes
    ----------
    csrf : str
        What their forms must carry.
    rater_id : int or None
        None for the admin.
    """

    csrf: str
    rater_id: int | None


def client_of(request: Request) -> str:
    """Address of the other end; behind a trusted proxy the server has put in what the proxy says."""
    return request.client.host if request.client else "?"


def open_session(database: Database, kind: str, proof: str, rater_id: int | None = None) -> str:
    """Sign a browser in; returns what its cookie holds. Outlived sessions are swept out."""
    token = secrets.token_urlsafe(32)
    with database.writing() as session:
        for name, seconds in LIFETIMES.items():
            session.execute(delete(SessionRow).where(SessionRow.kind == name, SessionRow.created_at < now() - seconds))
        session.add(
            SessionRow(
                digest=digest_of(token),
                kind=kind,
                rater_id=rater_id,
                csrf=secrets.token_urlsafe(24),
                created_at=now(),
                proof=proof,
            )
        )
    return token


def close_session(database: Database, token: str) -> None:
    """Sign a browser out."""
    with database.writing() as session:
        session.execute(delete(SessionRow).where(SessionRow.digest == digest_of(token)))


def visitor_of(request: Request, database: Database, kind: str, proof: str | None = None) -> Visitor | None:
    """Who is signed in, if anybody.

    Parameters
    ----------
    proof : str, optional
        Sessions opened with another one (an admin token of an earlier start) do not count.
    """
    token = request.cookies.get(COOKIES[kind])
    if not token:
        return None
    with database.reading() as session:
        row = session.get(SessionRow, digest_of(token))
        if row is None or row.kind != kind or row.created_at < now() - LIFETIMES[kind]:
            return None
        if proof is not None and row.proof != proof:
            return None
        if kind == "rater":
            rater = session.get(Rater, row.rater_id)
            if rater is None or rater.invite != row.proof:  # withdrawn, or given a new link
                return None
        return Visitor(row.csrf, row.rater_id)


def set_cookie(response: Response, request: Request, kind: str, token: str) -> None:
    """Give the browser its session; scripts cannot read it, other sites' forms cannot send it."""
    response.set_cookie(
        COOKIES[kind],
        token,
        max_age=int(LIFETIMES[kind]),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )


def check_origin(request: Request) -> None:
    """Refuse a form that another site sent. Browsers name the sender in one header or another; programs send neither.

    Raises
    ------
    Forbidden
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise Forbidden("This form was sent from another site.")
    # Referrer-Policy: no-referrer makes some browsers send "null" for their own forms; then the header above decides.
    if origin is not None and (origin != "null" or site is None):
        host = origin.partition("://")[2]
        if not host or host != request.headers.get("host"):
            raise Forbidden("This form was sent from another site.")


def check_csrf(request: Request, visitor: Visitor, given: str) -> None:
    """Refuse a form that does not come from one of this session's own pages.

    Raises
    ------
    Forbidden
    """
    check_origin(request)
    if not compare_digest(visitor.csrf.encode(), given.encode("utf-8", "replace")):
        raise Forbidden("The form is out of date. Load the page again and repeat.")
