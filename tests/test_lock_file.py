"""The lock file holds what requirements.txt asks for: a version and digests for each package, and no address."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"([A-Za-z0-9_.-]+)==([^ ;\\]+)(?: ; (.*?))?(?: \\)?")


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _pins(file: str) -> list[tuple[str, str, str]]:
    """Name, version and condition of every pin in a file of requirements."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    found = [
        pin for line in lines if not line.startswith((" ", "#")) and (pin := _PIN.fullmatch(line.strip()))
    ]
    return [(_name(pin[1]), pin[2], pin[3] or "") for pin in found]


def test_every_requirement_is_locked_at_its_version():
    locked = {(name, version) for name, version, _ in _pins("requirements.lock.txt")}
    asked = {(name, version) for name, version, _ in _pins("requirements.txt")}
    assert len(asked) > 30
    assert asked - locked == set(), "run `make lock`"


def test_every_package_has_digests():
    blocks = re.split(r"\n(?=[A-Za-z])", (ROOT / "requirements.lock.txt").read_text(encoding="utf-8"))
    pins = [block for block in blocks if "==" in block.split("\n")[0]]
    assert len(pins) > 100
    assert [block.split("\n")[0] for block in pins if "--hash=sha256:" not in block] == []


def test_linux_macos_and_windows_are_locked():
    conditions = " ".join(condition for *_, condition in _pins("requirements.lock.txt"))
    assert "sys_platform == 'linux'" in conditions and "sys_platform == 'win32'" in conditions
    names = {name for name, _, condition in _pins("requirements.lock.txt") if not condition}
    assert {"torch", "streamlit", "pillow"} <= names, "these are needed on every system"


def test_no_address_is_in_it():
    text = (ROOT / "requirements.lock.txt").read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text and "--find-links" not in text
