"""Inline structure files, and the folders of real files beside the repository."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[4] / "shared"


def _atom_line(
    serial: int,
    name: str,
    residue: str,
    number: int | str,
    xyz: Sequence[float],
    *,
    chain: str = "A",
    element: str = "",
    altloc: str = " ",
    icode: str = " ",
    het: bool = False,
    occupancy: float = 1.0,
    bfactor: float = 0.0,
) -> str:
    """One line of a PDB file; a name of up to three letters starts in column 14."""
    columns = name if len(name) == 4 else f" {name}"
    x, y, z = xyz
    return (
        f"{'HETATM' if het else 'ATOM  '}{serial:5d} {columns:<4}{altloc}{residue:>3} {chain}{number:>4}{icode}   "
        f"{x:8.3f}{y:8.3f}{z:8.3f}{occupancy:6.2f}{bfactor:6.2f}          {element:>2}"
    )


@pytest.fixture(scope="session")
def atom_line() -> Callable[..., str]:
    return _atom_line


@pytest.fixture(scope="session")
def backbone() -> Callable[..., list[str]]:
    """Lines of a residue's N, CA, C and O: N, CA and C along x, 1.4 A apart; the next residue fits 4.2 A on."""

    def lines(number: int, at: float, name: str = "ALA", **kind: object) -> list[str]:
        places = {"N": (at, 0.0, 0.0), "CA": (at + 1.4, 0.0, 0.0), "C": (at + 2.8, 0.0, 0.0), "O": (at + 2.8, 1.2, 0.0)}
        return [
            _atom_line(10 * number + offset, atom, name, number, xyz, element=atom[0], **kind)
            for offset, (atom, xyz) in enumerate(places.items())
        ]

    return lines


def _shared(name: str) -> Path:
    folder = _SHARED / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    return folder


@pytest.fixture(scope="session")
def complexes() -> Path:
    """Real pocket and ligand files."""
    return _shared("complexes")


@pytest.fixture(scope="session")
def nasty() -> Path:
    """Real files that cause trouble."""
    return _shared("nasty")
