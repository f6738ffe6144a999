"""No two files of the package import each other, by whatever way."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import secret_baker

PACKAGE = Path(secret_baker.__file__).parent


def named(path: Path, top: Path) -> str:
    """Return the name of the module in a file; a folder's is that of its `__init__.py`."""
    parts = path.relative_to(top.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(node: ast.AST, package: str, files: dict[str, Path]) -> set[str]:
    """Return the modules of the package that a statement imports, below a function or for types only as well."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & files.keys()
    if not isinstance(node, ast.ImportFrom):
        return set()
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    module = ".".join([*above, *([node.module] if node.module else [])])
    names = {f"{module}.{alias.name}" for alias in node.names}
    return {name if name in files else module for name in names} & files.keys()


def imports(top: Path) -> dict[str, set[str]]:
    """Return the modules of a package, each with those of the package that it imports."""
    files = {named(path, top): path for path in sorted(top.rglob("*.py"))}
    found = {}
    for module, path in files.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        statements = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found[module] = set().union(*(imported(statement, package, files) for statement in statements))
    return found


def circle(found: dict[str, set[str]]) -> list[str]:
    """Return modules of which each imports the next one and the last is the first, or none."""
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        path: list[str] = error.args[1]
        return path[::-1]
    return []


def test_no_circle_is_in_the_package() -> None:
    found = imports(PACKAGE)
    assert "secret_baker._aws" in found["secret_baker._kms"], "nothing is found"
    assert circle(found) == []


@pytest.mark.parametrize(
    "back",
    [
        "from . import one",
        "from .one import value",
        "from p.one import value",
        "import p.one",
        "def later():\n    from .one import value",
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from .one import Value",
        "from .room import value",
        "from . import value, room",
    ],
)
def test_a_circle_is_found_wherever_it_is_closed(back: str, tmp_path: Path) -> None:
    top = tmp_path / "p"
    (top / "room").mkdir(parents=True)
    (top / "__init__.py").write_text("from .one import value\n")
    (top / "one.py").write_text("from . import two\nvalue = two\n")
    (top / "room" / "__init__.py").write_text("from ..one import value\n")
    (top / "two.py").write_text("import os\n")
    assert circle(imports(top)) == []
    (top / "two.py").write_text(f"{back}\n")
    assert {"p.one", "p.two"} <= set(circle(imports(top)))
