"""What README promises is there: its list of pages is the folder's, and its commands, files and links exist."""

import re
import shlex

import pytest

from engine import __main__ as command_line
from engine import paths

README = (paths.ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (paths.ROOT / "Makefile").read_text(encoding="utf-8")


def code_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def commands(first: str) -> list[list[str]]:
    """The commands in README's blocks that begin with `first`, split into words; a broken line is one command."""
    lines = "\n".join(code_blocks()).replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.startswith(first)]


def test_the_list_of_pages_is_the_folder_in_its_order():
    table = README.split("## The pages", 1)[1].split("\n## ", 1)[0]
    listed = re.findall(r"^\| *([^|-][^|]*?) *\|", table, re.MULTILINE)
    files = sorted((paths.ROOT / "pages").glob("*.py"), key=lambda file: int(file.name.split("_")[0]))
    assert listed[0] == "page"
    assert [name.replace("-", " ") for name in listed[1:]] == [
        file.stem.split("_", 1)[1].replace("_", " ") for file in files
    ]


def test_every_make_target_exists():
    named = {target for _, target, *_ in commands("make ")} | set(re.findall(r"`make (\w+)`", README))
    assert {"run", "test"} <= named
    assert named <= set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("words", commands("python -m engine "), ids=" ".join)
def test_every_engine_command_is_understood(words):
    """The command line reads it, though nothing is trained here."""
    command, _ = command_line.parsed(words[3:])
    assert command.__module__.endswith(".commands")


def test_every_module_that_is_run_exists():
    modules = set(re.findall(r"python -m ([\w.]+)", README)) - {"venv", "pip", "pytest"}
    assert "engine" in modules
    for module in modules:
        at = paths.ROOT.joinpath(*module.split("."))
        assert at.with_suffix(".py").is_file() or (at / "__main__.py").is_file(), module


def test_every_picture_and_linked_file_is_there():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    missing = [one for one in targets if "://" not in one and not (paths.ROOT / one).exists()]
    assert missing == []


def test_every_pip_file_is_there():
    for words in commands("pip install"):
        assert (paths.ROOT / words[words.index("-r") + 1]).is_file()


def test_every_path_of_the_samples_is_there():
    named = set(re.findall(r"(?<![\w/])sample_data/[\w./-]*\w", README))
    assert [one for one in named if not (paths.ROOT / one).exists()] == []


def test_the_counts_of_pictures_are_those_of_the_folders():
    scenes, heads, people = map(
        int, re.search(r"(\d+) scenes.*?(\d+) heads of (\d+) people", README).groups()
    )
    assert scenes == len(list((paths.SCENES / "train").glob("*.jpg")))
    assert heads == len(list(paths.HEADS.glob("*/frame_*_rgb.jpg")))
    assert people == len([folder for folder in paths.HEADS.iterdir() if folder.is_dir()])
