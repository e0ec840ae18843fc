"""Minimal rings: the symmetrised smallest set of smallest rings of a bond graph."""

from collections.abc import Mapping, Sequence

from rdkit import Chem

Ring = tuple[int, ...]


def minimal_rings(neighbours: Mapping[int, Sequence[int]]) -> tuple[Ring, ...]:
    """Minimal rings of a graph, each as atoms in ring order; small rings first, then atom order.

    Where several sets of smallest rings are possible, the rings of equal size of all of them are given.

    Parameters
    ----------
    neighbours : mapping
        Atom -> its neighbours, all of them keys too.
    """
    inside = {atom: list(row) for atom, row in neighbours.items()}
    _strip_chains(inside)
    if not inside:
        return ()
    find = _lone_cycles if all(len(row) == 2 for row in inside.values()) else _symmetrised
    return tuple(sorted(find(inside), key=lambda ring: (len(ring), sorted(ring))))


def _strip_chains(inside: dict[int, list[int]]) -> None:
    """Remove, in place, every atom that lies outside rings and between none of them."""
    ends = [atom for atom, row in inside.items() if len(row) < 2]
    while ends:
        end = ends.pop()
        for n in inside.pop(end, ()):
            row = inside.get(n)
            if row is not None:
                row.remove(end)
                if len(row) == 1:
                    ends.append(n)
                elif not row:
                    del inside[n]


def _lone_cycles(inside: dict[int, list[int]]) -> list[Ring]:
    """Cycles of a graph in which every atom has two neighbours."""
    rings, seen = [], set[int]()
    for start in inside:
        if start in seen:
            continue
        ring, previous, here = [start], start, inside[start][0]
        while here != start:
            ring.append(here)
            a, b = inside[here]
            previous, here = here, (b if a == previous else a)
        seen.update(ring)
        rings.append(tuple(ring))
    return rings


def _symmetrised(inside: dict[int, list[int]]) -> list[Ring]:
    molecule = Chem.RWMol()
    order = sorted(inside)
    index = {atom: molecule.AddAtom(Chem.Atom(0)) for atom in order}
    for atom in order:
        for n in inside[atom]:
            if atom < n:
                molecule.AddBond(index[atom], index[n], Chem.BondType.SINGLE)
    return [tuple(order[i] for i in ring) for ring in Chem.GetSymmSSSR(molecule)]
