"""Made-up complexes that a chemist would not frown at: the offline default, the tests, the examples.

A known drug is embedded in three dimensions; residues that offer it hydrogen bonds are docked onto its polar
atoms; stretches of backbone are packed around until the pocket has the size of a real one; what lies beyond
10 angstrom is cut, as the makers of pocket files do. The protein is fiction: nothing here says how the drug binds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from misi.paths import child, write_text
from misi.seeds import rank_of, rng_for
from misi.structures.synthetic_ligands import DRUGS, RESIDUE_NAME, embed, placed
from misi.structures.synthetic_pdb import pocket_text
from misi.structures.synthetic_pocket import Plan, build_pocket
from misi.structures.write_mol2 import mol2_text, sdf_text

_METALS = ("ZN", "MG", "CA")


@dataclass(frozen=True)
class SyntheticComplex:
    """One made-up complex as the text of its files.

    Attributes
    ----------
    id : str
        ``syn0001`` and on.
    drug : str
        Generic name of the ligand.
    pocket_pdb, ligand_mol2, ligand_sdf : str
    """

    id: str
    drug: str
    pocket_pdb: str
    ligand_mol2: str
    ligand_sdf: str


def _plan(index: int, seed: int, complex_id: str) -> Plan:
    """What this complex exercises: by its number where every small set shall have it, else drawn."""
    rng = rng_for(seed, "synthetic", complex_id, "plan")
    none = index % 10 == 6
    return Plan(
        residues=rng.randint(52, 69),
        hydrogen_bonds=0 if none else rng.randint(3, 9),
        metal=rng.choice(_METALS) if index % 4 == 2 and not none else "",
        polar_hydrogens=index % 2 == 1,
        chains=("A", "B") if index % 5 == 3 else ("A",),
        insertion_codes=index % 6 == 4,
        waters=0 if index % 7 == 5 else rng.randint(1, 3),
    )


def make_complex(index: int, seed: int) -> SyntheticComplex:
    """Complex number `index` (0-based) of the endless list that belongs to `seed`; the same whatever else is made."""
    complex_id = f"syn{index + 1:04d}"
    order = sorted(DRUGS, key=lambda name: rank_of(seed, "synthetic drug", name))
    ligand = embed(order[index % len(order)], rank_of(seed, "embed", complex_id) % 2**31)
    plan = _plan(index, seed, complex_id)
    pocket = build_pocket(ligand, plan, rng_for(seed, "synthetic", complex_id, "pocket"))
    mol = placed(ligand, pocket.ligand_xyz)
    names = [f"{atom.GetSymbol()}{atom.GetIdx() + 1}" for atom in mol.GetAtoms()]  # not those a reader makes up for SDF
    return SyntheticComplex(
        complex_id,
        ligand.drug,
        pocket_text(pocket, plan, complex_id, rng_for(seed, "synthetic", complex_id, "file")),
        mol2_text(mol, names, RESIDUE_NAME, f"{complex_id}_ligand"),
        sdf_text(mol, f"{complex_id}_ligand"),
    )


def make_complexes(n: int, seed: int = 0) -> Iterator[SyntheticComplex]:
    """The first `n` complexes of `seed`; a larger `n` only adds to the end."""
    return (make_complex(index, seed) for index in range(n))


def write_complexes(folder: Path, n: int, seed: int = 0) -> tuple[str, ...]:
    """Write `n` complexes in PDBbind's layout, ``<id>/<id>_pocket.pdb``, ``_ligand.mol2``, ``_ligand.sdf``.

    Returns
    -------
    tuple of str
        The ids, in order. Files of other names in `folder` are left alone.
    """
    ids = []
    for made in make_complexes(n, seed):
        for stem, suffix, text in (
            ("pocket", ".pdb", made.pocket_pdb),
            ("ligand", ".mol2", made.ligand_mol2),
            ("ligand", ".sdf", made.ligand_sdf),
        ):
            write_text(child(folder, made.id, f"{made.id}_{stem}", suffix=suffix), text)
        ids.append(made.id)
    return tuple(ids)
