"""Types and classes of the groups that drugs consist of; names are element and SMILES position."""

import pytest

from misi.annotate.criteria import ACCEPTOR_LIMITS, DONOR_LIMITS
from misi.annotate.idatm import assign_types

from .made import ligand, ligand_classes

GROUPS = [
    # acids and their like
    ("CC(=O)[O-]", "O3", "O2-", None, "A3"),
    ("CC(=O)O", "O3", "O2", None, "A5"),
    ("CC(=O)O", "O4", "O3", "generic O", "generic O3 two bonds"),
    ("c1ccccc1C(=O)[O-]", "O8", "O2-", None, "generic O- planar"),
    ("C[N+](=O)[O-]", "O3", "O2-", None, "A9"),
    ("c1ccccc1[N+](=O)[O-]", "O8", "O2-", None, "generic O- planar"),
    ("CS(=O)(=O)C", "O3", "O3-", None, "generic O"),
    ("CS(C)=O", "O4", "O3-", None, "generic O"),
    ("CS(=O)(=O)[O-]", "O5", "O3-", None, "generic O"),
    ("COS(=O)(=O)[O-]", "O2", "O3", None, "A16"),
    ("COP(=O)([O-])[O-]", "O2", "O3", None, "A11"),
    ("COP(=O)([O-])[O-]", "O4", "O3-", None, "A1"),
    ("COP(=O)([O-])[O-]", "O5", "O3-", None, "generic O"),
    ("COP(=O)([O-])OC", "O4", "O3-", None, "A2"),
    ("COP(=O)([O-])OC", "O5", "O3-", None, "A2"),
    ("CP(C)(C)=O", "O5", "O3-", None, "generic O"),
    ("C[N+](C)(C)[O-]", "O5", "O3-", None, "generic O"),
    # carbonyls
    ("CC(=O)NC", "O3", "O2", None, "A6"),
    ("CC(=O)NC", "N4", "Npl", "D13", None),
    ("CC(N)=O", "N3", "Npl", "D6", None),
    ("CC(=O)N(C)C", "N4", "Npl", None, None),
    ("c1ccccc1C(=O)N", "O8", "O2", None, "generic O2 planar"),
    ("c1ccccc1C(=O)N", "N9", "Npl", "generic planar N, one heavy neighbour", None),
    ("CNC(=O)NC", "N2", "Npl", "generic planar N", None),
    ("CC(C)=O", "O4", "O2", None, "A7"),
    ("CC(=O)OC", "O3", "O2", None, "A8"),
    ("CC(=O)OC", "O4", "O3", None, "A23"),
    ("CC(=S)NC", "S3", "S2", None, "A4"),
    # amines and their like
    ("CN", "N2", "N3+", "D4", None),
    ("CNC", "N2", "N3+", "D11", None),
    ("CN(C)C", "N2", "N3+", "D14", None),
    ("C[NH2+]C", "N2", "N3+", "D11", None),
    ("C[N+](C)(C)C", "N2", "N3+", None, None),
    ("CC(=[NH2+])N", "N3", "Ng+", "D3", None),
    ("CNC(=[NH2+])N", "N2", "Ng+", "generic N", None),
    ("CS(=O)(=O)N", "N5", "N3", "D9", "A14"),
    ("CNN", "N2", "N3", "D16", "A19"),
    ("CN(C)N", "N2", "N3", None, "A17"),
    ("c1ccccc1N", "N7", "Npl", "D7", "A21"),
    ("CC=NC", "N3", "N2", None, "A24"),
    ("CC=N", "N3", "N2", "D15", "generic N2"),
    ("CC#N", "N3", "N1", None, "A18"),
    ("CN=[N+]=[N-]", "N4", "N1", None, "generic N1"),
    ("CN=[N+]=[N-]", "N3", "N1+", None, None),
    # hydroxyls, ethers, sulfur
    ("CO", "O2", "O3", "D5", "A15"),
    ("c1ccccc1O", "O7", "O3", "D8", "A20"),
    ("O", "O1", "O3", "D12", "A22"),
    ("COC", "O2", "O3", None, "A23"),
    ("C1CCOC1", "O4", "O3", None, "A29"),
    ("C1CCOCC1", "O4", "O3", None, "generic O3 two bonds"),
    ("CS", "S2", "S3", "generic S", None),
    ("CSC", "S2", "S3", None, None),
    # aromatic rings
    ("c1ccoc1", "O4", "Oar", None, "A29"),
    ("c1ccsc1", "S4", "Sar", None, "generic S"),
    ("c1ccncc1", "N4", "N2", None, "A25"),
    ("c1cncnc1", "N3", "N2", None, "A27"),
    ("c1cnc[nH]1", "N3", "N2", "D17", "A28"),
    ("c1cnc[nH]1", "N5", "Npl", "D17", None),
    ("n1cn[nH]c1", "N1", "N2", "D17", "A26"),
    ("c1cc[nH+]cc1", "N4", "N2+", "D18", None),
    ("C[n+]1ccccc1", "N2", "N2+", None, None),
    ("c1ccc[nH]c1=O", "N5", "Npl", "generic planar N", None),
    ("c1ccc[nH]c1=O", "O7", "O2", None, "generic O2 planar"),
]


@pytest.mark.parametrize(("smiles", "atom", "kind", "donor", "acceptor"), GROUPS)
def test_classes(smiles: str, atom: str, kind: str, donor: str | None, acceptor: str | None) -> None:
    assert ligand_classes(smiles)[atom] == (kind, donor, acceptor)


def test_the_table_above_reaches_every_class_that_geometry_can_give() -> None:
    never = {"A10", "A12", "A13", "D1"}  # terminal O on S and P is O3-; an acid with its proton is no Cac
    rare = {"D2", "D10"}  # the matcher's tests have them
    reached = {name for row in GROUPS for name in row[3:]}
    assert {*ACCEPTOR_LIMITS, *DONOR_LIMITS} - reached == {*never, *rare, "A25", "A27"} - reached


@pytest.mark.parametrize(
    ("smiles", "expected"),
    [
        # caffeine, dabigatran's benzamidine, sulfonyl urea, an anilide, a purine, a furoxan-like azole
        ("Cn1cnc2c1c(=O)n(C)c(=O)n2C", "C3 Npl Car N2 Car Car C2 O2 Npl C3 C2 O2 Npl C3"),
        ("NC(=[NH2+])c1ccccc1", "Ng+ C2 Ng+ Car Car Car Car Car Car"),
        ("CC(=O)Nc1ccccc1", "C3 C2 O2 Npl Car Car Car Car Car Car"),
        ("c1ccc2[nH]ccc2c1", "Car Car Car Car Npl Car Car Car Car"),
        ("c1ccc2ccccc2c1", "Car Car Car Car Car Car Car Car Car Car"),
        ("O=C1C=CC(=O)C=C1", "O2 C2 C2 C2 C2 O2 C2 C2"),
        ("c1nocc1", "Car N2 Oar Car Car"),
        ("C1CCCCC1", "C3 C3 C3 C3 C3 C3"),
        ("C=CC=C", "C2 C2 C2 C2"),
        ("CC#CC", "C3 C1 C1 C3"),
        ("OB(O)c1ccccc1", "O3 B O3 Car Car Car Car Car Car"),
        ("FC(F)(Cl)Br", "F C3 F Cl Br"),
    ],
)
def test_heavy_atom_types(smiles: str, expected: str) -> None:
    made = ligand(smiles)
    found = [kind for kind, heavy in zip(assign_types(made), made.heavy.tolist(), strict=True) if heavy]
    assert found == expected.split()


def test_hydrogens_are_told_apart_by_what_they_sit_on() -> None:
    made = ligand("CO")
    assert sorted(assign_types(made)[2:]) == ["H", "HC", "HC", "HC"]


@pytest.mark.parametrize("smiles", ["CC(=O)NC", "c1ccccc1", "CC(=O)[O-]", "CC#N", "Cn1cnc2c1c(=O)n(C)c(=O)n2C"])
def test_hydrogens_are_not_needed(smiles: str) -> None:
    bare = ligand(smiles, hydrogens=False)
    whole = ligand(smiles)
    assert assign_types(bare) == assign_types(whole)[: len(bare)]
