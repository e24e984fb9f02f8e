"""No Python file is too long to read in one sitting."""

from pathlib import Path

from engine import paths

MOST_LINES = 320
FOLDERS = ("engine", "pages", "tests", "benchmarks")


def long_files(root: Path) -> list[str]:
    """Python files with more than `MOST_LINES` lines; those that draw sample images are long lists of shapes."""
    files = [*root.glob("*.py"), *(file for folder in FOLDERS for file in root.glob(f"{folder}/**/*.py"))]
    return [
        file.relative_to(root).as_posix()
        for file in sorted(files)
        if "synthetic" not in file.parts and len(file.read_text("utf-8").splitlines()) > MOST_LINES
    ]


def test_no_file_is_too_long():
    assert long_files(paths.ROOT) == []


def test_a_long_file_is_seen(tmp_path):
    for name, lines in (("engine/a", 321), ("pages/b", 320), ("engine/synthetic/c", 400), ("tests/d", 321)):
        file = tmp_path / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n" * lines)
    assert long_files(tmp_path) == ["engine/a.py", "tests/d.py"]
