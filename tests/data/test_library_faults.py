"""A library with damage, with many who add to it at once, and on a disk that refuses: nothing vanishes."""

import subprocess
import sys

import pytest

from engine import paths
from engine.data import library
from engine.data.library import LibraryError
from tests.dataset_files import pascal


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    return tmp_path


def _unpacked(home, name="unpacked"):
    return pascal(home / "data" / f".{name}")


DAMAGES = {
    "cut off": lambda text: text[:20],
    "empty": lambda text: "",
    "no name": lambda text: text.replace('"name"', '"nam"'),
    "a name that is no text": lambda text: text.replace('"My pets"', '"\\ud800"'),
    "a place that is no text": lambda text: text.replace('"in_place": ""', '"in_place": 7'),
    "a number as an option": lambda text: text.replace('"table": null', '"table": 7'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_dataset_is_listed_with_the_reason_and_can_be_removed_and_put_back(home, damage):
    one = library.add("My pets", "multi-label", unpacked=_unpacked(home))
    manifest = one.folder / "set.json"
    manifest.write_text(DAMAGES[damage](manifest.read_text()))
    assert library.all_sets() == []
    (damaged,) = library.damaged()
    assert (damaged.folder, damaged.title) == (one.folder, "My-pets")
    assert damaged.reason.startswith("The dataset “My-pets” ") and library.unreadable() == [damaged.reason]
    place = library.remove(damaged)
    assert library.damaged() == [] and not one.folder.exists()
    assert library.put_back(place).folder == one.folder and len(library.damaged()) == 1


def test_a_dataset_without_its_manifest_is_damaged_too(home):
    one = library.add("My pets", "multi-label", unpacked=_unpacked(home))
    (one.folder / "set.json").unlink()
    (damaged,) = library.damaged()
    assert "(it is gone)" in damaged.reason
    library.remove(damaged)
    library.empty_bin()
    assert library.damaged() == []


def test_nothing_outside_of_the_library_is_removed(home):
    folder = pascal(home / "mine")
    with pytest.raises(LibraryError, match="is not in the library"):
        library.remove(library.DamagedDataset(folder, "it is not one"))
    assert folder.is_dir()


ADD = """
import sys
from pathlib import Path
from engine.data import library
for _ in range(5):
    library.add("same", "multi-label", in_place=Path(sys.argv[1]))
"""


def test_datasets_that_are_added_at_once_have_names_and_folders_of_their_own(home):
    folder = pascal(home / "mine")
    adding = [subprocess.Popen([sys.executable, "-c", ADD, str(folder)], cwd=paths.ROOT) for _ in range(4)]
    assert [process.wait() for process in adding] == [0] * 4
    names = [one.name for one in library.all_sets()]
    assert sorted(names) == sorted(["same", *(f"same {number}" for number in range(2, 21))])
    assert library.damaged() == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [(28, "the disk is full: free some space"), (30, "is read-only"), (13, "may not write or read there")],
)
def test_a_disk_that_refuses_is_one_sentence(home, monkeypatch, code, sentence):
    one = library.add("My pets", "multi-label", unpacked=_unpacked(home))

    def refuses(*_):
        raise OSError(code, "raw words", "somewhere")

    for name in ("temporary_name", "os.replace"):
        monkeypatch.setattr(f"engine.jobs.atomic_write.{name}", refuses)
    with pytest.raises(LibraryError, match=f"“My pets” could not be renamed: .*{sentence}"):
        library.rename(one, "other")
    with pytest.raises(LibraryError, match=f"could not be put into the library: .*{sentence}") as raised:
        library.add("new", "multi-label", unpacked=_unpacked(home, "more"))
    assert "raw words" not in str(raised.value) and "Errno" not in str(raised.value)
    monkeypatch.undo()
    monkeypatch.setenv("LOSS_LAB_DATA", str(home / "data"))
    assert [one.name for one in library.all_sets()] == ["My pets"]
