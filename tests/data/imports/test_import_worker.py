"""What arrives in the library: archives, folders, single files and folders read in place."""

import os
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data import library
from engine.data.archives.limits import Limits
from engine.data.archives.names import UnsafeName, is_junk, safe_name
from engine.data.archives.zips import look_into, unpack
from engine.data.formats import load
from engine.data.imports import IncomingError, all_imports
from engine.data.imports.import_worker import import_path
from engine.jobs.status import FINISHED
from tests.data.imports.sending import HONEST, TABLE, sent, zipped
from tests.dataset_files import IMAGE, pascal, put


def test_a_zip_arrives_whole(home):
    status = sent(zipped(HONEST))
    one = library.find("set")
    assert (status.state, status.name) == (FINISHED, "set") and one.task == "single-label"
    record = load(one.data_path, one.task)
    assert len(record.table) == 6 and all(path.read_bytes() == IMAGE for path in record.paths())
    assert (
        one.manifest.source == "Imported as the archive “set.zip”." and one.manifest.options.format == "cells"
    )
    assert sorted(os.listdir(one.folder)) == ["pictures", "set.json"]


def test_a_folder_around_everything_and_what_computers_add_are_left_out(home):
    files = {f"My pets/{name}": content for name, content in HONEST.items()}
    junk = {"__MACOSX/My pets/._1.jpg": b"x", "My pets/.DS_Store": b"x", "My pets/Thumbs.db": b"x"}
    more = {"My pets/notes.pdf": b"%PDF", "My pets/run.exe": b"MZ", "My pets/old.zip": zipped(HONEST)}
    assert sent(zipped(files | junk | more)).state == FINISHED
    one = library.find("set")
    assert sorted(os.listdir(one.source_path)) == ["train", "train.csv"]
    told = " ".join(one.manifest.reasons)
    assert "Archives inside it are not unpacked (1): “My pets/old.zip”." in told
    assert "Left out, because they are neither images nor tables (2):" in told and "Thumbs" not in told


NAMES = ["Käfer.jpg", "猫.jpg", "собака.jpg", "كلب.jpg", "🐻 bär.jpg", "a'b\"c&d.jpg", "=1+1.jpg", "<b>.jpg"]


@pytest.mark.parametrize("marked", [True, False])
def test_names_of_every_script(home, marked):
    """Also where the archive does not say that its names are UTF-8, as old programs write it."""
    quoted = (name.replace('"', '""') for name in NAMES)
    table = "fname\tlabel\n" + "".join(f'"{name}"\t{"ab"[n % 2]}\n' for n, name in enumerate(quoted))
    content = zipped({"t.tsv": table, **{name: IMAGE for name in NAMES}})
    if not marked:
        content = _without_utf8_marks(content)
    assert sent(content).state == FINISHED
    record = library.find("set").record()
    assert sorted(record.table["fname"]) == sorted(NAMES)


def _without_utf8_marks(content: bytes) -> bytes:
    data, at = bytearray(content), 0
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(magic)
        while at >= 0:
            mark = struct.unpack_from("<H", data, at + flags)[0]
            struct.pack_into("<H", data, at + flags, mark & ~0x800)
            at = data.find(magic, at + 4)
    return bytes(data)


def test_several_files_at_once(home):
    status = sent(TABLE.encode(), "train.csv", **{f"{n}.jpg": IMAGE for n in range(6)})
    assert status.state == FINISHED and len(library.find("my images").record().table) == 6


def test_a_folder_sent_by_the_browser(home):
    files = {f"holiday/{name}": content for name, content in HONEST.items()}
    first, *others = files
    status = sent(files[first].encode(), first, **{name: files[name] for name in others})
    assert status.name == "holiday" and len(library.find("holiday").record().table) == 6


def test_pictures_alone_wait_for_labels(home):
    status = sent(zipped({f"{n}.jpg": IMAGE for n in range(3)}))
    assert library.find(status.name).manifest.options.format == "pictures"


def test_two_of_one_name_stay_apart(home):
    assert [sent(zipped(HONEST)).name for _ in range(2)] == ["set", "set 2"]


def test_a_folder_of_this_machine_is_read_where_it_lies(home):
    folder = pascal(home / "mine" / "pets")
    one = import_path(home / "mine")
    assert (one.name, one.source_path) == ("pets", folder) and len(one.record().table) == 6
    assert sorted(os.listdir(one.folder)) == ["set.json"]
    put(home / "empty", {"notes.txt": "x"})
    with pytest.raises(IncomingError, match="no images"):
        import_path(home / "empty")
    assert all_imports() == []


@given(
    st.dictionaries(
        st.lists(st.text("aäb猫_- .", min_size=1, max_size=8), min_size=1, max_size=4).map("/".join),
        st.binary(max_size=300),
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_archive_unpacks_to_what_was_packed_or_is_refused(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("any")
    files = {f"{name}.jpg": content for name, content in files.items()}
    (folder / "a.zip").write_bytes(zipped(files))
    try:
        found = look_into(folder / "a.zip", Limits())
    except IncomingError as error:
        assert error.problems and all(sentence.endswith(".") for sentence in error.problems)
        return
    unpack(folder / "a.zip", found, folder / "into")
    there = {
        p.relative_to(folder / "into").as_posix(): p.read_bytes()
        for p in (folder / "into").rglob("*.*")
        if p.is_file()
    }
    kept = {safe_name(name): content for name, content in files.items() if not is_junk(safe_name(name))}
    assert there == kept


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_a_safe_name_stays_inside(raw):
    try:
        name = safe_name(raw)
    except UnsafeName:
        return
    root = Path("/somewhere/deep")
    assert (root / name).is_relative_to(root) and ".." not in Path(name).parts and "\0" not in name
    assert safe_name(name) == name
