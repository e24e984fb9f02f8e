"""Private parts of libraries are used in the modules that exist for it, and nowhere else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATCHES = ROOT / "engine" / "training" / "patches"
STREAMLIT = ROOT / "pages" / "parts" / "shared" / "streamlit_internals.py"
OURS = {"engine", "pages", "tests"}
PUBLIC_MODULES = {"streamlit.delta_generator"}
"""Submodules of Streamlit that its documentation names."""


def private_uses(source: str) -> list[str]:
    """What code uses of a library's private parts, and where it swaps the class of an object."""
    tree = ast.parse(source)
    libraries = {name for node in ast.walk(tree) for name in _names_of_libraries(node)}
    return [found for node in ast.walk(tree) for found in _private(node, libraries)]


def _names_of_libraries(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [(one.asname or one.name).split(".")[0] for one in node.names if not _is_ours(one.name)]
    if isinstance(node, ast.ImportFrom) and not _is_ours(node.module or ""):
        return [one.asname or one.name for one in node.names]
    return []


def _private(node: ast.AST, libraries: set[str]) -> list[str]:
    if isinstance(node, ast.Attribute) and node.attr == "__class__" and isinstance(node.ctx, ast.Store):
        return [ast.unparse(node)]
    if isinstance(node, ast.Attribute) and _is_private(node.attr) and _root(node) in libraries:
        return [ast.unparse(node)]
    if isinstance(node, ast.ImportFrom) and not _is_ours(node.module or ""):
        module = node.module or ""
        is_inner = module.startswith("streamlit.") and module not in PUBLIC_MODULES
        is_private = any(map(_is_private, [*module.split("."), *(one.name for one in node.names)]))
        return [module] if is_inner or is_private else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "data-testid" in node.value:
        return ["data-testid"]
    return []


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in OURS


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize(
    "source",
    [
        "import torch\ntorch._foreach_mul_(values, 2)",
        "from torch import nn\nnn.modules.batchnorm._BatchNorm",
        "made.__class__ = AllAtOnce",
        "from streamlit.runtime.scriptrunner import get_script_run_ctx",
        "from fastai._nbdev import index",
        "from plotly.graph_objs import _scatter",
        "style = '[data-testid=\"stImage\"] {width: 100%}'",
    ],
)
def test_a_private_part_is_seen(source):
    assert private_uses(source)


@pytest.mark.parametrize(
    "source",
    [
        "from __future__ import annotations",
        "import torch\ntorch.optim.Adam(self._parameters)",
        "from engine.runs import run\nrun._read_points(table)",
        "print(type(error).__module__, error.__class__)",
        "from streamlit.delta_generator import DeltaGenerator",
    ],
)
def test_public_parts_and_our_own_are_free(source):
    assert private_uses(source) == []


def test_private_parts_are_used_in_their_own_modules():
    files = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    others = [file for file in files if file != STREAMLIT and PATCHES not in file.parents]
    found = {str(file.relative_to(ROOT)): private_uses(file.read_text("utf-8")) for file in others}
    assert {name: uses for name, uses in found.items() if uses} == {}
    assert private_uses(STREAMLIT.read_text("utf-8"))
