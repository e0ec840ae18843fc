"""From a whole wwPDB entry to one ligand and its pocket.

Which ligand: the molecules of the entry are its short polymers (at most 20 residues), its carbohydrates, and its
other components, joined where the entry records a covalent bond; the wanted name picks among them. Which copy: the
one with most atoms observed, then highest mean occupancy, then lowest mean B factor, then first in the file. Which
surroundings: the first biological assembly that holds this copy (its first model), because a pocket may be made by
two symmetry copies of one chain; without one, the deposited coordinates. Which residues: whole ones with a heavy
atom within 10 angstrom, waters and crystallisation additives left out, metals and cofactors kept.
"""

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import gemmi
import numpy as np

from misi.errors import StructureError
from misi.structures.complex import Floats
from misi.structures.distances import nearest_distances
from misi.structures.fetch_ligand import LigandAtom
from misi.structures.pocket_cut import POCKET_RADIUS
from misi.structures.whole_entry import ADDITIVES, MAX_HEAVY_ATOMS, MAX_PEPTIDE, MIN_HEAVY_ATOMS
from misi.structures.write_pdb import PdbAtom

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHAINS = string.ascii_uppercase + string.ascii_lowercase + string.digits
#: A symmetry copy this near to the ligand is the ligand itself on a symmetry axis, angstrom.
_SAME_PLACE = 1.0
_LARGEST_RESIDUE = 40.0  # angstrom from the first atom of a residue to its farthest, generously
_LINK = 2.2  # longest bond between residues of a ligand, angstrom (S-S 2.05)


@dataclass(frozen=True)
class Cut:
    """A ligand and its pocket, ready to be written.

    Attributes
    ----------
    component_names : tuple of str
        Of the ligand's residues.
    atoms : tuple of LigandAtom
    links : tuple of (int, int)
        Bonds between residues of the ligand, rows of `atoms`.
    pocket : tuple of PdbAtom
    header : tuple of str
        SSBOND and MODRES records.
    where : str
        The copy in words: name, chain, number.
    assembly : str
        Name of the assembly, or empty.
    notes : tuple of str
    """

    component_names: tuple[str, ...]
    atoms: tuple[LigandAtom, ...]
    links: tuple[tuple[int, int], ...]
    pocket: tuple[PdbAtom, ...]
    header: tuple[str, ...]
    where: str
    assembly: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Residue:
    """A residue with one alternate location chosen, heavy atoms only."""

    source: gemmi.Residue
    chain: str
    atoms: tuple[gemmi.Atom, ...]
    xyz: Floats


@dataclass(frozen=True)
class _Molecule:
    """Residues that make one molecule, and whether it is bonded to a long chain."""

    residues: tuple[_Residue, ...]
    attached: bool


def _one_location(chain: str, residue: gemmi.Residue) -> _Residue:
    """The location of highest mean occupancy, of equals the first letter; atoms without letter belong to all."""
    letters: dict[str, list[float]] = {}
    for atom in residue:
        if atom.has_altloc():
            letters.setdefault(atom.altloc, []).append(atom.occ)
    best = min(letters, key=lambda key: (-sum(letters[key]) / len(letters[key]), key)) if letters else ""
    chosen: dict[str, gemmi.Atom] = {}
    for atom in residue:
        if not atom.is_hydrogen() and (not atom.has_altloc() or atom.altloc == best):
            chosen.setdefault(atom.name, atom)
    atoms = tuple(chosen.values())
    return _Residue(residue, chain, atoms, np.array([atom.pos.tolist() for atom in atoms]).reshape(-1, 3))


def read_entry(text: str, origin: str) -> tuple[gemmi.Structure, str]:
    """Parse an entry's mmCIF; also its first release date (``YYYY-MM-DD``, or empty).

    Raises
    ------
    StructureError
        `bad_cif` or `no_atoms`.
    """
    try:
        block = gemmi.cif.read_string(text)[0]
        structure = gemmi.make_structure_from_block(block)
        structure.setup_entities()
        dates = sorted(map(gemmi.cif.as_string, block.find_values("_pdbx_audit_revision_history.revision_date")))
    except (RuntimeError, ValueError, IndexError) as error:
        raise StructureError("bad_cif", f"{origin} is no readable mmCIF file: {str(error).strip()[:100]}") from None
    if not len(structure) or not structure[0].count_atom_sites():
        raise StructureError("no_atoms", f"{origin} holds no atoms")
    return structure, dates[0] if dates and _DATE.fullmatch(dates[0]) else ""


def _molecules(structure: gemmi.Structure) -> list[_Molecule]:
    """Everything in the first model that may be a ligand."""
    groups: dict[str, list[tuple[str, gemmi.Residue]]] = {}
    home: dict[tuple[str, str, str], str] = {}
    for chain in structure[0]:
        for residue in chain:
            if residue.entity_type == gemmi.EntityType.Water:
                continue
            key = f"{chain.name} {residue.subchain}"
            if residue.entity_type == gemmi.EntityType.NonPolymer or not residue.subchain:
                key = f"{key} {residue.seqid}"
            groups.setdefault(key, []).append((chain.name, residue))
            home[chain.name, str(residue.seqid), residue.name] = key
    groups = {
        key: some
        for key, some in groups.items()
        if some[0][1].entity_type != gemmi.EntityType.Polymer or len(some) <= MAX_PEPTIDE
    }
    held: set[str] = set()  # bonded to a long chain: glycans, modified side chains, covalent inhibitors
    for link in structure.connections:
        if link.type != gemmi.ConnectionType.Covale or link.asu == gemmi.Asu.Different:
            continue
        ends = (link.partner1, link.partner2)
        a, b = (home.get((end.chain_name, str(end.res_id.seqid), end.res_id.name), "") for end in ends)
        if a in groups and b in groups and a != b:
            groups[a] += groups.pop(b)
            held |= {a} if b in held else set()
            home = {residue: a if key == b else key for residue, key in home.items()}
        elif a and b and (a in groups) != (b in groups):
            held.add(a if a in groups else b)
    located = ((key in held, [_one_location(*one) for one in some]) for key, some in groups.items())
    return [
        _Molecule(residues, attached)
        for attached, some in located
        if (residues := tuple(one for one in some if one.atoms))
    ]


def _matches(molecule: _Molecule, wanted: str) -> bool:
    names = [one.source.name for one in molecule.residues]
    if match := re.fullmatch(r"(\d+)-mer", wanted):
        return len(names) == int(match[1])
    if not wanted:
        heavy = sum(len(one.atoms) for one in molecule.residues)
        return MIN_HEAVY_ATOMS <= heavy <= MAX_HEAVY_ATOMS and not set(names) <= ADDITIVES
    parts = re.split(r"[-&/+]", wanted)
    return Counter(names) == Counter(parts)


def _choose(molecules: Sequence[_Molecule], wanted: str, origin: str) -> tuple[_Molecule, tuple[str, ...]]:
    """The copy to take, and a note on how many there were."""
    found = [molecule for molecule in molecules if _matches(molecule, wanted)]
    if not found and re.search(r"[&/]", wanted):  # isomers under two names, of which the entry has one
        names = re.split(r"[-&/+]", wanted)
        found = [m for m in molecules if len(m.residues) == 1 and m.residues[0].source.name in names]
    if not found:
        seen = sorted({"-".join(one.source.name for one in m.residues)[:20] for m in molecules})
        raise StructureError(
            "no_ligand", f"{origin} has no {wanted or 'ligand'}; it has {', '.join(seen[:8]) or 'none'}"
        )

    def merit(molecule: _Molecule) -> tuple[bool, bool, int, float, float]:
        atoms = [atom for one in molecule.residues for atom in one.atoms]
        peptide = molecule.residues[0].source.entity_type == gemmi.EntityType.Polymer
        mean_b = sum(atom.b_iso for atom in atoms) / len(atoms)
        occupancy = sum(atom.occ for atom in atoms) / len(atoms)
        return (molecule.attached and not wanted, peptide and not wanted, -len(atoms), -occupancy, mean_b)

    best = min(found, key=merit)
    return best, (f"one of {len(found)} copies",) if len(found) > 1 else ()


def _links(molecule: Sequence[_Residue]) -> tuple[tuple[int, int], ...]:
    """The shortest contact of bonding length between each two residues of the ligand."""
    starts = np.cumsum([0, *(len(one.atoms) for one in molecule)]).tolist()
    found = []
    for i, first in enumerate(molecule):
        for j in range(i + 1, len(molecule)):
            gaps = np.stack([nearest_distances(first.xyz, xyz[None]) for xyz in molecule[j].xyz], axis=1)
            a, b = divmod(int(gaps.argmin()), gaps.shape[1])
            if gaps[a, b] <= _LINK:
                found.append((starts[i] + a, starts[j] + b))
    return tuple(found)


def _surroundings(structure: gemmi.Structure, ligand: Sequence[_Residue]) -> tuple[str, Iterator[_Residue]]:
    """Name of the assembly and its residues, those of symmetry copies moved and under chain names with a number."""
    subchain = ligand[0].source.subchain
    for assembly in structure.assemblies:
        if any(subchain in generator.subchains for generator in assembly.generators):
            return assembly.name, _assembled(structure, assembly, np.concatenate([one.xyz for one in ligand]))
    return "", (_one_location(chain.name, residue) for chain in structure[0] for residue in chain)


def _assembled(structure: gemmi.Structure, assembly: gemmi.Assembly, target: Floats) -> Iterator[_Residue]:
    """Residues of the assembly in the neighbourhood of the ligand; a virus shell has sixty times the rest."""
    copies: Counter[str] = Counter()
    x, y, z = ((target.min(axis=0) + target.max(axis=0)) / 2.0).tolist()
    reach = float(np.ptp(target, axis=0).max()) + POCKET_RADIUS + _LARGEST_RESIDUE
    for generator in assembly.generators:
        members = set(generator.subchains)
        for operator in generator.operators:
            moved = not operator.transform.is_identity()
            for chain in structure[0]:
                if not any(residue.subchain in members for residue in chain):
                    continue
                copies[chain.name] += moved
                name = f"{chain.name}{copies[chain.name] + 1}" if moved else chain.name
                for residue in chain:
                    if residue.subchain not in members or not len(residue):
                        continue
                    spot = operator.transform.apply(residue[0].pos)
                    if abs(spot.x - x) > reach or abs(spot.y - y) > reach or abs(spot.z - z) > reach:
                        continue
                    one = _one_location(name, residue)
                    if moved:
                        xyz = np.array([operator.transform.apply(atom.pos).tolist() for atom in one.atoms])
                        one = _Residue(residue, name, one.atoms, xyz.reshape(-1, 3))
                    yield one


def cut_entry(structure: gemmi.Structure, wanted: str, origin: str, radius: float = POCKET_RADIUS) -> Cut:
    """Find the wanted ligand in an entry and cut its pocket.

    Raises
    ------
    StructureError
        `no_ligand`, `no_pocket`, or `too_many_chains` (more than PDB files have letters for).
    """
    chosen, notes = _choose(_molecules(structure), wanted, origin)
    ligand = chosen.residues
    if chosen.attached:
        notes = (*notes, "the ligand is bonded to a chain")
    target = np.concatenate([one.xyz for one in ligand])
    own = {(one.chain, str(one.source.seqid), one.source.name) for one in ligand}
    assembly, around = _surroundings(structure, ligand)
    pocket: list[_Residue] = []
    for one in around:
        if not one.atoms or one.source.is_water() or one.source.name in ADDITIVES:
            continue
        gap = float(nearest_distances(one.xyz, target).min())
        is_ligand = (one.chain, str(one.source.seqid), one.source.name) in own
        if gap <= radius and not is_ligand and not (gap < _SAME_PLACE and one.source.name in {n for _, _, n in own}):
            pocket.append(one)
    if not any(len(one.atoms) > 1 for one in pocket):
        raise StructureError("no_pocket", f"{origin} has no residue within {radius:g} A of the ligand")
    letters = _letters([one.chain for one in pocket], origin)
    renamed = tuple(f"chain {name} is written as {letter}" for name, letter in letters.items() if name != letter)
    first = ligand[0]
    return Cut(
        tuple(one.source.name for one in ligand),
        tuple(
            LigandAtom(k, atom.name, atom.element.atomic_number, (float(x), float(y), float(z)))
            for k, one in enumerate(ligand)
            for atom, (x, y, z) in zip(one.atoms, one.xyz, strict=True)
        ),
        _links(ligand),
        tuple(_records(pocket, letters)),
        tuple(_header(structure, pocket, letters)),
        f"{'-'.join(one.source.name for one in ligand)} {first.chain} {first.source.seqid}",
        assembly,
        (*notes, *renamed),
    )


def _letters(chains: Sequence[str], origin: str) -> dict[str, str]:
    """One letter for each chain: its own where it is one, else the next free."""
    names = list(dict.fromkeys(chains))
    letters = {name: name for name in names if len(name) == 1}
    free = (letter for letter in _CHAINS if letter not in letters)
    for name in names:
        if name not in letters:
            letter = next(free, None)
            if letter is None:
                raise StructureError("too_many_chains", f"{origin}: the pocket has {len(names)} chains")
            letters[name] = letter
    return letters


def _records(pocket: Sequence[_Residue], letters: dict[str, str]) -> Iterator[PdbAtom]:
    """Atoms by chain in order of first appearance, residues in file order."""
    order = {chain: k for k, chain in enumerate(letters)}
    for one in sorted(pocket, key=lambda one: order[one.chain]):
        residue = one.source
        het = residue.het_flag == "H"
        for atom, (x, y, z) in zip(one.atoms, one.xyz.tolist(), strict=True):
            yield PdbAtom(
                het,
                atom.name,
                atom.element.name,
                residue.name,
                letters[one.chain],
                residue.seqid.num or 0,
                residue.seqid.icode.strip(),
                x,
                y,
                z,
                atom.occ,
                atom.b_iso,
            )


def _header(structure: gemmi.Structure, pocket: Sequence[_Residue], letters: dict[str, str]) -> Iterator[str]:
    """MODRES for modified residues of chains, SSBOND for the entry's disulfides that lie in the pocket."""
    for one in pocket:
        residue = one.source
        info = gemmi.find_tabulated_residue(residue.name)
        if residue.entity_type == gemmi.EntityType.Polymer and info.one_letter_code.islower():
            parent = gemmi.expand_one_letter(info.one_letter_code.upper(), gemmi.ResidueKind.AA)
            if parent:
                yield (
                    f"MODRES {structure.name[:4].upper():<4s} {residue.name:>3s} {letters[one.chain]} "
                    f"{residue.seqid.num:4d}{residue.seqid.icode} {parent:>3s}"
                )
    here = {(one.chain, str(one.source.seqid)) for one in pocket if one.source.name == "CYS"}
    count = 0
    for link in structure.connections:
        ends = [(end.chain_name, end.res_id.seqid) for end in (link.partner1, link.partner2)]
        if link.type != gemmi.ConnectionType.Disulf or link.asu == gemmi.Asu.Different:
            continue
        if all((chain, str(seqid)) in here for chain, seqid in ends):
            count += 1
            first, second = (f"CYS {letters[chain]} {seqid.num:4d}{seqid.icode}" for chain, seqid in ends)
            yield f"SSBOND {count % 1000:3d} {first}   {second}"
