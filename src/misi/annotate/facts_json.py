"""Facts as plain values, one JSON object a complex."""

from typing import Any

from misi.annotate.facts import Facts, HBond
from misi.annotate.second_opinion import SecondOpinion
from misi.structures.complex import Complex

_DECIMALS = 4


def facts_as_json(facts: Facts, opinion: SecondOpinion | None = None) -> dict[str, Any]:
    """The `misi annotate` line of a complex.

    Parameters
    ----------
    facts : Facts
    opinion : SecondOpinion, optional
        Adds ``second_opinion`` to each hydrogen bond: agree, disagree, or None.

    Returns
    -------
    dict
        ``id``; ``hbonds`` and ``near_misses``: lists of donor, acceptor and hydrogen (atom objects, hydrogen None
        where the file has none) with distances in angstrom, angle in degrees, classes, margin and limit;
        ``ligand_types``: types of all ligand atoms in file order, hydrogens included.
    """
    source = facts.complex
    ligand = sorted(source.is_ligand.nonzero()[0].tolist(), key=source.file_index.tolist().__getitem__)
    return {
        "id": source.id,
        "hbonds": [{**_bond(facts, bond), **_verdict(facts, bond, opinion)} for bond in facts.hbonds],
        "near_misses": [_bond(facts, bond) for bond in facts.near_misses],
        "ligand_types": [facts.types[atom] for atom in ligand],
    }


def _bond(facts: Facts, bond: HBond) -> dict[str, Any]:
    return {
        "donor": _atom(facts.complex, facts.types, bond.donor),
        "acceptor": _atom(facts.complex, facts.types, bond.acceptor),
        "hydrogen": None if bond.hydrogen is None else _atom(facts.complex, facts.types, bond.hydrogen),
        "distance": round(bond.distance, _DECIMALS),
        "hydrogen_distance": None if bond.hydrogen_distance is None else round(bond.hydrogen_distance, _DECIMALS),
        "angle": None if bond.angle is None else round(bond.angle, _DECIMALS),
        "donor_class": bond.donor_class,
        "acceptor_class": bond.acceptor_class,
        "margin": round(bond.margin, _DECIMALS),
        "limit": bond.limit,
    }


def _verdict(facts: Facts, bond: HBond, opinion: SecondOpinion | None) -> dict[str, str | None]:
    if opinion is None:
        return {}
    given = facts.complex.is_ligand[bond.donor]
    pair = (bond.acceptor, bond.donor) if given else (bond.donor, bond.acceptor)
    return {"second_opinion": opinion.verdict(pair)}


def _atom(source: Complex, types: tuple[str, ...], atom: int) -> dict[str, Any]:
    residue = source.residue_key(int(source.residue[atom]))
    return {
        "side": "ligand" if source.is_ligand[atom] else "pocket",
        "chain": residue.chain,
        "number": residue.number,
        "icode": residue.icode,
        "residue": residue.name,
        "atom": str(source.name[atom]),
        "index": int(source.file_index[atom]),
        "type": types[atom],
        "xyz": [round(value, _DECIMALS) for value in source.xyz[atom].tolist()],
    }
