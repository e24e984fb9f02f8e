"""Who may import whom, read from the source, and what opening a lesson must not load."""

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
    {"tasks", "paths", "config", "functional"},
    {"images", "synthetic", "jobs"},
    {"data"},
    {"runs"},
    {"training"},
    {"inference", "experiments"},
    {"plots"},
    {"export"},
    {"__main__"},
    {"pages.parts"},
    {"pages", "streamlit_app"},
)
"""The packages and single modules, lowest first. Each imports from those below it, never from above or beside it.

Modules of the lowest layer may import each other.
"""

LIGHT = ("engine.functional", "engine.images", "engine.plots", "engine.config", "engine.tasks")
TRAINING_LIBRARIES = {"torch", "torchvision", "fastai", "timm", "captum"}
LESSONS = [f"{number}_" for number in range(1, 5)]
READ_BY_LESSONS = {"engine.data.formats", "engine.synthetic.scenes", "engine.synthetic.heads", "engine.runs"}


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


def package_of(name: str) -> str:
    """The package or single module of `LAYERS` that a module belongs to; "engine" for the engine's own first page."""
    if name.startswith("pages.parts"):
        return "pages.parts"
    parts = name.split(".")
    return parts[1] if parts[0] == "engine" and len(parts) > 1 else parts[0]


def layer_of(name: str) -> int | None:
    """The place of a module's package in `LAYERS`; None where it has none."""
    return next((at for at, packages in enumerate(LAYERS) if package_of(name) in packages), None)


def upward_imports(root: Path) -> list[str]:
    """Imports of a package that does not stand below the importer's own."""
    return [
        f"{name} imports {other}"
        for name in sources(root)
        for other in sorted(modules_imported_by(name, root))
        if not _may_import(name, other)
    ]


def _may_import(name: str, other: str) -> bool:
    if package_of(name) == package_of(other):
        return True
    low, high = layer_of(other), layer_of(name)
    if low is None or high is None:
        return False
    return low < high or low == high == 0


def importers(root: Path, libraries: set[str], of: str = "") -> list[str]:
    """The modules whose names begin with `of` and that import one of the libraries."""
    return [name for name in sources(root) if name.startswith(of) and libraries_of(name, root) & libraries]


# --- the rules --------------------------------------------------------------------------------------------------


def test_every_module_has_a_layer():
    assert [name for name in sources(ROOT) if name != "engine" and layer_of(name) is None] == []
    assert len([name for name in sources(ROOT) if layer_of(name) == len(LAYERS) - 1]) >= 6
    assert "streamlit" in libraries_of("streamlit_app", ROOT)


def test_the_engine_has_at_most_fifteen_entries():
    entries = {name.split(".")[1] for name in sources(ROOT) if name.startswith("engine.")}
    assert entries <= set().union(*LAYERS[:-2])
    assert len(entries) <= 15


def test_parts_of_pages_lie_in_folders():
    assert [file.name for file in ROOT.glob("pages/parts/*.py")] == ["__init__.py"]


def test_no_import_points_up():
    assert upward_imports(ROOT) == []


def test_the_engine_knows_no_browser():
    assert importers(ROOT, {"streamlit", "pages", "streamlit_app"}, of="engine") == []


def test_pages_know_no_training_library():
    assert importers(ROOT, TRAINING_LIBRARIES, of="pages") == []
    assert importers(ROOT, TRAINING_LIBRARIES, of="streamlit_app") == []


def test_one_package_and_its_patches_know_fastai():
    assert {name.split(".")[2] for name in importers(ROOT, {"fastai"})} == {"fastai_backend", "patches"}


def test_no_page_imports_another_page():
    pages = [name for name in sources(ROOT) if layer_of(name) == len(LAYERS) - 1]
    assert [name for name in pages if modules_imported_by(name, ROOT) & set(pages)] == []


def test_the_light_packages_and_lessons_1_to_4_import_no_training_library():
    """All that the pages of lessons 1 to 4 import, parts and engine, is imported in a fresh interpreter."""
    lessons = [name for name in sources(ROOT) if name.removeprefix("pages.").startswith(tuple(LESSONS))]
    assert len(lessons) == 4
    needed = {module for lesson in lessons for module in modules_imported_by(lesson, ROOT)}
    assert any(module.startswith("pages.parts") for module in needed)
    light = {name for name in sources(ROOT) if name.startswith(LIGHT)}
    assert loaded_after(sorted(needed | light | READ_BY_LESSONS)) == set()


def test_showing_a_run_loads_no_reader_of_datasets_and_no_command_line():
    """Both take half a second, which every lesson on a fresh server would wait."""
    modules = "engine.runs, engine.data.library, engine.inference.prediction_table, engine.inference.uploads"
    program = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "engine.runs.run" in loaded
    assert not loaded & {"engine.data.formats.forms", "engine.data.formats.loading", "cyclopts", "ijson"}


LIGHT_PAGES = ("pages.parts.losses.views", "pages.parts.threshold.explore", "pages.parts.shared.page")
NOT_FOR_CHARTS = {
    "engine.data.formats.detect_format",
    "engine.data.archives.archive",
    "engine.images.opening",
}


def test_lessons_of_charts_load_nothing_that_opens_datasets_or_images():
    """The decoders of images and the readers of datasets take half a second, too."""
    program = f"import sys, {', '.join(LIGHT_PAGES)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "engine.runs.run" in loaded
    assert not loaded & NOT_FOR_CHARTS


OPENED = """
import sys
from streamlit.testing.v1 import AppTest

for page in sys.argv[1:5]:
    opened = AppTest.from_file(page, default_timeout=120).run()
    assert not opened.exception, (page, opened.exception)
    assert len(opened.main) > 0, page
for page in sys.argv[5:]:
    opened = AppTest.from_file("streamlit_app.py", default_timeout=120)
    opened.query_params["kind"] = "Photographs"
    opened.switch_page(page).run()
    assert not opened.exception, (page, opened.exception)
    assert opened.segmented_control(key="kind").value == "Photographs", page
print(*(name for name in sys.modules if "." not in name))
"""


def test_lessons_1_to_6_open_without_a_training_library():
    """Lessons 5 and 6 on photographs, whose predictions are stored."""
    begins = tuple([*LESSONS, "5_", "6_"])
    pages = sorted(f"pages/{file.name}" for file in ROOT.glob("pages/*.py") if file.name.startswith(begins))
    assert len(pages) == 6
    assert _loaded(OPENED, pages) == set()


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


def app_of(root: Path, **modules: str) -> Path:
    """A small app; "engine__runs__table" is engine/runs/table.py."""
    for name, source in modules.items():
        file = root.joinpath(*name.replace("____main__", "__main").split("__")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    return root


@pytest.mark.parametrize(
    "source",
    [
        "from engine.runs.run import Run",
        "from engine.runs import run",
        "import engine.runs.run",
        "from ..runs import run",
        "from ..runs.run import Run",
        "def later():\n    from engine.runs.run import Run",
        "from engine.unknown import anything",
        "import streamlit_app",
    ],
)
def test_an_upward_import_is_seen(tmp_path, source):
    app_of(tmp_path, engine__data__load=source, engine__unknown="", engine__runs__run="", streamlit_app="")
    assert len(upward_imports(tmp_path)) == 1


def test_an_import_from_beside_is_seen(tmp_path):
    app_of(tmp_path, engine__inference__a="from engine.experiments import b", engine__experiments__b="")
    assert len(upward_imports(tmp_path)) == 1


def test_imports_from_below_are_allowed(tmp_path):
    app_of(
        tmp_path,
        engine__functional__losses="from engine import tasks",
        engine__tasks="",
        engine__data__load="from engine.data import record\nfrom engine.images import opening",
        engine__data__record="",
        engine__images__opening="",
        engine__runs__run="from engine.data.load import load",
        pages__parts__race__data="from engine.runs import run",
        pages__1_One="from pages.parts.race import data",
    )
    assert upward_imports(tmp_path) == []


def test_a_forbidden_library_is_seen(tmp_path):
    app_of(
        tmp_path,
        engine__runs="def late():\n    import streamlit as st",
        engine__predict="from fastai.vision.all import *",
        pages__parts__page="import torch.nn",
        pages__1_One="from torchvision import models",
        streamlit_app="import fastai",
    )
    assert importers(tmp_path, {"streamlit"}, of="engine") == ["engine.runs"]
    assert importers(tmp_path, {"fastai"}) == ["engine.predict", "streamlit_app"]
    assert importers(tmp_path, TRAINING_LIBRARIES, of="pages") == ["pages.1_One", "pages.parts.page"]


def test_a_loaded_library_is_seen():
    assert loaded_after(["engine.training.weights"]) == {"torch"}


def test_the_engines_first_page_names_every_package_and_none_that_is_gone():
    named = re.findall(r"^- ([a-z]+/?):", engine.__doc__, re.MULTILINE)
    folder = ROOT / "engine"
    files = [file.stem for file in folder.glob("[a-z]*.py")]
    packages = [f"{init.parent.name}/" for init in folder.glob("*/__init__.py")]
    assert sorted(named) == sorted(files + packages)
