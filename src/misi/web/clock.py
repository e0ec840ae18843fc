"""The time of day, in one place, so that tests can hold it still."""

import time
from datetime import UTC, datetime


def now() -> float:
    """Seconds since 1970, UTC."""
    return time.time()


def written(seconds: float | None) -> str:
    """``2026-03-04 05:06 UTC``; blank for None."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
