"""What comes in: honest archives arrive whole, hostile ones are one sentence, and nothing else on the disk changes."""

import io
import json
import os
import re
import stat
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import paths
from engine.data import library
from engine.data.archives.limits import Limits, check_room, limits, size_of
from engine.data.archives.names import UnsafeName, is_junk, safe_name
from engine.data.archives.zips import look_into, unpack
from engine.data.formats import DatasetError, load
from engine.data.formats.read_options import ReadOptions
from engine.data.imports import IncomingError, all_imports, begin, dismiss, stop, take
from engine.data.imports.import_worker import import_path, work
from engine.jobs import process
from engine.jobs import status as job_status
from engine.jobs.job import HANDLE
from engine.jobs.json_file import read_record
from engine.jobs.status import FAILED, FINISHED, INTERRUPTED, RUNNING, STOPPED, Status
from tests.dataset_files import IMAGE, pascal, put
from tests.format_samples import coco

TABLE = "fname,labels,is_valid\n" + "".join(f"{n}.jpg,{'ab'[n % 2]},{n > 3}\n" for n in range(6))
HONEST = {"train.csv": TABLE, **{f"train/{n}.jpg": IMAGE for n in range(6)}}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    (tmp_path / "outside").mkdir()
    return tmp_path


def zipped(files: dict, compression=zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of files by name (or `ZipInfo`)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def sent(content: bytes, name="set.zip", **more: bytes):
    """Send files and work on them here; the status."""
    files = [(name, io.BytesIO(content)), *((key, io.BytesIO(value)) for key, value in more.items())]
    one = take(files)
    problems, name, state = work(one).problems, one.name, one.status.state
    left = [path.name for path in one.folder.iterdir() if path.name in ("files", "unpacked")]
    assert left == []
    dismiss(one)
    return SimpleNamespace(problems=problems, name=name, state=state)


def refused(content: bytes, name="set.zip") -> str:
    """The one answer to something hostile: plain sentences, an empty library, and nothing anywhere else."""
    before = everything_outside()
    status = sent(content, name)
    assert status.state == FAILED and status.problems and library.all_sets() == []
    for sentence in status.problems:
        assert sentence.endswith(".") and "\n" not in sentence and "Traceback" not in sentence
        assert len(sentence) < 500
    assert everything_outside() == before
    assert size_of(paths.data_folder()) == 0
    return " ".join(status.problems)


def everything_outside() -> list[str]:
    root = paths.data_folder().parent
    return sorted(str(one) for one in root.rglob("*") if not one.is_relative_to(paths.data_folder()))


# --- honest ones ------------------------------------------------------------------------------------------------


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
    assert "Archives inside are not unpacked (1): “My pets/old.zip”." in told
    assert "Neither pictures nor tables, and left out (2):" in told and "Thumbs" not in told


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
    assert status.state == FINISHED and len(library.find(status.name).record().table) == 6


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
    with pytest.raises(IncomingError, match="no pictures"):
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


# --- hostile ones -----------------------------------------------------------------------------------------------

UNSAFE = [
    "../evil.jpg", "a/../../evil.jpg", "/etc/evil.jpg", "\\\\server\\evil.jpg", "C:\\evil.jpg", "c:evil.jpg",
    "..\\..\\evil.jpg",
    "a\x01b.jpg", "x" * 300 + ".jpg", "/".join("abcdefghijklmnopqrstuvw") + ".jpg", "a\u202egpj.jpg",
]  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE)
def test_names_that_lead_out_are_refused(name):
    assert "Names that cannot be taken (1)" in refused(zipped(HONEST | {name: IMAGE}))
    with pytest.raises(UnsafeName):
        safe_name(name)


def test_unsafe_names_of_single_files_are_refused():
    assert "Names that cannot be taken" in refused(IMAGE, "../evil.jpg")


def test_the_name_of_the_archive_itself_leads_nowhere(home):
    for name in ("../../evil.zip", "/tmp/evil.zip", "..", "a\0b.zip", "x" * 400 + ".zip", ".zip"):
        status = sent(zipped(HONEST), name)
        assert status.state in (FINISHED, FAILED)
    assert everything_outside() == [str(home / "outside")]


def test_links_are_left_out(home):
    link = zipfile.ZipInfo("train/link.jpg")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    pipe = zipfile.ZipInfo("train/pipe.jpg")
    pipe.create_system, pipe.external_attr = 3, (stat.S_IFIFO | 0o777) << 16
    assert sent(zipped(HONEST | {link: b"/etc/passwd", pipe: b""})).state == FINISHED
    one = library.find("set")
    assert "Links are left out (2)" in " ".join(one.manifest.reasons)
    assert not any(path.is_symlink() for path in one.folder.rglob("*"))


def test_a_bomb_is_known_by_its_ratio():
    bomb = zipped({"a.jpg": b"\0" * 30_000_000})
    assert len(bomb) < 100_000 and "as bombs do (1): “a.jpg”" in refused(bomb)


def test_a_bomb_of_many_small_files_is_known_by_the_sum(monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_MB_PER_SET", "5")
    said = refused(zipped({f"{n}.jpg": b"\0" * 400_000 for n in range(20)}))
    assert "It holds 8 MB, and 5 MB are the most for one data set" in said


def test_a_bomb_that_lies_about_its_size_is_not_unfolded(home):
    content = bytearray(zipped({"a.jpg": b"\0" * 20_000_000}))
    at = content.find(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 1000)
    struct.pack_into("<I", content, 22, 1000)
    assert "cannot be unpacked (1): “a.jpg”" in refused(bytes(content))


def test_entries_that_overlap_are_a_bomb_too():
    """One compressed kernel, listed many times: small to send, endless to unpack."""
    content = zipped({"a.jpg": b"\0" * 5_000_000})
    at, end = content.find(b"PK\x01\x02"), content.find(b"PK\x05\x06")
    entry = content[at:end]
    many = b"".join(entry.replace(b"a.jpg", b"%05d" % n) for n in range(3000))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 3000, 3000, len(many), at, 0)
    said = refused(content[:at] + many.replace(b"PK\x01\x02", b"PK\x01\x02") + tail)
    assert "neither" in said or "no pictures" in said
    many = b"".join(_entry_named(entry, b"%03d.jpg" % n) for n in range(999))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 999, 999, len(many), at, 0)
    assert "are the most for one data set" in refused(content[:at] + many + tail)


def _entry_named(entry: bytes, name: bytes) -> bytes:
    old = struct.unpack_from("<H", entry, 28)[0]
    return entry[:28] + struct.pack("<H", len(name)) + entry[30:46] + name + entry[46 + old :]


def test_a_hundred_thousand_files_are_one_sentence():
    content = zipped({"a.jpg": IMAGE})
    at, end = content.find(b"PK\x01\x02"), content.find(b"PK\x05\x06")
    many = b"".join(_entry_named(content[at:end], b"%06d.jpg" % n) for n in range(100_000))
    record = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(many), at, 0)
    said = refused(content[:at] + many + record)
    assert "It holds 100,000 files, and 50,000 are the most; divide it." in said


def test_a_list_of_files_that_would_fill_the_memory_is_not_read(home):
    """The record at the end claims a list of 3 GB (plain) or 2 TB (with the records of large archives)."""
    content = bytearray(zipped(HONEST))
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, at + 12, 3_000_000_000)
    assert "lists far too many files" in refused(bytes(content))
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, 2 * 1024**4, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
    assert "lists far too many files" in refused(bytes(content[:at]) + record + locator + bytes(content[at:]))


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.3, 0.6, 0.95, 0.999])
def test_half_an_upload_is_one_sentence(kept):
    content = zipped(HONEST)
    said = refused(content[: int(len(content) * kept)])
    assert "cut off or damaged" in said or "is no zip archive" in said


def test_a_damaged_file_inside_is_named():
    content = bytearray(zipped(HONEST, zipfile.ZIP_STORED))
    content[content.find(b"train/3.jpg") + 400] ^= 0xFF
    assert "Files that cannot be unpacked (1): “train/3.jpg”; pack it again." in refused(bytes(content))


def test_locked_and_strangely_packed_files_are_named():
    content = bytearray(zipped({"a.jpg": IMAGE}))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(magic) + flags] |= 1
    assert "Files locked with a password (1): “a.jpg”" in refused(bytes(content))
    assert "packed in a way that is not read here (1)" in refused(zipped({"a.jpg": IMAGE}, zipfile.ZIP_LZMA))


def test_every_reason_is_told_at_once(monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_FILES", "3")
    files = HONEST | {"../a.jpg": IMAGE, "b.jpg": b"\0" * 20_000_000}
    with pytest.warns(UserWarning, match="Duplicate"):
        content = _with_a_duplicate(files)
    said = refused(content)
    for part in ("cannot be taken (1)", "there twice (1): “train.csv”", "as bombs do (1)", "3 are the most"):
        assert part in said


def _with_a_duplicate(files: dict) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*files.items(), ("train.csv", "x")]:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_name_that_is_a_file_and_a_folder():
    assert "there twice" in refused(zipped({"a.jpg": IMAGE, "a.jpg/b.jpg": IMAGE}))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no pictures and no tables"),
        ({"inner.zip": zipped(HONEST)}, "It holds an archive, “inner.zip”, and no image"),
        ({"a.exe": b"MZ", "b.html": b"<html>"}, "no pictures and no tables"),
        ({"only.csv": TABLE}, "It holds tables, but no pictures; pack both together."),
    ],
)
def test_nothing_to_be_had(files, words):
    assert words in refused(zipped(files))


@pytest.mark.parametrize("content", [b"Rar!\x1a\x07", b"7z\xbc\xaf'\x1c", b"", b"PK\x05\x06"])
def test_what_is_called_a_zip_but_is_none(content):
    assert "“set.zip” is" in refused(content)


# --- what lies in the files -------------------------------------------------------------------------------------


def test_json_nested_ten_thousand_deep_is_one_sentence(home):
    deep = "[" * 10_000 + "]" * 10_000
    sent(zipped({"deep.json": deep, "deep.jsonl": deep, "1.jpg": IMAGE}))
    told = " ".join(library.find("set").manifest.reasons)
    assert "“deep.json” is nested too deeply to be read." in told
    assert "“deep.jsonl” is nested too deeply to be read in line 1." in told


def test_xml_with_entities_reads_nothing_and_unfolds_nothing(home):
    (home / "outside" / "secret.txt").write_text("top secret")
    files = {}
    for n in range(4):
        files[f"{n}.jpg"] = IMAGE
        files[f"{n}.xml"] = "<annotation><object><name>dog</name></object></annotation>"
    secret = f"file://{home / 'outside' / 'secret.txt'}"
    files["1.xml"] = (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret}">]><annotation><object><name>&x;</name></object></annotation>'
    )
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    files["2.xml"] = (
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{lol}]><annotation><object><name>&l9;</name></object></annotation>'
    )
    assert sent(zipped(files)).state == FINISHED
    with pytest.raises(DatasetError) as raised:
        library.find("set").record()
    assert "2 annotations cannot be read: “1.xml”" in str(raised.value) and "top secret" not in str(
        raised.value
    )


def test_a_table_of_a_million_rows_is_one_sentence_in_bounded_memory(home, monkeypatch):
    put(home / "big", {"a.csv": "fname,labels\n" + "1.jpg,a b\n" * 1_000_000, "1.jpg": IMAGE})
    with pytest.raises(
        DatasetError, match=r"“a\.csv” has more than 200,000 rows, too many for a table; divide it\."
    ):
        load(home / "big", "multi-label")
    monkeypatch.setattr("engine.data.formats.tables.text_table.MOST_ROWS", 10_000)
    tracemalloc.start()
    with pytest.raises(DatasetError, match="more than 10,000 rows"):
        load(home / "big", "multi-label")
    assert tracemalloc.get_traced_memory()[1] < 16 * 1024**2
    tracemalloc.stop()


def test_a_table_of_too_many_columns_or_cells_is_one_sentence(home, monkeypatch):
    put(home / "wide", {"a.csv": ",".join(f"c{n}" for n in range(100_000)) + "\n", "1.jpg": IMAGE})
    with pytest.raises(DatasetError, match="more than 5,000 columns"):
        load(home / "wide", "multi-label")
    monkeypatch.setattr("engine.data.formats.tables.text_table.MOST_CELLS", 12)
    put(home / "full", {"a.csv": "fname,a,b\n" + "1.jpg,0,1\n" * 5, "1.jpg": IMAGE})
    with pytest.raises(DatasetError, match="more than 4 rows"):
        load(home / "full", "multi-label")


@pytest.mark.parametrize("limit", ["MOST_IMAGES", "MOST_ANNOTATIONS"])
def test_coco_with_too_many_entries_is_one_sentence(home, monkeypatch, limit):
    monkeypatch.setattr(f"engine.data.formats.coco.reader.{limit}", 4)
    status = sent(zipped({str(f.relative_to(home)): f.read_bytes() for f in coco(home).rglob("*.j*")}))
    said = r"are too many for one data set: “annotations/instances\.json”; divide it\."
    assert status.state == FAILED and re.search(said, " ".join(status.problems))


IN_LITTLE_MEMORY = """
import sys, psutil
from pathlib import Path
from engine.data.imports import import_worker
from engine.data.imports.import_job import ImportJob
import_worker.MOST_MEMORY = psutil.Process().memory_info().vms + 48 * 1024**2
import_worker.set_resource_limits()
print(*import_worker.work(ImportJob(Path(sys.argv[1]))).problems)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_what_fits_into_no_memory_is_one_sentence(home):
    """The process that works on it may take only so much, so the server never gets to read it."""
    lists = "[" + ",".join(["[]"] * 2_000_000) + "]"
    one = take([("big.json", io.BytesIO(lists.encode())), ("1.jpg", io.BytesIO(IMAGE))])
    done = subprocess.run(
        [sys.executable, "-c", IN_LITTLE_MEMORY, str(one.folder)],
        capture_output=True,
        text=True,
        cwd=paths.ROOT,
    )
    assert done.stdout.strip() == "It needs more memory than there is; divide it.", done.stderr
    assert library.all_sets() == []


def test_an_excel_file_that_is_a_bomb_is_not_unfolded(home, monkeypatch):
    monkeypatch.setattr("engine.data.formats.files.excel_file.MOST_UNPACKED", 20 * 1024**2)
    sheet = b"<worksheet>" + b" " * 30 * 1024**2
    bomb = zipped({"xl/worksheets/sheet1.xml": sheet, "xl/workbook.xml": b"<workbook/>"})
    assert len(bomb) < 1024**2
    put(home / "bomb", {"a.xlsx": bomb, "1.jpg": IMAGE})
    with pytest.raises(
        DatasetError, match=r"“a\.xlsx” would unpack to too much for a table; save it as CSV\."
    ):
        load(home / "bomb", "multi-label")


def test_xml_nested_a_hundred_thousand_deep_is_read_or_refused(home):
    deep = "<annotation>" + "<a>" * 100_000 + "</a>" * 100_000 + "</annotation>"
    put(home / "deep", {"1.jpg": IMAGE, "1.xml": deep, "2.jpg": IMAGE, "2.xml": "<annotation/>"})
    with pytest.raises(DatasetError) as raised:
        load(home / "deep", "multi-label", ReadOptions(format="voc"))
    assert all(sentence.endswith(".") for sentence in raised.value.problems)


def test_labels_are_only_text(home):
    labels = ["<script>alert(1)</script>", '=HYPERLINK("http://x")', "${jndi:ldap://x}", "__import__('os')"]
    rows = "".join(
        json.dumps({"file": f"{n}.jpg", "labels": [label]}) + "\n" for n, label in enumerate(labels)
    )
    status = sent(zipped({"t.jsonl": rows, **{f"{n}.jpg": IMAGE for n in range(4)}}))
    assert set(library.find(status.name).record().vocab) == set(labels)


def test_a_set_json_that_was_sent_is_left_out(home):
    lie = {"name": "x", "task": "points", "in_place": "/etc", "options": {}}
    sent(zipped(HONEST | {"set.json": json.dumps(lie)}))
    assert not (library.find("set").source_path / "set.json").exists()


# --- room -------------------------------------------------------------------------------------------------------


def test_the_quota_of_all_is_kept(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_MB_IN_ALL", "1")
    assert sent(zipped({f"{n}.jpg": IMAGE + os.urandom(60_000) for n in range(6)})).state == FINISHED
    said = sent(zipped({f"{n}.jpg": IMAGE + os.urandom(60_000) for n in range(6)}))
    assert (
        "There is no room: the data sets take" in said.problems[0] and "remove one first" in said.problems[0]
    )
    library.remove(library.find("set"))
    assert sent(zipped({f"{n}.jpg": IMAGE + os.urandom(60_000) for n in range(6)})).state == FINISHED


def test_a_full_disk_is_one_sentence(home, monkeypatch):
    usage = type("Usage", (), {"free": 400 * 1024**2})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    check_room(home, 50 * 1024**2, 0, Limits())
    with pytest.raises(IncomingError, match="The disk has 400 MB left, too little for 150 MB more"):
        check_room(home, 150 * 1024**2, 0, Limits())


def test_limits_can_be_set_and_nonsense_is_ignored(monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_MB_PER_SET", "7")
    monkeypatch.setenv("LOSS_LAB_MOST_FILES", "-3")
    assert (limits().bytes_per_set, limits().files) == (7 * 1024**2, Limits().files)


def test_too_much_is_refused_before_it_is_written(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_MB_PER_SET", "1")
    with pytest.raises(IncomingError, match="2 MB, and 1 MB are the most"):
        take([("a.zip", io.BytesIO(b"x" * 2_000_000))])
    assert all_imports() == []


def test_a_disk_that_fills_up_leaves_nothing_behind(home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    one = take([("set.zip", io.BytesIO(zipped(HONEST)))])
    monkeypatch.setattr("engine.data.archives.zips.shutil.copyfileobj", full)
    assert work(one).problems == ("It could not be written: No space left on device.",)
    assert library.all_sets() == []


# --- in a process of its own ------------------------------------------------------------------------------------


def _process_of(one) -> process.ProcessId:
    return process.from_record(read_record(one.folder / HANDLE))


def test_a_process_of_its_own_does_the_work(home):
    one = begin([("set.zip", io.BytesIO(zipped(HONEST)))], "My set")
    assert all_imports() == [one] and not _process_of(one).is_this
    deadline = time.monotonic() + 60
    while one.is_active:
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
    assert (one.status.state, one.name, one.problems) == (FINISHED, "My set", ()), one.job.log
    assert library.find("My set").record().vocab == ("a", "b")
    dismiss(one)
    assert all_imports() == []


def test_a_process_that_is_gone_was_interrupted_and_what_was_sent_gives_way(home):
    one = take([("set.zip", io.BytesIO(zipped(HONEST)))])
    job_status.write(one.folder, Status(RUNNING, process=replace(process.identify(), started=1.0)))
    assert one.status.state == INTERRUPTED and "import it again" in one.problems[0]
    assert (one.folder / "files").exists()
    dismiss(take([("set.zip", io.BytesIO(zipped(HONEST)))]))
    assert not (one.folder / "files").exists() and one.problems


def test_an_import_on_another_machine_keeps_its_files_and_its_room_and_is_asked_to_stop(home):
    one = take([("set.zip", io.BytesIO(zipped(HONEST)))])
    job_status.write(
        one.folder, Status(RUNNING, process=process.ProcessId("elsewhere", 1, 1.0), heartbeat=1.0)
    )
    dismiss(take([("set.zip", io.BytesIO(zipped(HONEST)))]))
    assert one.is_active and one.problems == () and (one.folder / "files").exists()
    stop(one)
    assert one.job.stop_requested and all_imports() == [one]
    work(one)
    assert one.status.state == STOPPED and not (one.folder / "files").exists()


def test_work_that_is_stopped_leaves_nothing_behind(home):
    files = [(f"{n}.csv", io.BytesIO(b"a,b\n" * 400_000)) for n in range(15)] + [("1.jpg", io.BytesIO(IMAGE))]
    one = begin(files)
    at_work = _process_of(one)
    assert at_work.is_alive
    stop(one)
    assert not at_work.is_alive and all_imports() == [] and library.all_sets() == []


def test_the_command_line_imports_and_answers_in_one_sentence(home, capsys):
    from engine.__main__ import main

    (home / "set.zip").write_bytes(zipped(HONEST))
    assert main(["import", str(home / "set.zip"), "--name", "pets"]) == 0
    assert capsys.readouterr().out.startswith(f"pets (single-label): {home / 'data' / 'pets'}\n")
    (home / "bad.zip").write_bytes(zipped({"../a.jpg": IMAGE}))
    assert main(["import", str(home / "bad.zip")]) == 2
    assert "Names that cannot be taken" in capsys.readouterr().err
    assert [one.name for one in library.all_sets()] == ["pets"]
