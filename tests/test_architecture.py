"""The arrows of the plan: who may import whom, read from the source; and what opening a lesson must not load."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).resolve().parent.parent

LAYERS = (
    {"labels", "losses", "metrics", "points", "linear", "images"},
    {"datasets", "figures", "render"},
    {"learners", "runs", "predict"},
    {"pages.parts"},
    {"pages", "streamlit_app"},
)
"""The rooms, lowest first. A room imports from its own layer and those below, never from above.

A module that is no room of its own (a helper) stands as high as the highest thing it imports.
"""

TRAINING_LIBRARIES = {"torch", "torchvision", "fastai", "timm", "captum"}
LESSONS = [f"{number}_" for number in range(1, 5)]


@cache
def sources(root: Path) -> dict[str, Path]:
    """Every module of the app by its dotted name, such as "engine.functional.losses" and "pages.1_One_hot"."""
    files = [*root.glob("engine/**/*.py"), *root.glob("pages/**/*.py"), *root.glob("streamlit_app.py")]
    dotted = {".".join(file.relative_to(root).with_suffix("").parts): file for file in files}
    return {name.removesuffix(".__init__"): file for name, file in sorted(dotted.items())}


@cache
def imported_by(name: str, root: Path) -> set[str]:
    """All names that a module imports anywhere in it, also inside functions, as absolute dotted names."""
    file = sources(root)[name]
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def _absolute(node: ast.ImportFrom, package: str) -> str:
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


def modules_imported_by(name: str, root: Path) -> set[str]:
    """The modules of the app that a module imports: of "engine.tasks.TASKS" it is "engine.tasks"."""
    known = sources(root)

    def module_of(dotted: str) -> str | None:
        parts = dotted.split(".")
        return next(
            (".".join(parts[:n]) for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in known), None
        )

    return {module for dotted in imported_by(name, root) if (module := module_of(dotted))} - {name, "engine"}


def libraries_of(name: str, root: Path) -> set[str]:
    return {dotted.partition(".")[0] for dotted in imported_by(name, root)}


def layer_of(name: str) -> int | None:
    """The layer of a room, `None` for a helper."""
    if name.startswith("pages.parts"):
        return 3
    if name.startswith("pages") or name == "streamlit_app":
        return 4
    room = name.split(".")[1] if "." in name else ""
    return next((at for at, rooms in enumerate(LAYERS) if room in rooms), None)


def height(name: str, root: Path, seen: tuple[str, ...] = ()) -> int:
    """A room's own layer; for a helper that of the highest thing it imports."""
    layer = layer_of(name)
    if layer is not None or name in seen:
        return layer or 0
    return max((height(below, root, (*seen, name)) for below in modules_imported_by(name, root)), default=0)


def arrows_that_point_up(root: Path) -> list[str]:
    return [
        f"{name} imports {other}"
        for name in sources(root)
        if layer_of(name) is not None
        for other in sorted(modules_imported_by(name, root))
        if height(other, root) > layer_of(name)
    ]


def importers(root: Path, libraries: set[str], of: str = "") -> list[str]:
    """The modules whose names begin with `of` and that import one of the libraries."""
    return [name for name in sources(root) if name.startswith(of) and libraries_of(name, root) & libraries]


# --- the rules --------------------------------------------------------------------------------------------------


def test_all_rooms_of_the_plan_are_read():
    rooms = {name.split(".")[1] for name in sources(ROOT) if name.startswith("engine.")}
    assert LAYERS[0] | LAYERS[1] | LAYERS[2] <= rooms
    assert len([name for name in sources(ROOT) if layer_of(name) == 4]) >= 6
    assert "streamlit" in libraries_of("streamlit_app", ROOT)


def test_no_arrow_points_up():
    assert arrows_that_point_up(ROOT) == []


def test_the_engine_knows_no_browser():
    assert importers(ROOT, {"streamlit", "pages", "streamlit_app"}, of="engine") == []


def test_pages_know_no_training_library():
    assert importers(ROOT, TRAINING_LIBRARIES, of="pages") == []
    assert importers(ROOT, TRAINING_LIBRARIES, of="streamlit_app") == []


def test_one_room_knows_fastai():
    assert {name.split(".")[1] for name in importers(ROOT, {"fastai"})} == {"learners"}


def test_no_page_imports_another_page():
    pages = [name for name in sources(ROOT) if layer_of(name) == 4]
    assert [name for name in pages if modules_imported_by(name, ROOT) & set(pages)] == []


def test_maths_and_pictures_load_no_training_library():
    assert loaded_after([f"engine.{room}" for room in sorted(LAYERS[0])]) == set()


def test_what_lessons_read_loads_no_training_library():
    assert (
        loaded_after(
            ["engine.data.formats", "engine.synthetic.scenes", "engine.synthetic.heads", "engine.runs"]
        )
        == set()
    )


def test_lessons_1_to_4_import_no_training_library():
    """All that the pages of lessons 1 to 4 import, parts and engine, is imported in a fresh interpreter."""
    lessons = [name for name in sources(ROOT) if name.removeprefix("pages.").startswith(tuple(LESSONS))]
    assert len(lessons) == 4
    needed = {module for lesson in lessons for module in modules_imported_by(lesson, ROOT)}
    assert any(module.startswith("pages.parts") for module in needed)
    assert loaded_after(sorted(needed)) == set()


OPENED = """
import sys
from streamlit.testing.v1 import AppTest
for page in sys.argv[1:]:
    opened = AppTest.from_file(page, default_timeout=120).run()
    assert not opened.exception, (page, opened.exception)
    assert len(opened.main) > 0, page
print(*(name for name in sys.modules if "." not in name))
"""


def test_lessons_1_to_4_open_without_a_training_library():
    pages = [str(file) for file in sorted(ROOT.glob("pages/*.py")) if file.name.startswith(tuple(LESSONS))]
    assert len(pages) == 4
    assert _loaded(OPENED, pages) == set()


OPENED_ON_PHOTOGRAPHS = """
import sys
from streamlit.testing.v1 import AppTest
for page in sys.argv[1:]:
    app = AppTest.from_file("streamlit_app.py", default_timeout=120).run()
    app.query_params["kind"] = "Photographs"
    app.switch_page(page).run()
    assert not app.exception, (page, app.exception)
    assert app.segmented_control(key="kind").value == "Photographs", page
print(*(name for name in sys.modules if "." not in name))
"""


def test_lessons_5_and_6_open_on_photographs_without_a_training_library():
    assert _loaded(OPENED_ON_PHOTOGRAPHS, ["pages/5_Head_centre.py", "pages/6_Loss_race.py"]) == set()


def loaded_after(modules: list[str]) -> set[str]:
    """The training libraries that a fresh interpreter has loaded after importing these modules."""
    imports = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    return _loaded(imports + "print(*(name for name in sys.modules if '.' not in name))", modules)


def _loaded(program: str, arguments: list[str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = set(done.stdout.split())
    assert "sys" in loaded
    return loaded & TRAINING_LIBRARIES


# --- the rules can be broken ------------------------------------------------------------------------------------


def house(root: Path, **modules: str) -> Path:
    """A small app; "engine__losses" is engine/functional/losses.py."""
    for name, source in modules.items():
        file = root.joinpath(*name.split("__")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    return root


@pytest.mark.parametrize(
    "source",
    [
        "from engine.runs import Run",
        "from engine import runs",
        "import engine.runs",
        "from . import runs",
        "from .runs import Run",
        "def later():\n    from engine.runs import Run",
        "from engine.helper import anything",
        "import streamlit_app",
    ],
)
def test_a_broken_arrow_is_seen(tmp_path, source):
    house(
        tmp_path,
        engine__losses=source,
        engine__helper="from engine.deeper import more",
        engine__deeper="import engine.runs",
        engine__runs="",
        streamlit_app="",
    )
    assert len(arrows_that_point_up(tmp_path)) == 1


def test_arrows_down_and_sideways_are_allowed(tmp_path):
    house(
        tmp_path,
        engine__losses="from engine import points",
        engine__points="",
        engine__runs="from engine import losses, helper",
        engine__helper="from engine import datasets",
        engine__datasets="from engine.images import open_image",
        engine__images="",
        pages__parts__page="from engine import runs",
        pages__1_One="from pages.parts import page",
    )
    assert arrows_that_point_up(tmp_path) == []


def test_a_forbidden_library_is_seen(tmp_path):
    house(
        tmp_path,
        engine__runs="def late():\n    import streamlit as st",
        engine__predict="from fastai.vision.all import *",
        pages__parts__page="import torch.nn",
        pages__1_One="from torchvision import models",
        streamlit_app="import fastai",
    )
    assert importers(tmp_path, {"streamlit"}, of="engine") == ["engine.runs"]
    assert importers(tmp_path, {"fastai"}) == ["engine.inference.predict", "streamlit_app"]
    assert importers(tmp_path, TRAINING_LIBRARIES, of="pages") == ["pages.1_One", "pages.parts.shared.page"]


def test_a_loaded_library_is_seen():
    assert loaded_after(["engine.training.weights"]) == {"torch"}


def test_the_engines_first_page_names_every_room_and_none_that_is_gone():
    lists = re.findall(r"^- [^:]+:([^.]+)\.", re.sub(r"\([^)]*\)", "", engine.__doc__), re.MULTILINE)
    named = [name.strip() for names in lists for name in names.split(",")]
    folder = ROOT / "engine"
    files = [file.stem for file in folder.glob("[a-z]*.py")]
    rooms = [f"{init.parent.name}/" for init in folder.glob("*/__init__.py")]
    assert sorted(named) == sorted(files + rooms)
