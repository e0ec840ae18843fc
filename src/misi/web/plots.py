"""Plots as SVG inside a page: drawn from numbers, coloured by the stylesheet, so they follow light and dark."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_ROW, _LEFT, _WIDTH, _RIGHT, _TOP = 22, 270, 500, 56, 8  # pixels
_LONGEST = 36  # characters of a name


@dataclass(frozen=True)
class Mark:
    """A value in percent with its interval; `kind` chooses the colour: run, people or paper."""

    name: str
    kind: str
    value: float | None
    low: float | None = None
    high: float | None = None


def interval_plot(marks: Sequence[Mark], title: str) -> Markup:
    """Dots with intervals on a scale from 0 to 100, one row each, best first."""
    shown = sorted((mark for mark in marks if mark.value is not None), key=lambda mark: -(mark.value or 0))
    height = _TOP + _ROW * len(shown) + 26
    width = _LEFT + _WIDTH + _RIGHT
    bottom = _TOP + _ROW * len(shown)
    parts = [
        Markup('<svg class="plot" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">').format(
            f"{title}: {len(shown)} rows, percent; the same numbers stand in the table", width, height, width, height
        )
    ]
    for tick in range(0, 101, 20):
        x = _x(tick)
        parts.append(Markup('<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(x, _TOP, bottom))
        parts.append(
            Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(x, bottom + 18, tick)
        )
    for row, mark in enumerate(shown):
        y = _TOP + _ROW * row + _ROW // 2
        name = mark.name if len(mark.name) <= _LONGEST else mark.name[: _LONGEST - 1] + "…"
        value = mark.value or 0.0
        parts.append(Markup('<g class="mark {}"><title>{}</title>').format(mark.kind, _words(mark)))
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LEFT - 10, y + 4, escape(name)))
        if mark.low is not None and mark.high is not None:
            parts.append(Markup('<line x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_x(mark.low), _x(mark.high), y, y))
        parts.append(Markup('<circle cx="{}" cy="{}" r="4.5"/>').format(_x(value), y))
        parts.append(
            Markup('<text class="value" x="{}" y="{}">{:.1f}</text></g>').format(_LEFT + _WIDTH + 10, y + 4, value)
        )
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _x(value: float) -> float:
    return round(_LEFT + _WIDTH * min(max(value, 0.0), 100.0) / 100, 1)


def _words(mark: Mark) -> str:
    interval = "" if mark.low is None or mark.high is None else f" ({mark.low:.1f} to {mark.high:.1f})"
    return f"{mark.name}: {mark.value:.2f}{interval}"
