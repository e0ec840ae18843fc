"""Widths of the label font, so that labels can be placed before anything is drawn.

The numbers are those of Liberation Sans 2.1, whose widths equal Arial's; the pictures of the glyphs belong to the
renderer. A text image goes from the first pen position to the end of the last advance, and from the descent to the
ascent of the font.
"""

from functools import lru_cache

UNITS = 2048  # font design units to the em
ASCENT, DESCENT = 1854, 434  # above and below the baseline, units
CAP_HEIGHT = 1409  # capitals and digits
FIRST, LAST = 32, 126  # printable ASCII; everything else is shown as a question mark
UNKNOWN = "?"

_ADVANCES = (
    "569 569 727 1139 1139 1821 1366 391 682 682 797 1196 569 682 569 569 1139 1139 1139 1139 1139 1139 1139 1139 1139 "
    "1139 569 569 1196 1196 1196 1139 2079 1366 1366 1479 1479 1366 1251 1593 1479 569 1024 1366 1139 1706 1479 1593 "
    "1366 1593 1479 1366 1251 1479 1366 1933 1366 1366 1251 569 569 569 961 1139 682 1139 1139 1024 1139 1139 569 1139 "
    "1139 455 455 1024 455 1706 1139 1139 1139 1139 682 1024 569 1139 1024 1479 1024 1024 1024 684 532 684 1196"
)
ADVANCE = dict(zip(map(chr, range(FIRST, LAST + 1)), map(int, _ADVANCES.split()), strict=True))

#: Kerning of pairs of capitals and blanks, units. The font also draws two ones together; here, as in the reference
#: program, digits stay in columns.
KERNING = {
    **dict.fromkeys(("AT", "AV", "AY", "LT", "LV", "LW", "LY", "PA", "TA", "VA", "YA"), -152),
    **dict.fromkeys((" A", "A ", "FA"), -113),
    **dict.fromkeys(("AW", "L ", "WA"), -76),
    **dict.fromkeys((" T", " Y", "P ", "RT", "RV", "RW", "RY", "T ", "TO", "Y "), -37),
}


def printable(text: str) -> str:
    """The text with every character that the font lacks replaced by a question mark."""
    return "".join(letter if letter in ADVANCE else UNKNOWN for letter in text)


@lru_cache(maxsize=65536)
def pen_positions(text: str) -> tuple[int, ...]:
    """Where the pen stands before each letter of a printable text and after the last, font units."""
    pens = [0]
    for i, letter in enumerate(text):
        pens.append(pens[-1] + ADVANCE[letter] + KERNING.get(text[i : i + 2], 0))
    return tuple(pens)


def text_width(text: str) -> int:
    """Width of a printable text, font units."""
    return pen_positions(text)[-1]
