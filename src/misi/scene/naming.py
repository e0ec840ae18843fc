"""Which residues and atoms of a picture are named, and how: by what is drawn, where it stands, and elements alone.

In a picture of the whole complex that names atoms, all names of a large pocket would lie on top of each other and of
the ligand. So only what is near the ligand is named there: the polar atoms of the pocket within `NAMED_WITHIN` of the
ligand, and the residues with any atom within it; of the ligand every atom but carbon. A hydrogen bond cannot be
longer than that, so whatever may bond is named, and much more; bonds themselves play no part. The rule looks at
distances in space and so is the same in every view. Pictures of one residue and the ligand, of the pocket alone and
of the ligand alone name all heavy ligand atoms and all polar pocket atoms that they show.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from misi.errors import RenderError
from misi.scene.font import printable, text_width
from misi.scene.picture import LABELS, Labels
from misi.structures.complex import Bools, Complex, Floats, Int, frozen

LabelStyle = Literal["screen", "paper"]
LABEL_STYLES: tuple[LabelStyle, ...] = ("screen", "paper")
RESIDUE, LIGAND_ATOM, POCKET_ATOM = 0, 1, 2
KINDS = ("residue", "ligand atom", "pocket atom")

CARBON = 6
POLAR = (7, 8, 16)  # elements of the pocket atoms that ``atoms`` names: nitrogen, oxygen, sulfur
#: angstrom from a heavy ligand atom. No donor and acceptor of a hydrogen bond are more than 4.8 A apart
#: (`misi.annotate.criteria.REACH`); other distances were measured too (docs/decisions/011-named-atoms.md).
NAMED_WITHIN = 5.0
CHAIN_MARK = "/"  # before the chain in a label; an insertion code follows the number without one


@dataclass(frozen=True, eq=False)
class LabelPlan:
    """What is to be labelled in a complex, before any camera: texts with the rows that they belong to.

    Attributes
    ----------
    text : tuple of str
    kind : (k,) int32
        Index into `KINDS`.
    row : (k,) int32
        Residue row for kind 0, else atom row.
    beside : (k,) bool
        Whether the label stands beside its point, as names of atoms do and those of residues drawn as one atom, which
        they would hide; else on it.
    """

    text: tuple[str, ...]
    kind: Int
    row: Int
    beside: Bools

    @cached_property
    def width(self) -> Floats:
        """(k,) widths of the texts, font units."""
        return np.array([text_width(text) for text in self.text], dtype=float)


def residue_text(complex: Complex, row: int) -> str:
    """``ARG 221`` or ``ARG 221A``: name, number, insertion code, as the reference program labels it."""
    key = complex.residue_key(row)
    return printable(f"{key.name} {key.number}{key.icode}")


@lru_cache(maxsize=64)
def residue_texts(complex: Complex) -> tuple[str, ...]:
    """The label of every residue in the ``screen`` style.

    Where residues of the pocket would have one label but not one chain, the chain follows: ``ARG 221/B``. Residues
    that share the chain too keep one label.
    """
    texts = [residue_text(complex, row) for row in range(complex.n_residues)]
    chains = [printable(str(chain)) for chain in complex.residue_chain]
    pocket = set(complex.pocket_residues())
    distinct = Counter(text for text, _ in {(texts[row], chains[row]) for row in pocket})
    return tuple(
        f"{text}{CHAIN_MARK}{chain}" if row in pocket and distinct[text] > 1 and chain else text
        for row, (text, chain) in enumerate(zip(texts, chains, strict=True))
    )


def near_ligand(complex: Complex, xyz: Floats | None = None, within: float = NAMED_WITHIN) -> Bools:
    """(n,) bool: heavy atoms of the pocket within a distance of any heavy atom of the ligand.

    Parameters
    ----------
    xyz : (n, 3) or None
        Where the atoms stand, if not where the files have them.
    within : float
        angstrom.
    """
    xyz = complex.xyz if xyz is None else xyz
    near = np.zeros(len(complex), dtype=bool)
    ligand = xyz[complex.is_ligand & complex.heavy]
    if not len(ligand):
        return near
    low, high = ligand.min(axis=0) - within, ligand.max(axis=0) + within
    pocket = np.flatnonzero(complex.heavy & ~complex.is_ligand & ((xyz >= low) & (xyz <= high)).all(axis=1))
    step = xyz[pocket][:, None, :] - ligand[None, :, :]
    near[pocket] = ((step * step).sum(axis=-1) <= within * within).any(axis=1)
    return near


def plan_labels(
    complex: Complex,
    displayed: NDArray[np.bool_],
    labels: Labels,
    style: LabelStyle = "screen",
    near: NDArray[np.bool_] | None = None,
) -> LabelPlan:
    """Which labels a picture has: residues of the pocket, then atoms, each in file order.

    Parameters
    ----------
    displayed : (n,) bool
        Atoms that the picture shows.
    labels : str
        ``none``, ``residues`` or ``atoms``.
    style : str
        ``paper`` never names chains.
    near : (n,) bool or None
        With ``atoms``: the pocket's atoms that are near the ligand, where only these and their residues are to be
        named, and of the ligand all atoms but carbon. None: everything is.

    Raises
    ------
    RenderError
        `labels` is not one of these.
    """
    if labels not in LABELS:
        raise RenderError(f"labels {labels!r} is not one of {', '.join(LABELS)}")
    if labels == "none":
        return LabelPlan((), frozen([], np.int32), frozen([], np.int32), frozen([], bool))
    pocket = displayed & ~complex.is_ligand
    ligand = displayed & complex.is_ligand
    if labels == "atoms" and near is not None:
        pocket = pocket & near
        ligand = ligand & (complex.element != CARBON)
    texts = residue_texts(complex) if style == "screen" else None
    residues = np.unique(complex.residue[pocket]).tolist()
    named = [residue_text(complex, row) if texts is None else texts[row] for row in residues]
    kinds = [RESIDUE] * len(residues)
    drawn = np.bincount(complex.residue[displayed], minlength=complex.n_residues)
    beside = (drawn[residues] == 1).tolist()
    rows = residues
    if labels == "atoms":
        atoms = np.flatnonzero(ligand | (pocket & np.isin(complex.element, POLAR))).tolist()
        named += [printable(str(complex.name[row])) for row in atoms]
        kinds += [LIGAND_ATOM if complex.is_ligand[row] else POCKET_ATOM for row in atoms]
        beside += [True] * len(atoms)
        rows = rows + atoms
    return LabelPlan(tuple(named), frozen(kinds, np.int32), frozen(rows, np.int32), frozen(beside, bool))
