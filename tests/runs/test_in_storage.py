"""A run in storage: copied there whole, back into the cache once, and checked as one that comes from elsewhere."""

import json
import shutil

import fsspec
import pytest

from engine import paths
from engine.__main__ import main
from engine.data.storage import StorageError, transfer
from engine.runs import Run, RunError, checksums, files, in_storage
from engine.tasks import MULTI_LABEL
from tests.data.storage import stored
from tests.data.storage.stored import BUCKET

ADDRESS = f"{BUCKET}/runs/scenes"


@pytest.fixture(autouse=True)
def _empty_storage(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    stored.empty()
    yield
    stored.empty()


@pytest.fixture
def run(tmp_path):
    folder = shutil.copytree(paths.BUNDLED_RUNS / MULTI_LABEL, tmp_path / "mine")
    (folder / "secret.txt").write_text("stays here")
    checksums.write(folder)
    return Run(folder)


def test_a_run_comes_back_as_it_was_and_as_an_imported_one(run, capsys):
    assert main(["runs", "push", str(run.folder), ADDRESS]) == 0
    assert main(["runs", "pull", ADDRESS, "--name", "again"]) == 0
    pulled = Run(json.loads(capsys.readouterr().out.splitlines()[-1])["run"])
    assert pulled.folder == paths.runs_folder() / "again" and pulled.is_imported and not pulled.problems()
    assert (pulled.folder / files.WEIGHTS).read_bytes() == (run.folder / files.WEIGHTS).read_bytes()
    assert not (pulled.folder / "secret.txt").exists()
    assert Run(in_storage.local(ADDRESS)).name == "scenes"


def test_the_cache_is_used_until_a_file_changes(run, monkeypatch):
    in_storage.push(run, ADDRESS)
    folder = in_storage.local(ADDRESS)
    with monkeypatch.context() as patch:
        patch.setattr(transfer, "_download", lambda *_: pytest.fail("it was copied again"))
        assert in_storage.local(f"{ADDRESS}/") == folder
    stored.put(f"{ADDRESS}/{files.THRESHOLDS}", b"{}")
    assert in_storage.local(ADDRESS) != folder
    assert in_storage.local(run.folder) == run.folder


def test_a_damaged_copy_is_refused_and_not_kept(run):
    in_storage.push(run, ADDRESS)
    weights = (run.folder / files.WEIGHTS).read_bytes()
    stored.put(f"{ADDRESS}/{files.WEIGHTS}", weights[:-1] + b"!")
    with pytest.raises(RunError, match=r"cannot be used: weights\.safetensors has changed since it ended"):
        in_storage.local(ADDRESS)
    assert main(["runs", "pull", ADDRESS]) == 2
    assert not [file for file in paths.cache_folder().rglob("*") if file.is_file()]
    assert not list(paths.runs_folder().iterdir())


def test_half_a_run_is_none_and_is_copied_again(run, monkeypatch):
    put = fsspec.get_filesystem_class("memory").put_file

    def dying(fs, file, place, **options):
        if place.endswith(files.WEIGHTS):
            raise ConnectionError("refused")
        return put(fs, file, place, **options)

    with monkeypatch.context() as patch:
        patch.setattr(fsspec.get_filesystem_class("memory"), "put_file", dying)
        with pytest.raises(StorageError, match=r"failed \(refused\)"):
            in_storage.push(run, ADDRESS)
    with pytest.raises(RunError, match=r"There is no run at .*/scenes: config\.json is missing"):
        in_storage.local(ADDRESS)
    in_storage.push(run, ADDRESS)
    with pytest.raises(RunError, match=r"There is already a run at .*: choose another address"):
        in_storage.push(run, ADDRESS)


def test_what_is_no_address_or_has_not_ended_is_refused(run, monkeypatch):
    with pytest.raises(RunError, match="'runs/scenes' is not a storage address"):
        in_storage.push(run, "runs/scenes")
    (run.folder / files.METRICS).unlink()
    with pytest.raises(RunError, match=r"cannot be copied: metrics\.json is missing"):
        in_storage.push(run, ADDRESS)


def test_a_run_that_is_far_too_large_is_not_copied(run, monkeypatch):
    in_storage.push(run, ADDRESS)
    monkeypatch.setenv("LOSS_LAB_MOST_MB_PER_SET", "1")
    with pytest.raises(RunError, match=r"has \d+ MB, and the limit is 1 MB"):
        in_storage.local(ADDRESS)


def test_only_so_many_are_kept(run, monkeypatch):
    monkeypatch.setattr(in_storage, "MOST_KEPT", 2)
    in_storage.push(run, ADDRESS)
    for number in range(4):
        stored.put(f"{ADDRESS}/{files.THRESHOLDS}", b"{%s}" % (b" " * number))
        last = in_storage.local(ADDRESS)
    kept = list((paths.cache_folder() / "storage" / "runs").iterdir())
    assert len(kept) == 2 and last.parent in kept
