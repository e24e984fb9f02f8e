"""What a process keeps between calls is listed in one place, with its bound and its thread safety."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.jobs.process_state import PROCESS_STATE
from tests.test_architecture import ROOT, app_of, sources

CACHES = {"cache", "lru_cache", "functools.cache", "functools.lru_cache"}
STREAMLIT_CACHES = {"st.cache_data", "st.cache_resource"}
STATEFUL = {
    "ContextVar", "Lock", "ProcessPoolExecutor", "Queue", "RLock", "Semaphore", "ThreadPoolExecutor",
    "WeakKeyDictionary", "WeakValueDictionary", "Worker", "local",
}  # fmt: skip
CHANGES = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault",
    "update",
}  # fmt: skip


def process_state(root: Path) -> list[str]:
    """The dotted names of what the modules of the app keep: caches, locks, pools, and variables that are changed."""
    found = []
    for name, file in sources(root).items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found += [f"{name}.{kept}" for kept in sorted({*_cached(tree), *_variables(tree)})]
    return found


def _cached(tree: ast.Module) -> Iterator[str]:
    """Functions whose results are kept, but for those of Streamlit's caches that are bounded."""
    for function in ast.walk(tree):
        for decorator in getattr(function, "decorator_list", ()):
            call = decorator if isinstance(decorator, ast.Call) else None
            text = ast.unparse(call.func if call else decorator)
            is_bounded = call and any(keyword.arg == "max_entries" for keyword in call.keywords)
            if text in CACHES or (text in STREAMLIT_CACHES and not is_bounded):
                yield function.name


def _variables(tree: ast.Module) -> Iterator[str]:
    """Variables of the module that hold something stateful, or that a function of it changes."""
    values = {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        values |= {
            target.id: getattr(node, "value", None) for target in targets if isinstance(target, ast.Name)
        }
    for name, value in values.items():
        if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in STATEFUL:
            yield name
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        own = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and _is_stored(node)}
        own |= {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield from node.names
            if (changed := _changed_in_place(node)) in values and changed not in own:
                yield changed


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _changed_in_place(node: ast.AST) -> str | None:
    """The variable whose content a statement or call changes: `x[...] = ...`, `del x[...]`, `x.add(...)`."""
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        return node.value.id if isinstance(node.value, ast.Name) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
        return node.func.value.id if isinstance(node.func.value, ast.Name) else None
    return None


def test_all_state_of_a_process_is_listed():
    assert process_state(ROOT) == sorted(PROCESS_STATE)


def test_every_entry_says_what_its_bound_is_and_what_threads_may_do():
    assert [name for name, state in PROCESS_STATE.items() if not all(state)] == []


@pytest.mark.parametrize(
    "source",
    [
        "kept = {}\ndef remember(name):\n    kept[name] = 1",
        "kept = []\ndef remember(name):\n    kept.append(name)",
        "kept: set[str] = set()\ndef forget():\n    kept.clear()",
        "kept = {}\ndef forget(name):\n    del kept[name]",
        "kept = 0\ndef count():\n    global kept\n    kept += 1",
        "import threading\nkept = threading.Lock()",
        "from concurrent.futures import ThreadPoolExecutor\nkept = ThreadPoolExecutor(1)",
        "from functools import cache\n@cache\ndef kept(): ...",
        "import functools\n@functools.lru_cache(maxsize=3)\ndef kept(): ...",
        "import streamlit as st\n@st.cache_resource(show_spinner=False)\ndef kept(): ...",
    ],
)
def test_state_is_found(tmp_path, source):
    assert process_state(app_of(tmp_path, engine__data__load=source)) == ["engine.data.load.kept"]


@pytest.mark.parametrize(
    "source",
    [
        "TABLE = {'a': 1}\ndef read(name):\n    return TABLE[name]",
        "names = ['a']\ndef own():\n    names = []\n    names.append(1)",
        "import streamlit as st\n@st.cache_data(max_entries=4)\ndef read(): ...",
    ],
)
def test_constants_and_locals_are_no_state(tmp_path, source):
    assert process_state(app_of(tmp_path, engine__data__load=source)) == []
