"""IDATM atom types from elements, coordinates and connectivity.

E.C. Meng and R.A. Lewis, "Determination of molecular topology and atomic hybridization states from heavy atom
coordinates", J. Comput. Chem. 12 (1991) 891-898, with the later extensions of the UCSF Chimera programs. Bond
orders, formal charges and the files' own atom types are not used. Standard residues are typed by name.
"""

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
from misi.annotate.idatm_draft import Draft
from misi.annotate.idatm_local import (
    assign_by_degree,
    assign_terminal,
    promote_short_npl,
    revisit_two_neighbours,
)
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
    element = graph.element
    types = [SYMBOLS[z] if 0 <= z < len(SYMBOLS) else SYMBOLS[0] for z in element]
    computed = [False] * len(element)
    pending: list[int] = []
    ring_atoms: list[int] = []
    cages = {flag for flag in (False, True) if _is_cage(source, flag)}
    names = source.residue_name.tolist()
    starts = source.residue_start.tolist()
    sides = source.residue_is_ligand.tolist()
    for row, name in enumerate(names):
        if sides[row] in cages:
            continue
        atoms = range(starts[row], starts[row + 1])
        template = _template(graph, name, atoms)
        if template is None:
            ring_atoms.extend(atoms)
        for atom in atoms:
            if element[atom] == HYDROGEN:
                types[atom] = _hydrogen_type(graph, atom, template is not None)
            elif template is not None and (kind := template.get(graph.name[atom])):
                types[atom] = kind
            else:
                computed[atom] = True
                pending.append(atom)
    return Draft(graph, types, computed, pending, ring_atoms)


def _is_cage(source: Complex, ligand: bool) -> bool:
    atoms = int((source.is_ligand == ligand).sum())
    if not atoms or not len(source.bonds):
        return False
    bonds = int((source.is_ligand[source.bonds[:, 0]] == ligand).sum())
    return bonds - atoms > _CAGE_SURPLUS and bonds / atoms > _CAGE_RATIO


def _hydrogen_type(graph: Graph, atom: int, templated: bool) -> str:
    letter = "D" if not templated and graph.name[atom][:1] in ("D", "d") else "H"
    on_carbon = any(graph.element[n] == 6 for n in graph.neighbours[atom])
    return letter + "C" if on_carbon else letter


def _template(graph: Graph, name: str, atoms: range) -> dict[str, str] | None:
    """Types by atom name for one residue, or None where all its atoms are to be computed."""
    own_names = {graph.name[a] for a in atoms}
    if name == "UNK" and {"N", "CA", "C"} <= own_names:
        name = "GLY"
    template = RESIDUE_TYPES.get(name)
    if template is None or _bonded_unusually(graph, name, atoms):
        return None
    if name not in AMINO_ACIDS:
        return template
    changes: dict[str, str] = {}
    if "OXT" in own_names:
        changes |= C_TERMINUS
    for hydrogen, acid in PROTONATED_ACIDS.get(name, {}).items():
        if hydrogen in own_names:
            changes |= acid
            break
    for atom in atoms:
        if graph.name[atom] == "N":
            if not any(graph.residue[n] != graph.residue[atom] for n in graph.neighbours[atom]):
                changes |= N_TERMINUS
            break
    return {**template, **changes} if changes else template


def _bonded_unusually(graph: Graph, name: str, atoms: range) -> bool:
    """A polymer residue bonded to another residue from an atom that is not of the chain (a glycosylated ASN)."""
    if name in PROTEIN_NAMES:
        usual = PROTEIN_CHAIN_ATOMS
    elif name in NUCLEIC_NAMES:
        usual = NUCLEIC_CHAIN_ATOMS
    else:
        return False
    for atom in atoms:
        if graph.name[atom] in usual:
            continue
        for n in graph.neighbours[atom]:
            if not atoms.start <= n < atoms.stop and not (
                graph.name[atom] == "SG" and graph.name[n] == "SG" and name in DISULFIDE_NAMES
            ):
                return True
    return False
