"""A loopback server with RCSB's paths, and files made from the synthetic complexes."""

import gzip
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gemmi
import pytest
from rdkit import Chem

from misi.structures.synthetic import SyntheticComplex


class Files:
    """Entries and dictionary files as text."""

    ligand_atoms = staticmethod(lambda made: ligand_atoms(made))
    structure_of = staticmethod(lambda made, component: structure_of(made, component))
    with_assembly = staticmethod(lambda structure, transforms: with_assembly(structure, transforms))
    cif_text = staticmethod(lambda structure: cif_text(structure))
    component_text = staticmethod(lambda made, component: component_text(made, component))


@pytest.fixture(scope="session")
def files() -> type[Files]:
    """Test modules cannot import one another; this hands them the functions below."""
    return Files


def ligand_atoms(made: SyntheticComplex) -> tuple[Chem.Mol, list[str]]:
    mol = Chem.MolFromMol2Block(made.ligand_mol2, removeHs=False)
    return mol, [line.split()[1] for line in made.ligand_mol2.splitlines() if line.count(".") >= 4]


def structure_of(made: SyntheticComplex, component: str) -> gemmi.Structure:
    """The complex as an entry: pocket chains and the ligand as residue 501 of chain L, one assembly of it all."""
    structure = gemmi.read_pdb_string(made.pocket_pdb)
    structure.name = made.id.upper()
    mol, names = ligand_atoms(made)
    residue = gemmi.Residue()
    residue.name, residue.seqid, residue.het_flag = component, gemmi.SeqId("501"), "H"
    for atom, name, xyz in zip(mol.GetAtoms(), names, mol.GetConformer().GetPositions(), strict=True):
        if atom.GetAtomicNum() > 1:
            new = gemmi.Atom()
            new.name, new.element, new.pos = name, gemmi.Element(atom.GetSymbol()), gemmi.Position(*xyz)
            new.occ, new.b_iso = 1.0, 20.0
            residue.add_atom(new)
    chain = gemmi.Chain("L")
    chain.add_residue(residue)
    structure[0].add_chain(chain)
    structure.setup_entities()
    structure.assign_label_seq_id()
    return structure


def with_assembly(structure: gemmi.Structure, transforms: list[gemmi.Transform]) -> gemmi.Structure:
    assembly, generator = gemmi.Assembly("1"), gemmi.Assembly.Gen()
    generator.subchains = [some.subchain_id() for some in structure[0].subchains()]
    for number, transform in enumerate(transforms, start=1):
        operator = gemmi.Assembly.Operator()
        operator.name, operator.transform = str(number), transform
        generator.operators.append(operator)
    assembly.generators.append(generator)
    structure.assemblies.append(assembly)
    return structure


def cif_text(structure: gemmi.Structure, released: str = "2015-06-30") -> str:
    document = structure.make_mmcif_document()
    document[0].set_pair("_pdbx_audit_revision_history.revision_date", released)
    return document.as_string()


def component_text(made: SyntheticComplex, component: str) -> str:
    """The ligand's dictionary entry: neutral, as the dictionary writes acids, with all orders."""
    mol, names = ligand_atoms(made)
    Chem.Kekulize(mol, clearAromaticFlags=True)
    lines = [f"data_{component}", f"_chem_comp.id {component}", "loop_"]
    lines += [
        f"_chem_comp_atom.{tag}" for tag in ("comp_id", "atom_id", "type_symbol", "charge", "pdbx_leaving_atom_flag")
    ]
    for atom, name in zip(mol.GetAtoms(), names, strict=True):
        charge = atom.GetFormalCharge()
        lines.append(f"{component} {name} {atom.GetSymbol().upper()} {charge} N")
    lines += ["loop_", *(f"_chem_comp_bond.{tag}" for tag in ("comp_id", "atom_id_1", "atom_id_2", "value_order"))]
    orders = {1.0: "SING", 2.0: "DOUB", 3.0: "TRIP"}
    for bond in mol.GetBonds():
        a, b = names[bond.GetBeginAtomIdx()], names[bond.GetEndAtomIdx()]
        lines.append(f"{component} {a} {b} {orders[bond.GetBondTypeAsDouble()]}")
    return "\n".join([*lines, "#", ""])


class Archive:
    """Files by path, faults to play before each is served, and a log of requests.

    A fault is a status, ("retry after", text), "cut" (half the body), "slow" (silence), "drip" (a byte at a time),
    "reset" (the connection closed at once), or "garbage" (a body that is no file).
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[object]] = defaultdict(list)
        self.asked: Counter[str] = Counter()
        self.agents: set[str] = set()
        self.times: list[float] = []
        self.url = ""
        self.lock = threading.Lock()

    def add(self, pdb_id: str, entry: str, components: dict[str, str]) -> None:
        self.files[f"/download/{pdb_id.upper()}.cif.gz"] = gzip.compress(entry.encode(), mtime=0)
        for name, text in components.items():
            self.files[f"/ligands/download/{name}.cif"] = text.encode()


class _Handler(BaseHTTPRequestHandler):
    archive: Archive
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        archive = self.archive
        with archive.lock:
            archive.asked[self.path] += 1
            archive.agents.add(self.headers["User-Agent"])
            archive.times.append(time.monotonic())
            faults = archive.faults[self.path]
            fault = faults.pop(0) if faults else None
        body = archive.files.get(self.path)
        status, headers = (200, {}) if body is not None else (404, {})
        body = body or b"not found"
        length = len(body)
        if isinstance(fault, int):
            status, body, length = fault, b"fault", 5
        elif isinstance(fault, tuple):
            status, body, length, headers = 429, b"wait", 4, {"Retry-After": fault[1]}
        elif fault == "cut":
            body = body[: len(body) // 2]
        elif fault == "garbage":
            body, length = b"<html>maintenance</html>", 24
        elif fault == "slow":
            time.sleep(1.5)
        elif fault == "reset":
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            if fault == "drip":
                for k in range(len(body)):
                    self.wfile.write(body[k : k + 1])
                    self.wfile.flush()
                    time.sleep(0.05)
            else:
                self.wfile.write(body)
        except OSError:
            pass
        if fault == "cut":
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def archive() -> Iterator[Archive]:
    archive = Archive()
    handler = type("Handler", (_Handler,), {"archive": archive})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    archive.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield archive
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
