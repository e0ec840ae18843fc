"""The pictures of docs/hydrogen-bonds.md.

    python benchmarks/annotate_figures.py docs/images                          where a donor may stand
    python benchmarks/annotate_figures.py docs/images --src ../shared/complexes --every 8      and margins (ProLIF)

Needs matplotlib; the second picture needs ProLIF too.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap

from misi.annotate.criteria import NEAR_MISS_MARGIN
from misi.annotate.hbonds import annotate
from misi.annotate.second_opinion import NoSecondOpinion, second_opinion
from misi.structures.complex import Complex, frozen
from misi.structures.sources import Source, find_sources, load

Atoms = Sequence[tuple[str, int, Sequence[float]]]
Bonds = Sequence[tuple[int, int]]
SYMBOLS = {1: "H", 6: "C", 7: "N", 8: "O"}


def polar(length: float, degrees: float, origin: Sequence[float] = (0.0, 0.0)) -> tuple[float, float, float]:
    angle = math.radians(degrees)
    return (origin[0] + length * math.cos(angle), origin[1] + length * math.sin(angle), 0.0)


def pyridine() -> tuple[Atoms, Bonds]:
    ring = [polar(1.39, 60 * k, (1.39, 0.0)) for k in (3, 4, 5, 0, 1, 2)]
    return (
        [("N1" if k == 0 else f"C{k}", 7 if k == 0 else 6, place) for k, place in enumerate(ring)],
        [(k, (k + 1) % 6) for k in range(6)],
    )


def acid() -> tuple[Atoms, Bonds]:
    carbon = polar(1.25, 0)
    return (
        [
            ("O1", 8, (0, 0, 0)),
            ("C1", 6, carbon),
            ("O2", 8, polar(1.25, 62, carbon)),
            ("C2", 6, polar(1.52, -59, carbon)),
        ],
        [(0, 1), (1, 2), (1, 3)],
    )


def ketone() -> tuple[Atoms, Bonds]:
    carbon = polar(1.22, 0)
    return (
        [
            ("O1", 8, (0, 0, 0)),
            ("C1", 6, carbon),
            ("C2", 6, polar(1.51, 60, carbon)),
            ("C3", 6, polar(1.51, -60, carbon)),
        ],
        [(0, 1), (1, 2), (1, 3)],
    )


def amide_at(x: float, y: float) -> tuple[Atoms, Bonds]:
    """A peptide N-H in (x, y) that points to the origin, its plane upright."""
    inward = math.degrees(math.atan2(-y, -x))

    def place(length: float, degrees: float, lift: float) -> tuple[float, float, float]:
        px, py, _ = polar(length * math.cos(math.radians(degrees)), inward, (x, y))
        return (px, py, lift)

    carbon, alpha = (1.335, 120.5), (1.46, 120.5)
    c = place(*carbon, carbon[0] * math.sin(math.radians(carbon[1])))
    return (
        [
            ("N", 7, (x, y, 0)),
            ("C", 6, c),
            ("CA", 6, place(*alpha, -alpha[0] * math.sin(math.radians(alpha[1])))),
            (
                "O",
                8,
                (
                    c[0] + 1.23 * math.cos(math.radians(inward + 180)),
                    c[1] + 1.23 * math.sin(math.radians(inward + 180)),
                    c[2],
                ),
            ),
            ("CB", 6, tuple(np.add(c, (*polar(0.76, inward)[:2], 1.32)))),
            ("H", 1, polar(0.91, inward, (x, y))),
        ],
        [(0, 1), (0, 2), (1, 3), (1, 4), (0, 5)],
    )


def complex_of(pocket: tuple[Atoms, Bonds], ligand: tuple[Atoms, Bonds]) -> Complex:
    atoms = [*pocket[0], *ligand[0]]
    shift = len(pocket[0])
    bonds = [*pocket[1], *((a + shift, b + shift) for a, b in ligand[1])]
    sides = [False] * shift + [True] * len(ligand[0])
    return Complex(
        id="figure",
        xyz=frozen([xyz for _, _, xyz in atoms], float),
        element=frozen([z for _, z, _ in atoms], np.int32),
        name=frozen([name for name, _, _ in atoms], np.str_),
        residue=frozen([int(side) for side in sides], np.int32),
        is_ligand=frozen(sides, bool),
        file_index=frozen(range(len(atoms)), np.int32),
        bonds=frozen(bonds, np.int32),
        links=frozen([], np.int32, (-1, 2)),
        residue_chain=frozen(["A", "A"], np.str_),
        residue_number=frozen([1, 2], np.int32),
        residue_icode=frozen(["", ""], np.str_),
        residue_name=frozen(["NMA", "UNL"], np.str_),
        residue_start=frozen([0, shift, len(atoms)], np.int32),
        residue_is_ligand=frozen([False, True], bool),
    )


def regions(target: Path) -> None:
    """Margin of a straight N-H by the place of its N, in the plane of three acceptors."""
    acceptors = {"ketone O (A7)": ketone(), "carboxylate O (A3)": acid(), "pyridine N (A25)": pyridine()}
    steps = np.linspace(-4.4, 4.4, 89)
    figure, axes = plt.subplots(1, 3, figsize=(12.5, 4.3), layout="constrained")
    colours = ["#f4b183", "#dceaf7", "#9cc3e6", "#4f93ce", "#1f5c99"]
    norm = BoundaryNorm([NEAR_MISS_MARGIN, 0, 0.5, 1, 1.5, 2.5], len(colours))
    for axis, (title, ligand) in zip(axes, acceptors.items(), strict=True):
        field = np.full((len(steps), len(steps)), np.nan)
        for row, y in enumerate(steps):
            for column, x in enumerate(steps):
                if not 2.4 <= math.hypot(x, y) <= 4.4:
                    continue
                facts = annotate(complex_of(amide_at(x, y), ligand))
                found = [bond for bond in (*facts.hbonds, *facts.near_misses) if (bond.donor, bond.acceptor) == (0, 6)]
                if found:
                    field[row, column] = found[0].margin
        mesh = axis.pcolormesh(steps, steps, field, cmap=ListedColormap(colours), norm=norm, shading="nearest")
        for a, b in ligand[1]:
            (xa, ya, _), (xb, yb, _) = ligand[0][a][2], ligand[0][b][2]
            axis.plot([xa, xb], [ya, yb], color="0.35", linewidth=3, zorder=2)
        for _, z, (x, y, _) in ligand[0]:
            axis.text(x, y, SYMBOLS[z], ha="center", va="center", fontsize=10, zorder=4)
            axis.plot(x, y, "o", color="white", markersize=13, zorder=3)
        axis.set(title=title, aspect="equal", xlabel="angstrom", xlim=(-4.5, 4.5), ylim=(-4.5, 4.5))
    bar = figure.colorbar(mesh, ax=axes, label="margin of N-H...acceptor (orange: near miss)", shrink=0.9)
    bar.set_ticks([-0.5, 0, 0.5, 1, 1.5])
    figure.savefig(target, dpi=110)


def margins(target: Path, src: Path, every: int) -> None:
    """How many bonds of each margin an independent criterion confirms."""
    edges = np.array([-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2.5])
    confirmed, denied = np.zeros(len(edges) - 1, int), np.zeros(len(edges) - 1, int)
    for source in find_sources(src)[::every]:
        loaded = load(source)
        if not isinstance(source, Source) or not isinstance(loaded, Complex):
            continue
        facts = annotate(loaded)
        try:
            opinion = second_opinion(facts, source.ligands)
        except NoSecondOpinion:
            continue
        best: dict[tuple[int, int], float] = {}
        for bond in (*facts.hbonds, *facts.near_misses):
            if bond.hydrogen_distance is None:
                continue
            pair = (bond.acceptor, bond.donor) if loaded.is_ligand[bond.donor] else (bond.donor, bond.acceptor)
            best[pair] = max(bond.margin, best.get(pair, -math.inf))
        for pair, margin in best.items():
            place = min(int(np.searchsorted(edges, margin, "right")) - 1, len(edges) - 2)
            both = pair in opinion.agree or pair in opinion.only_second
            (confirmed if both else denied)[place] += 1
    figure, axis = plt.subplots(figsize=(7.5, 3.8), layout="constrained")
    total = np.maximum(1, confirmed + denied)
    colours = ["#f4b183" if edge < 0 else "#4f93ce" for edge in edges[:-1]]
    axis.bar(edges[:-1], 100 * confirmed / total, width=np.diff(edges) * 0.94, align="edge", color=colours)
    for left, width, yes, all_of in zip(edges, np.diff(edges), confirmed, total, strict=False):
        axis.text(left + width / 2, 100 * yes / all_of + 1.5, f"{all_of}", ha="center", fontsize=8, color="0.3")
    axis.axvline(0, color="0.3", linewidth=1)
    axis.set(xlabel="margin (orange: near misses; numbers: pairs)", ylabel="confirmed by ProLIF, %", ylim=(0, 108))
    figure.savefig(target, dpi=110)
    print(
        dict(zip([f"{edge:g}" for edge in edges], zip(confirmed.tolist(), total.tolist(), strict=True), strict=False))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--src", type=Path)
    parser.add_argument("--every", type=int, default=8)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    regions(args.out / "hydrogen-bond-regions.png")
    if args.src:
        margins(args.out / "hydrogen-bond-margins.png", args.src, args.every)


if __name__ == "__main__":
    main()
