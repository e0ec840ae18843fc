"""A polite HTTP client of the standard library: few requests a second, bounded retries, whole bodies or none."""

import email.utils
import gzip
import http.client
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from misi.errors import DatasetError, StructureError
from misi.seeds import rng_for

#: Largest body accepted, bytes, before and after unpacking: the largest mmCIF entries are near 150 MB unpacked.
MAX_BYTES = 300_000_000
_CHUNK = 1 << 16
#: Longest Retry-After that is waited for, seconds; a server that asks for more is left alone.
MAX_RETRY_AFTER = 120.0
#: Statuses that may pass: too many requests, and faults of the server or of a proxy on the way.
_PASSING = frozenset([408, 425, 429, 500, 502, 503, 504])


@dataclass
class Client:
    """Downloads with one rate limit for all threads that share the client.

    Attributes
    ----------
    agent : str
        User-Agent header; says who asks and where to complain.
    rate : float
        Requests a second, at most, over all threads.
    timeout : float
        Seconds without a byte after which an attempt is given up; an attempt as a whole may take ten times as long.
    retries : int
        Further attempts after a passing fault.
    backoff : float
        Seconds before the second attempt; doubled for each further one, with up to half of it added at random (so
        that threads do not come back together).
    wait : callable
        Sleeps; replaced in tests.
    """

    agent: str
    rate: float = 5.0
    timeout: float = 30.0
    retries: int = 4
    backoff: float = 1.0
    wait: Callable[[float], None] = time.sleep
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _next: float = 0.0

    def __post_init__(self) -> None:
        if not (self.rate > 0 and self.timeout > 0 and self.backoff >= 0 and self.retries >= 0):
            raise DatasetError("rate and timeout must be positive, retries and backoff not negative")

    def get(self, url: str) -> bytes:
        """The whole body at `url`.

        Raises
        ------
        StructureError
            `not_found` (404, 410), `http_error` (other refusals, at once), `server_error`, `timeout` or
            `connection_error` (after the last retry), `too_large`.
        """
        fault = StructureError("connection_error", f"{url}: not tried")
        for attempt in range(self.retries + 1):
            self._take_turn()
            try:
                return self._once(url)
            except _Passing as passing:
                fault = passing.fault
                pause = self.backoff * 2.0**attempt * (1.0 + 0.5 * rng_for(0, "fetch", url, attempt).random())
                if passing.retry_after is not None:
                    if passing.retry_after > MAX_RETRY_AFTER:
                        raise fault from None
                    pause = max(pause, passing.retry_after)
                    self._hold_all(passing.retry_after)
            if attempt < self.retries:
                self.wait(pause)
        raise StructureError(fault.reason, f"{fault.detail} (gave up after {self.retries + 1} attempts)")

    def _take_turn(self) -> None:
        """Wait for this thread's place in the queue of requests."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + 1.0 / self.rate
        if start > now:
            self.wait(start - now)

    def _hold_all(self, seconds: float) -> None:
        """A server that asks one thread to wait asks all of them."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

    def _once(self, url: str) -> bytes:
        request = urllib.request.Request(url, headers={"User-Agent": self.agent, "Accept-Encoding": "identity"})
        deadline = time.monotonic() + 10.0 * self.timeout
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as reply:
                return _body(reply, url, deadline)
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error, url) from None
        except TimeoutError:
            raise _Passing(StructureError("timeout", f"{url}: no answer within {self.timeout:g} s")) from None
        except http.client.IncompleteRead as error:
            got = len(error.partial)
            raise _Passing(StructureError("connection_error", f"{url}: cut off after {got} bytes")) from None
        except urllib.error.URLError as error:
            kind = "timeout" if isinstance(error.reason, TimeoutError) else "connection_error"
            raise _Passing(StructureError(kind, f"{url}: {error.reason}")) from None
        except (http.client.HTTPException, OSError) as error:
            what = str(error) or type(error).__name__
            raise _Passing(StructureError("connection_error", f"{url}: {what}")) from None


@dataclass
class _Passing(Exception):
    """A fault that another attempt may not meet."""

    fault: StructureError
    retry_after: float | None = None


def _body(reply: http.client.HTTPResponse, url: str, deadline: float) -> bytes:
    """All bytes of a reply; one that drips past the deadline or stops short of its length is a passing fault."""
    chunks: list[bytes] = []
    size = 0
    while chunk := reply.read1(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise StructureError("too_large", f"{url}: more than {MAX_BYTES // 1_000_000} MB")
        if time.monotonic() > deadline:
            raise _Passing(StructureError("timeout", f"{url}: still not complete after {size} bytes"))
    if reply.length:  # what Content-Length promised and read1, unlike read, does not miss
        raise http.client.IncompleteRead(b"".join(chunks), reply.length)
    return b"".join(chunks)


def _refusal(error: urllib.error.HTTPError, url: str) -> Exception:
    """What an HTTP status other than success means."""
    if error.code in (404, 410):
        return StructureError("not_found", f"{url}: the server has no such file ({error.code})")
    if error.code not in _PASSING:
        return StructureError("http_error", f"{url}: refused with status {error.code}")
    reason = "rate_limited" if error.code == 429 else "server_error"
    return _Passing(
        StructureError(reason, f"{url}: status {error.code}"), _retry_after(error.headers.get("Retry-After"))
    )


def _retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or a date; None where it says nothing usable."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def unpacked(data: bytes, origin: str) -> bytes:
    """The content of a gzip file, whole and with the right checksum.

    Raises
    ------
    StructureError
        `damaged_download` or `too_large`.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(data, MAX_BYTES)
        if unpacker.unconsumed_tail:
            raise StructureError("too_large", f"{origin} unpacks to more than {MAX_BYTES // 1_000_000} MB")
    except (zlib.error, gzip.BadGzipFile) as error:
        raise StructureError("damaged_download", f"{origin} is no whole gzip file: {error}") from None
    if not unpacker.eof:
        raise StructureError("damaged_download", f"{origin} is no whole gzip file: it ends too early")
    return content
