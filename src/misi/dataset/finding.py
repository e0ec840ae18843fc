"""What an audit finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One measured property of one task.

    Attributes
    ----------
    task, check : str
    figure : str
        The measured value, for people.
    passed : bool or None
        None where the figure is for information only.
    """

    task: str
    check: str
    figure: str
    passed: bool | None = None

    def as_json(self) -> dict[str, Any]:
        return {"task": self.task, "check": self.check, "figure": self.figure, "passed": self.passed}


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
