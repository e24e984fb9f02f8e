"""A backup holds all that people made, is restored as it was, and never replaces or escapes anything."""

import hashlib
import json
import os
import threading
import zipfile

import pytest

from engine import paths
from engine.__main__ import main
from engine.data import edits, library
from engine.jobs import shares, user_scope
from engine.jobs.backup import restore, write
from engine.jobs.backup.contents import LIST, BackupError
from engine.jobs.temporary import temporary_name
from tests.jobs.class_room import ANNA, CARL, dataset_of, furnish, run_folder_of, run_of, sign_in


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Three people's datasets and runs, one shared; the owner is at work."""
    furnish(tmp_path, monkeypatch)
    sign_in(CARL)
    shares.share(dataset_of(CARL).folder)
    edits.add(dataset_of(CARL).folder, "train/0.jpg", "kept")
    monkeypatch.setattr(user_scope, "_provider", [])
    return tmp_path


def contents(home):
    """Every file but locks, with its bytes and time."""
    return {
        file.relative_to(home).as_posix(): (file.read_bytes(), round(file.stat().st_mtime, 3))
        for name in ("data", "runs")
        for file in (home / name).rglob("*")
        if file.is_file() and not file.name.endswith(".lock")
    }


def elsewhere(home, monkeypatch):
    """Let the app use other, empty folders."""
    for name in ("data", "runs"):
        monkeypatch.setenv(f"LOSS_LAB_{name.upper()}", str(home / "new" / name))


def test_everything_comes_back_as_it_was(home, monkeypatch, capsys):
    before = contents(home)
    assert main(["backup", str(home / "all.zip")]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == len(before)
    elsewhere(home, monkeypatch)
    assert main(["restore", str(home / "all.zip")]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": 7}
    assert contents(home / "new") == before
    sign_in(ANNA)
    assert run_of(ANNA).vocab and len(shares.of_others(shares.DATASET)) == 1
    assert len(edits.read(dataset_of(CARL).folder).standing) == 1
    assert os.stat(home / "all.zip").st_mode & 0o077 == 0


def test_nothing_that_is_there_is_replaced(home, monkeypatch):
    write.write(home / "all.zip")
    before = contents(home)
    with pytest.raises(BackupError, match="7 of 7 items are there already"):
        restore.restore(home / "all.zip")
    assert contents(home) == before
    elsewhere(home, monkeypatch)
    run_folder_of(ANNA).mkdir(parents=True)
    with pytest.raises(BackupError, match="1 of 7 items are there already, such as 'first'"):
        restore.restore(home / "all.zip")
    assert contents(home / "new") == {} and not list((home / "new").rglob("*restoring*"))
    with pytest.raises(BackupError, match=r"all\.zip already"):
        write.write(home / "all.zip")


def test_locks_links_uploads_and_half_written_files_are_left_out(home):
    folder = dataset_of(ANNA).folder
    (folder / temporary_name("set.json")).write_text("half")
    (folder / ".decisions.lock").touch()
    (folder / "link").symlink_to("/etc/passwd")
    (folder.parent / "linked").symlink_to("/etc")
    (folder.parent / ".incoming" / "x").mkdir(parents=True)
    (folder.parent / ".incoming" / "x" / "asked.json").write_text("{}")
    names = write.write(home / "all.zip")
    assert not [name for name in names if any(word in name for word in ("~", ".lock", "link", "incoming"))]
    assert f"data/visitors/{ANNA.id}/animals/set.json" in names


def test_it_works_while_the_app_writes(home, monkeypatch):
    stop, folder = threading.Event(), dataset_of(ANNA).folder

    def work():
        while not stop.is_set():
            edits.add(folder, "train/1.jpg", "kept")
            (folder / "vanishing").write_text("x")
            (folder / "vanishing").unlink()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for number in range(5):
            write.write(home / f"{number}.zip")
    finally:
        stop.set()
        thread.join()
    elsewhere(home, monkeypatch)
    restore.restore(home / "4.zip")
    assert edits.read(dataset_of(ANNA).folder).notes == ()


def rewritten(home, change):
    """The backup with other files in it."""
    write.write(home / "good.zip")
    with zipfile.ZipFile(home / "good.zip") as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    listed = json.loads(files.pop(LIST))
    change(files, listed)
    with zipfile.ZipFile(home / "bad.zip", "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
        zipped.writestr(LIST, json.dumps(listed))
    return home / "bad.zip"


def add(name):
    def change(files, listed):
        files[name] = b"x"
        listed["files"][name] = [hashlib.sha256(b"x").hexdigest(), 1, 0.0]

    return change


def flip(files, _):
    name = next(iter(files))
    files[name] = b"?" + files[name][1:]


def drop(files, _):
    files.pop(next(iter(files)))


TAMPERED = {
    **{
        name: add(name)
        for name in (
            "../x", "data/../../x", "/etc/x", "data//x", "data/./x", "data\\..\\x", "data/C:x", "cache/x", "data",
            "data/x/..",
        )
    },
    "flipped": flip,
    "dropped": drop,
    "more": lambda files, _: files.update({"data/more": b"x"}),
    "version": lambda _, listed: listed.update(version=2),
    "no list": lambda _, listed: listed.pop("files"),
    "odd list": lambda _, listed: listed.update(files=[1]),
}  # fmt: skip


@pytest.mark.parametrize("kind", TAMPERED)
def test_a_tampered_backup_changes_nothing(home, monkeypatch, kind):
    bad = rewritten(home, TAMPERED[kind])
    elsewhere(home, monkeypatch)
    before = {place for place in home.rglob("*") if "new" not in place.parts}
    with pytest.raises(BackupError) as caught:
        restore.restore(bad)
    assert "\n" not in str(caught.value)
    assert contents(home / "new") == {} and not list((home / "new").rglob("*restoring*"))
    assert {place for place in home.rglob("*") if "new" not in place.parts} == before


def test_a_cut_or_packed_zip_is_refused(home, monkeypatch, capsys):
    write.write(home / "all.zip")
    whole = (home / "all.zip").read_bytes()
    elsewhere(home, monkeypatch)
    for share in (0, 0.3, 0.99):
        (home / "cut.zip").write_bytes(whole[: int(len(whole) * share)])
        assert main(["restore", str(home / "cut.zip")]) == 2
    with zipfile.ZipFile(home / "all.zip") as zipped, zipfile.ZipFile(home / "packed.zip", "w", 8) as packed:
        for name in zipped.namelist():
            packed.writestr(name, zipped.read(name), 0 if name == LIST else 8)
    assert main(["restore", str(home / "packed.zip")]) == 2
    assert main(["restore", str(home / "none.zip")]) == 2
    assert capsys.readouterr().err.count("\n") == 5
    assert contents(home / "new") == {}


def test_a_visitor_neither_backs_up_nor_restores(home):
    write.write(home / "all.zip")
    sign_in(ANNA)
    for attempt in (write.write, restore.restore):
        with pytest.raises(BackupError, match="Only the owner"):
            attempt(library.folder() / "mine.zip")


def test_a_full_disk_leaves_nothing(home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "digest", full)
    with pytest.raises(BackupError, match="could not be written"):
        write.write(home / "all.zip")
    assert not list(home.glob("*.zip*")) and not list(home.glob(".all*"))
    with pytest.raises(BackupError, match="outside the folders"):
        write.write(paths.data_folder() / "all.zip")
