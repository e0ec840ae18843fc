"""Every reason for leaving something out is explained in docs/building.md, and none that does not exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from misi.structures.checks import CHECKS

ROOT = Path(__file__).resolve().parents[2]
#: Where the reason stands among the arguments.
_CALLS = {"StructureError": 0, "Rejection": 1, "failed": 1}


def _constants(node: ast.AST) -> Iterator[str]:
    """Texts that an argument may be: itself, either side of a condition, or the default of a getattr."""
    for part in [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.Call) and getattr(part.func, "id", "") == "getattr":
            yield from _constants(part.args[2])


def _reasons(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in _CALLS and len(node.args) > _CALLS[name]:
                yield from _constants(node.args[_CALLS[name]])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("reason", "kind"):
            if path.name == "fetch_http.py":
                yield from _constants(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name == "why_not_named":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Tuple):
                    yield from _constants(inner.value.elts[0])


def test_reasons_in_code_and_in_the_document_are_the_same() -> None:
    used = {reason for path in (ROOT / "src" / "misi").rglob("*.py") for reason in _reasons(path)}
    used |= {test.__name__ for test in CHECKS}
    told: set[str] = set()
    for table in re.findall(
        r"\| reason \| meaning \|\n\| --- \| --- \|\n((?:\|.*\n)+)", (ROOT / "docs/building.md").read_text()
    ):
        for row in table.splitlines():
            told |= set(re.findall(r"`([a-z_0-9]+)`", row.split("|")[1]))
    assert used - told == set(), "not explained in docs/building.md"
    assert told - used == set(), "explained, but no code gives it"
