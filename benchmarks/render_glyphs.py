"""Make src/misi/render/data/glyphs.npz from a font file; run once, the result is kept with the sources.

usage: python benchmarks/render_glyphs.py LiberationSans-Regular.ttf src/misi/render/data/glyphs.npz

Each printable ASCII character is drawn at 16 times the final size and averaged down, so that neither hinting nor
the rounding of a font library's version leaves a trace beyond single grey levels.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

EM = 64  # pixels to the em in the atlas: 48 points at 96 dots per inch
ASCENT, DESCENT = 58, 14  # rows above and below the baseline: a text image of 72 rows
MARGIN = 2  # empty pixels around each cell
OVER = 16


def cell(font: ImageFont.FreeTypeFont, letter: str) -> np.ndarray:
    """(72 + 2 margins, w) uint8 coverage; the pen stands at column MARGIN."""
    right = int(np.ceil(max(font.getbbox(letter, anchor="ls")[2], font.getlength(letter)) / OVER))
    width, height = right + 2 * MARGIN, ASCENT + DESCENT + 2 * MARGIN
    big = Image.new("L", (width * OVER, height * OVER))
    ImageDraw.Draw(big).text((MARGIN * OVER, (MARGIN + ASCENT) * OVER), letter, 255, font, anchor="ls")
    fine = np.asarray(big, dtype=np.uint32).reshape(height, OVER, width, OVER).sum(axis=(1, 3))
    return ((fine + OVER * OVER // 2) // (OVER * OVER)).astype(np.uint8)


def main(source: str, target: str) -> None:
    font = ImageFont.truetype(source, EM * OVER, layout_engine=ImageFont.Layout.BASIC)
    cells = [cell(font, chr(code)) for code in range(32, 127)]
    starts = np.cumsum([0] + [c.shape[1] for c in cells]).astype(np.int32)
    np.savez_compressed(target, coverage=np.concatenate(cells, axis=1), starts=starts)
    print(f"{target}: {Path(target).stat().st_size} bytes, {len(cells)} characters")


if __name__ == "__main__":
    main(*sys.argv[1:])
