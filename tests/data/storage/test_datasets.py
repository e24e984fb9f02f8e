"""A dataset in storage: copied once, continued, kept up to date, and within the limits of imports."""

import shutil

import pytest

from engine.data import chosen_data
from engine.data.archives.errors import IncomingError
from engine.data.storage import StorageError, datasets, transfer
from tests.data.storage.stored import BUCKET, put

ADDRESS = f"{BUCKET}/data/pets"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def copied(monkeypatch):
    """The names of the files that are copied."""
    names, copy = [], transfer._download

    def counted(address, file, place):
        copy(address, file, place)
        names.append(file.name)

    monkeypatch.setattr(transfer, "_download", counted)
    return names


@pytest.fixture
def pets():
    for number in range(12):
        put(f"{ADDRESS}/{'cat' if number % 2 else 'dog'}/{number}.png", b"image %d" % number)
    put(f"{ADDRESS}/labels.csv", b"a,b\n")
    put(f"{ADDRESS}/.hidden/x.png")
    put(f"{ADDRESS}/program.exe")


def names_in(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_dataset_is_copied_once(pets, copied):
    shares = []
    folder = datasets.fetch(f"{ADDRESS}/", shares.append)
    assert folder.name == "pets" and len(names_in(folder)) == 13 and shares[-1] == 1
    assert (folder / "cat" / "3.png").read_bytes() == b"image 3"
    assert datasets.fetch(ADDRESS) == folder and len(copied) == 13


def test_a_stopped_copy_goes_on_where_it_was(pets, copied, monkeypatch):
    def stop(share):
        if share > 0.4:
            raise KeyboardInterrupt

    monkeypatch.setattr(transfer, "AT_ONCE", 1)
    with pytest.raises(KeyboardInterrupt):
        datasets.fetch(ADDRESS, stop)
    before = len(copied)
    with open(datasets.folder_of(ADDRESS).parent / datasets.FETCHED, "a") as record:
        record.write('["cat/1.png", "half a li')
    assert 4 < before < 13
    folder = datasets.fetch(ADDRESS)
    assert len(names_in(folder)) == 13 and len(copied) - before <= 13 - 5


def test_changes_in_storage_arrive_and_what_is_gone_goes(pets, copied):
    import fsspec

    folder = datasets.fetch(ADDRESS)
    put(f"{ADDRESS}/cat/1.png", b"another")
    fsspec.filesystem("memory").rm_file("/bucket/data/pets/dog/2.png")
    (folder / "dog" / "4.png").unlink()
    copied.clear()
    datasets.fetch(ADDRESS)
    assert sorted(copied) == ["cat/1.png", "dog/4.png"]
    assert (folder / "cat" / "1.png").read_bytes() == b"another" and not (folder / "dog" / "2.png").exists()


def test_a_size_that_is_not_the_listed_one_is_refused(pets, monkeypatch):
    listed = datasets._wanted
    monkeypatch.setattr(
        datasets,
        "_wanted",
        lambda address: {name: one._replace(size=99) for name, one in listed(address).items()},
    )
    with pytest.raises(StorageError, match="has changed meanwhile: run the same command again"):
        datasets.fetch(ADDRESS)
    assert names_in(datasets.folder_of(ADDRESS)) == []


def test_limits_and_names_are_those_of_an_import(pets, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_FILES", "5")
    with pytest.raises(IncomingError, match="memory://bucket/data/pets cannot be used: It holds 13 files"):
        datasets.fetch(ADDRESS)
    put(f"{ADDRESS}/a\\..\\..\\b.png")
    with pytest.raises(IncomingError, match="leads out of its folder"):
        datasets.fetch(ADDRESS)
    with pytest.raises(StorageError, match="give the folder that holds the dataset"):
        datasets.fetch(f"{ADDRESS}/labels.csv")
    assert not datasets.folder_of(ADDRESS).exists()


@pytest.mark.parametrize("address", [f"{BUCKET}/..", f"{BUCKET}/.", f"{BUCKET}/{'x' * 300}"])
def test_a_name_that_is_no_folder_gets_another(address):
    assert datasets.folder_of(address).name == "dataset"


def test_a_command_sees_a_folder_of_this_machine(pets):
    folder = datasets.folder_of(ADDRESS)
    assert chosen_data.resolve(ADDRESS) == str(folder) and folder.is_dir()
    shutil.rmtree(folder)
    assert chosen_data.resolve(ADDRESS.replace("://", ":/")) == str(folder) and len(names_in(folder)) == 13
