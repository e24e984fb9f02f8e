"""What the pages say is easy to read: short sentences everywhere, and plain English in the lessons.

Counted as a lesson's prose: every sentence that the page shows in running text, captions, messages and tips. Not
counted: headings, names of controls, titles of charts, tables, the definitions of terms and the code. What is shown
after a guess is shown here too.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.tasks import TASKS
from pages.parts.review import one_image
from pages.parts.shared import glossary, page
from tests import reading_ease
from tests.browser import app_pages

EASY_ENOUGH = 55
LESSONS = [file.stem for file in app_pages().values() if re.match(r"[1-6]_", file.stem)]
PAGES = [file.stem for file in app_pages().values()]
REVEAL = "Show me"
_COUNTED = [
    "image",
    "photograph",
    "picture",
    "label",
    "point",
    "run",
    "file",
    "epoch",
    "model",
    "seed",
    "row",
    "error",
    "person",
    "prediction",
    "dataset",
    "cell",
]
WRONG_PLURAL = re.compile(rf"(?<![\d.,])1 (?:(?:{'|'.join(_COUNTED)})s|classes|people)\b|\(s\)")
"""A plural after the number 1."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[dict[str, AppTest]]:
    """Pages that were opened before, by name, in a library without what other tests have imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOSS_LAB_DATA", str(tmp_path_factory.mktemp("no-data")))
        yield {}


@pytest.mark.parametrize("task", TASKS)
def test_the_help_on_the_keys_of_a_review_is_in_short_sentences(task):
    session = SimpleNamespace(ranking=SimpleNamespace(task=task))
    assert reading_ease.long_sentences(reading_ease.plain(one_image._help(session))) == []


def open_once(opened: dict[str, AppTest], name: str, monkeypatch) -> AppTest:
    """A page with the bundled data, all that waits for a guess revealed."""
    if name not in opened:
        monkeypatch.setattr(page, "HEAD_START_SECONDS", 0)
        app = AppTest.from_file(str(paths.ROOT / "streamlit_app.py"), default_timeout=240)
        app = app.run() if name == "streamlit_app" else app.switch_page(f"pages/{name}.py").run()
        while waiting := [button for button in app.button if button.label == REVEAL]:
            waiting[0].click().run()
        assert not app.exception
        opened[name] = app
    return opened[name]


def shown(app: AppTest) -> list[str]:
    """Every text on a page as plain text, without the definitions of terms."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.success, app.error, app.title, app.header)
    texts = [element.value for kind in kinds for element in kind]
    texts += [element.proto.body for element in app.get("html")]
    texts += [
        tip
        for kind in (app.button, app.slider, app.selectbox, app.toggle, app.checkbox)
        for tip in tips(kind)
    ]
    return [reading_ease.plain(text) for text in texts if not is_definitions(text)]


def tips(widgets) -> Iterator[str]:
    """The tips that open at a widget's question mark."""
    for widget in widgets:
        if getattr(widget.proto, "help", ""):
            yield widget.proto.help


def is_definitions(text: str) -> bool:
    return any(f"**{term}**: {says}" in text for term, says in glossary.definitions().items())


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_plain_english(opened, name, monkeypatch):
    texts = shown(open_once(opened, name, monkeypatch))
    ease = reading_ease.flesch(texts, glossary.definitions())
    assert ease >= EASY_ENOUGH, f"{name}: {ease:.1f}\n" + "\n".join(hardest(texts))


def hardest(texts: list[str], count: int = 10) -> list[str]:
    """The sentences that are hardest to read, with their reading ease."""
    prose = {one for text in texts for one in reading_ease.sentences(text) if reading_ease.is_prose(one)}
    rated = sorted((reading_ease.flesch([one], glossary.definitions()), one) for one in prose)
    return [f"{ease:5.0f}  {one}" for ease, one in rated[:count]]


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_on_a_page_is_long(opened, name, monkeypatch):
    texts = shown(open_once(opened, name, monkeypatch))
    assert [one for text in texts for one in reading_ease.long_sentences(text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_one_thing_is_singular(opened, name, monkeypatch):
    app = open_once(opened, name, monkeypatch)
    assert [text for text in [*shown(app), *labels(app)] if WRONG_PLURAL.search(text)] == []


def labels(app: AppTest) -> list[str]:
    """The names of all controls, and the options that they offer."""
    kinds = (
        app.button,
        app.slider,
        app.selectbox,
        app.toggle,
        app.checkbox,
        app.radio,
        app.expander,
        app.tabs,
    )
    named = [one for kind in kinds for one in kind]
    options = [option for kind in (app.selectbox, app.radio) for one in kind for option in one.options]
    return [one.label for one in named] + options


def test_a_wrong_plural_is_seen():
    assert WRONG_PLURAL.search("Use 1 images") and WRONG_PLURAL.search("image(s)")
    assert not WRONG_PLURAL.search("1 image, 21 images, 0.1 points and 1 is")


# --- what only some states of a page show ------------------------------------------------------------------------


def sources() -> list[Path]:
    return [paths.ROOT / "streamlit_app.py", *sorted(paths.ROOT.glob("pages/**/*.py"))]


def written(source: str) -> Iterator[tuple[int, str]]:
    """The line and text of every string in Python source that can be prose; values in it are written as 0."""
    tree = ast.parse(source)
    inside = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    }
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(p.value if isinstance(p, ast.Constant) else "0" for p in node.values)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in inside | described
        ):
            yield node.lineno, node.value


def is_code(text: str) -> bool:
    """Whether it is Python, JavaScript, HTML or a style rather than words."""
    return bool(re.search(r"^(import|from) |\w\(.*\) ?[{:]\n|[{};]\n|</|^\W*\w+ = ", text, re.MULTILINE))


@pytest.mark.parametrize("file", sources(), ids=lambda file: file.relative_to(paths.ROOT).as_posix())
def test_no_sentence_in_the_source_of_a_page_is_long(file):
    long = {
        line: one
        for line, text in written(file.read_text("utf-8"))
        if not is_code(text)
        for one in reading_ease.long_sentences(reading_ease.plain(text))
    }
    assert long == {}


def test_strings_are_found_and_code_and_docstrings_are_left_out():
    source = '"""About."""\nx = f"One {y} two."\ndef f():\n    """Says."""\n    return "Three."\n'
    assert list(written(source)) == [(2, "One 0 two."), (5, "Three.")]
    assert is_code("import torch\nx = 1") and is_code("a {\n b: c;\n}") and not is_code("Move it: then look.")
