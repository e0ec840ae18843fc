"""IDATM atom types from elements, coordinates and connectivity.

E.C. Meng and R.A. Lewis, "Determination of molecular topology and atomic hybridization states from heavy atom
coordinates", J. Comput. Chem. 12 (1991) 891-898, with the later extensions of the UCSF Chimera programs. Bond
orders, formal charges and the files' own atom types are not used. Standard residues are typed by name.
"""

import numpy as np

from misi.annotate.aromatic import assign_aromatic
from misi.annotate.atom_types import SYMBOLS
from misi.annotate.graph import Graph
from misi.annotate.idatm_context import (
    assign_charged,
    assign_conjugated_nitrogens,
    assign_terminal_oxygens,
    demote_isolated_c2,
    revert_hasty_n2,
)
from misi.annotate.idatm_degree import assign_by_degree
from misi.annotate.idatm_draft import Draft
from misi.annotate.idatm_lengths import promote_short_npl, revisit_two_neighbours
from misi.annotate.idatm_terminal import assign_terminal
from misi.annotate.residue_types import (
    AMINO_ACIDS,
    C_TERMINUS,
    DISULFIDE_NAMES,
    N_TERMINUS,
    NUCLEIC_CHAIN_ATOMS,
    NUCLEIC_NAMES,
    PROTEIN_CHAIN_ATOMS,
    PROTEIN_NAMES,
    PROTONATED_ACIDS,
    RESIDUE_TYPES,
)
from misi.structures.complex import HYDROGEN, Complex

#: Molecules with more surplus bonds than this, at more than this ratio of bonds to atoms, are cages (fullerenes,
#: zeolites) that keep element symbols.
_CAGE_SURPLUS, _CAGE_RATIO = 100, 1.25
_CARBON = 6


def assign_types(source: Complex, graph: Graph | None = None) -> tuple[str, ...]:
    """IDATM type of every atom of a complex, hydrogens included.

    Pocket and ligand are typed as the two separate molecules that they are: no bond joins them.

    Parameters
    ----------
    source : Complex
    graph : Graph, optional
        ``Graph.of(source)`` if the caller has it.

    Returns
    -------
    tuple of str
        One type an atom; an element symbol where IDATM knows no better.
    """
    draft = _draft(source, graph or Graph.of(source))
    if draft.pending:
        assign_by_degree(draft)
        assign_terminal(draft)
        revisit_two_neighbours(draft)
        promote_short_npl(draft)
        assign_aromatic(draft)
        revert_hasty_n2(draft)
        demote_isolated_c2(draft)
        assign_charged(draft)
        assign_conjugated_nitrogens(draft)
        assign_terminal_oxygens(draft)
    return tuple(draft.types)


def _draft(source: Complex, graph: Graph) -> Draft:
    """Type hydrogens and standard residues; list what is left to compute."""
    element, names = graph.element, graph.name
    types = [SYMBOLS[z] if 0 <= z < len(SYMBOLS) else SYMBOLS[0] for z in element]
    computed = [False] * len(element)
    pending: list[int] = []
    ring_atoms: list[int] = []
    cages = {flag for flag in (False, True) if _is_cage(source, flag)}
    joints = _joints(source, graph)
    on_carbon = _on_carbon(source)
    starts = source.residue_start.tolist()
    sides = source.residue_is_ligand.tolist()
    for row, residue in enumerate(source.residue_name.tolist()):
        if sides[row] in cages:
            continue
        atoms = range(starts[row], starts[row + 1])
        template = _template(graph, residue, atoms, joints.get(row, []))
        if template is None:
            ring_atoms.extend(atoms)
        for atom in atoms:
            if element[atom] == HYDROGEN:
                letter = "D" if template is None and names[atom][:1] in ("D", "d") else "H"
                types[atom] = letter + "C" if on_carbon[atom] else letter
            elif template is not None and (kind := template.get(names[atom])):
                types[atom] = kind
            else:
                computed[atom] = True
                pending.append(atom)
    return Draft(graph, types, computed, pending, ring_atoms)


def _on_carbon(source: Complex) -> list[bool]:
    """Whether each atom is bonded to a carbon."""
    found = np.zeros(len(source), bool)
    for near, far in (source.bonds.T, source.bonds.T[::-1]):
        found[near[source.element[far] == _CARBON]] = True
    flags: list[bool] = found.tolist()
    return flags


def _joints(source: Complex, graph: Graph) -> dict[int, list[tuple[str, str]]]:
    """Residue row -> bonds to other residues, as (name of its own atom, name of the other)."""
    crossing = source.bonds[source.residue[source.bonds[:, 0]] != source.residue[source.bonds[:, 1]]]
    joints: dict[int, list[tuple[str, str]]] = {}
    for bond in crossing.tolist():
        for own, other in (bond, bond[::-1]):
            joints.setdefault(graph.residue[own], []).append((graph.name[own], graph.name[other]))
    return joints


def _is_cage(source: Complex, ligand: bool) -> bool:
    atoms = int((source.is_ligand == ligand).sum())
    if not atoms or not len(source.bonds):
        return False
    bonds = int((source.is_ligand[source.bonds[:, 0]] == ligand).sum())
    return bonds - atoms > _CAGE_SURPLUS and bonds / atoms > _CAGE_RATIO


def _template(graph: Graph, name: str, atoms: range, joints: list[tuple[str, str]]) -> dict[str, str] | None:
    """Types by atom name for one residue, or None where all its atoms are to be computed."""
    names = graph.name
    if name == "UNK" and {"N", "CA", "C"} <= {names[a] for a in atoms}:
        name = "GLY"
    template = RESIDUE_TYPES.get(name)
    if template is None or any(_is_unusual(name, own, other) for own, other in joints):
        return None
    if name not in AMINO_ACIDS:
        return template
    changes: dict[str, str] = {}
    own_names = names[atoms.start : atoms.stop]
    if "OXT" in own_names:
        changes |= C_TERMINUS
    for hydrogen, acid in PROTONATED_ACIDS.get(name, {}).items():
        if hydrogen in own_names:
            changes |= acid
            break
    if not any(own == "N" for own, _ in joints):
        changes |= N_TERMINUS
    return {**template, **changes} if changes else template


def _is_unusual(name: str, own: str, other: str) -> bool:
    """A bond of a polymer residue to another residue from an atom that is not of the chain (a glycosylated ASN)."""
    if name in PROTEIN_NAMES:
        return own not in PROTEIN_CHAIN_ATOMS and not (own == other == "SG" and name in DISULFIDE_NAMES)
    return name in NUCLEIC_NAMES and own not in NUCLEIC_CHAIN_ATOMS
