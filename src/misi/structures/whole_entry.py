"""Whole entries: the ligand is found in the file, and the pocket cut around it.

The file is seen as molecules: chains of polymer residues, and groups of other residues bonded to one another by
distance. The ligand is the largest of those groups that is neither solvent nor additive nor part of a chain; of
equal ones the first in the file. A short peptide counts as a group; it is taken only if nothing else is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from misi.errors import StructureError
from misi.structures.bond_graph import BOND_TOLERANCE
from misi.structures.complex import HYDROGEN, METALS
from misi.structures.elements import ideal_length
from misi.structures.molecule import Molecule
from misi.structures.pocket_cut import cut_pocket
from misi.structures.read import bonded, molecule_of
from misi.structures.records import AtomRecord, CrossLink, FileRecords, ResidueId, residue_runs
from misi.structures.solvent import WATER_NAMES
from misi.structures.templates import NUCLEIC_NAMES, PROTEIN_NAMES

#: Heavy atoms of a ligand that is searched for: fewer make an ion or a small additive, more a polymer.
MIN_HEAVY_ATOMS = 6
MAX_HEAVY_ATOMS = 200

#: Residues of a chain up to which it counts as a peptide that may be a ligand.
MAX_PEPTIDE = 20

# Buffers, cryoprotectants, precipitants, detergents and caps of common crystallisation conditions, by their names in
# the wwPDB Chemical Component Dictionary; most are also on the list of artifacts of BioLiP (J. Yang, A. Roy and
# Y. Zhang, Nucleic Acids Res. 41 (2013) D1096-D1103).
_ADDITIVES = (
    "GOL EDO PGO PGR PDO BU1 BU3 HEZ MPD MRD MPO IPA EOH MOH TBU POL DIO PEG PGE PG0 PG4 PE3 PE4 PE5 PE7 PE8 1PE 2PE "
    "P33 P6G 12P 15P 7PE XPE TOE ETE M2M DMS DMF DMX ACN ACT ACY FMT OXL CIT FLC TAR TLA SRT MLI MLA SIN SUC TRE BCT "
    "CO3 SO4 SO3 PO4 PI PO3 2HP NO3 SCN AZI CYN NH4 NH2 ACE TRS EPE MES BTB B3P BCN CAC NHE CPS HEP BIS TAM TAU IMD "
    "GAI URE BME DTT DTV DTU TCE LDA LMT LMU BOG BNG C8E CXE D10 D12 HTO HTG OCT HEX DD9 SDS DAO JEF UNX UNL UND UPL"
)
ADDITIVES = frozenset(_ADDITIVES.split())

# Sugars that hang on asparagine and serine chains of glycoproteins.
_GLYCANS = frozenset(["NAG", "NDG", "BMA", "MAN", "FUC", "FUL", "GAL", "GLA", "SIA", "BGC", "GLC", "XYP", "A2G", "NGA"])

_BACKBONE = frozenset(["N", "CA", "C"])

#: Longest bond that is looked for, angstrom: two of the largest non-metal radii (iodine, 1.40) and the tolerance.
_REACH = 3.2

#: Atoms in a cube of that length beyond which a file is refused: molecules have a dozen, thirty poses some hundred.
_MAX_CROWD = 500


@dataclass(frozen=True)
class _Group:
    """Residues of the file that make one molecule, and what speaks for and against it as the ligand."""

    residues: tuple[int, ...]
    names: frozenset[str]
    heavy: int
    attached: bool
    peptide: bool


def _bonds_of(
    atoms: Sequence[AtomRecord], residue_of: Sequence[int], movers: Sequence[bool]
) -> Iterator[tuple[int, int]]:
    """Pairs of heavy non-metal atoms of two residues within bonding distance; the first one's residue is a mover.

    Atoms are sorted into cubes of the longest bond's length, so that the time grows with their number alone.

    Raises
    ------
    StructureError
        `stacked_atoms`.
    """
    cells: dict[tuple[int, int, int], list[int]] = {}
    solid = [row for row, atom in enumerate(atoms) if atom.element > HYDROGEN and atom.element not in METALS]
    for row in solid:
        atom = atoms[row]
        cells.setdefault((int(atom.x // _REACH), int(atom.y // _REACH), int(atom.z // _REACH)), []).append(row)
    crowd = max(cells.values(), key=len, default=[])
    if len(crowd) > _MAX_CROWD:
        raise StructureError(
            "stacked_atoms", f"{len(crowd)} atoms lie on {atoms[crowd[0]].residue_name} one upon another"
        )
    shifts = [(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)]
    for row in solid:
        if not movers[residue_of[row]]:
            continue
        a = atoms[row]
        home = int(a.x // _REACH), int(a.y // _REACH), int(a.z // _REACH)
        for x, y, z in shifts:
            for other in cells.get((home[0] + x, home[1] + y, home[2] + z), ()):
                if residue_of[other] == residue_of[row]:
                    continue
                b = atoms[other]
                limit = ideal_length(a.element, b.element)
                squared = (a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2
                if limit > 0.0 and squared <= (limit + BOND_TOLERANCE) ** 2:
                    yield row, other


def _chain_lengths(firsts: Sequence[AtomRecord], polymer: Sequence[bool]) -> dict[str, int]:
    """Polymer residues of each chain letter."""
    lengths: dict[str, int] = {}
    for atom, counted in zip(firsts, polymer, strict=True):
        if counted:
            lengths[atom.residue_id.chain] = lengths.get(atom.residue_id.chain, 0) + 1
    return lengths


def _groups(records: FileRecords) -> tuple[list[range], list[_Group], list[tuple[int, int]]]:
    """Residues of the file, the molecules that are no long chain, and the bonds between residues of these."""
    atoms = records.atoms
    runs = residue_runs(atoms)
    firsts = [atoms[run.start] for run in runs]
    modified = {residue for residue, _ in records.modified}
    names = PROTEIN_NAMES | NUCLEIC_NAMES
    # Free amino acids and nucleotides stand in HETATM records, those of chains (and MSE with them) do not or are known.
    polymer = [
        atom.residue_id in modified or (atom.residue_name in names and (not atom.het or atom.residue_name == "MSE"))
        for atom in firsts
    ]
    lengths = _chain_lengths(firsts, polymer)
    long = [
        counted and (atom.residue_name in NUCLEIC_NAMES or lengths[atom.residue_id.chain] > MAX_PEPTIDE)
        for atom, counted in zip(firsts, polymer, strict=True)
    ]
    movers = [
        not held and atom.residue_name not in WATER_NAMES and len(run) > 1
        for held, atom, run in zip(long, firsts, runs, strict=True)
    ]
    residue_of = [row for row, run in enumerate(runs) for _ in run]
    root = list(range(len(runs)))

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    def unite(a: int, b: int) -> None:
        first, second = sorted((find(a), find(b)))
        root[second] = first

    attached: set[int] = set()
    bonds: list[tuple[int, int]] = []
    for a, b in _bonds_of(atoms, residue_of, movers):
        first, second = residue_of[a], residue_of[b]
        if movers[second]:
            unite(first, second)
            bonds.append((a, b))
        elif long[second]:
            attached.add(first)
    leader: dict[str, int] = {}  # a peptide with gaps is one molecule
    for row, atom in enumerate(firsts):
        if movers[row] and polymer[row]:
            unite(leader.setdefault(atom.residue_id.chain, row), row)
    members: dict[int, list[int]] = {}
    for row in range(len(runs)):
        if movers[row]:
            members.setdefault(find(row), []).append(row)
    groups = [
        _Group(
            residues=tuple(rows),
            names=frozenset(firsts[row].residue_name for row in rows),
            heavy=sum(atoms[at].element > HYDROGEN for row in rows for at in runs[row]),
            attached=not attached.isdisjoint(rows),
            peptide=any(polymer[row] for row in rows),
        )
        for rows in members.values()
    ]
    return runs, groups, bonds


def _is_candidate(group: _Group, records: FileRecords, runs: Sequence[range]) -> bool:
    if not MIN_HEAVY_ATOMS <= group.heavy <= MAX_HEAVY_ATOMS or len(group.residues) > MAX_PEPTIDE:
        return False
    if group.names <= ADDITIVES:
        return False
    if not group.attached:
        return True
    # Bonded to a chain: a modified residue of it, its glycans, or at last a covalent ligand.
    backbone = any({records.atoms[at].name for at in runs[row]} >= _BACKBONE for row in group.residues)
    return not backbone and not group.peptide and not group.names <= _GLYCANS


def split_entry(records: FileRecords, origin: str) -> tuple[Molecule, Molecule]:
    """The pocket and the ligand of an entry.

    Raises
    ------
    StructureError
        `no_ligand` where no molecule qualifies, `no_pocket` where nothing is near it, `stacked_atoms` where too many
        atoms share a place.
    """
    runs, groups, bonds = _groups(records)
    candidates = [group for group in groups if _is_candidate(group, records, runs)]
    if not candidates:
        passed = sorted({name for group in groups if not group.peptide for name in group.names})
        seen = f"; passed over: {', '.join(passed[:8])}" if passed else ""
        raise StructureError("no_ligand", f"{origin} holds no molecule of {MIN_HEAVY_ATOMS} heavy atoms or more{seen}")
    best = min(candidates, key=lambda group: (group.peptide, group.attached, -group.heavy, group.residues))
    rows = [at for residue in best.residues for at in runs[residue]]
    chosen = set(rows)

    def end(row: int) -> tuple[ResidueId, str]:
        return records.atoms[row].residue_id, records.atoms[row].name

    links = tuple(CrossLink(*end(a), *end(b)) for a, b in bonds if a in chosen and b in chosen)
    own = FileRecords(tuple(records.atoms[row] for row in rows), records.conect, links, records.modified)
    ligand = bonded(own, origin)
    rest = replace(records, atoms=tuple(atom for row, atom in enumerate(records.atoms) if row not in chosen))
    first = records.atoms[rows[0]]
    name = f"{first.residue_name} {first.residue_id.chain} {first.residue_id.number}{first.residue_id.icode}"
    others = len(candidates) - 1
    note = f"{origin}: ligand {name}, {best.heavy} heavy atoms" + (f", chosen among {others + 1}" if others else "")
    pocket = molecule_of(cut_pocket(rest, ligand, origin), origin)
    return replace(pocket, notes=(*pocket.notes, note)), ligand
