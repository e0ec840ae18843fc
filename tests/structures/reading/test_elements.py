import pytest

from misi.structures.complex import METALS
from misi.structures.elements import COVALENT_RADII, SYMBOLS, atomic_number, ideal_length


@pytest.mark.parametrize(
    ("symbol", "number"), [("C", 6), ("ZN", 30), (" cl ", 17), ("D", 1), ("Og", 118), ("Q", 0), ("", 0)]
)
def test_numbers(symbol: str, number: int) -> None:
    assert atomic_number(symbol) == number


def test_every_symbol_is_its_own_inverse() -> None:
    assert [atomic_number(symbol) for symbol in SYMBOLS[1:]] == list(range(1, 119))
    assert len(COVALENT_RADII) == len(SYMBOLS)


def test_radii_of_the_published_table() -> None:
    assert ideal_length(7, 1) == pytest.approx(0.91)
    assert ideal_length(16, 1) == pytest.approx(1.25)
    assert [COVALENT_RADII[atomic_number(s)] for s in ("B", "Se", "I", "Si", "Fe")] == [0.83, 1.22, 1.40, 1.20, 1.34]
    assert all(COVALENT_RADII[number] > 0 for number in METALS if number not in (*range(84, 88), *range(96, 104))), (
        "a common metal without a radius would bond to nothing"
    )
