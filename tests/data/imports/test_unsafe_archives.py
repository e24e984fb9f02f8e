"""Archives that would harm: names that lead out, links, bombs, damage. Nothing is left of them but sentences."""

import io
import stat
import struct
import zipfile

import pytest

from engine.data import library
from engine.data.archives.names import UnsafeName, safe_name
from engine.jobs.status import FAILED, FINISHED
from tests.data.imports.sending import HONEST, TABLE, everything_outside, refused, sent, zipped
from tests.dataset_files import IMAGE

UNSAFE = [
    "../evil.jpg", "a/../../evil.jpg", "/etc/evil.jpg", "\\\\server\\evil.jpg", "C:\\evil.jpg", "c:evil.jpg",
    "..\\..\\evil.jpg",
    "a\x01b.jpg", "x" * 300 + ".jpg", "/".join("abcdefghijklmnopqrstuvw") + ".jpg", "a\u202egpj.jpg",
]  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE)
def test_names_that_lead_out_are_refused(name):
    assert "Names that cannot be used (1)" in refused(zipped(HONEST | {name: IMAGE}))
    with pytest.raises(UnsafeName):
        safe_name(name)


def test_unsafe_names_of_single_files_are_refused():
    assert "Names that cannot be used" in refused(IMAGE, "../evil.jpg")


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
    assert "It holds 8 MB, and the limit is 5 MB for one dataset" in said


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
    assert "neither" in said or "no images" in said
    many = b"".join(_entry_named(entry, b"%03d.jpg" % n) for n in range(999))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 999, 999, len(many), at, 0)
    assert "for one dataset" in refused(content[:at] + many + tail)


def _entry_named(entry: bytes, name: bytes) -> bytes:
    old = struct.unpack_from("<H", entry, 28)[0]
    return entry[:28] + struct.pack("<H", len(name)) + entry[30:46] + name + entry[46 + old :]


def test_a_hundred_thousand_files_are_one_sentence():
    content = zipped({"a.jpg": IMAGE})
    at, end = content.find(b"PK\x01\x02"), content.find(b"PK\x05\x06")
    many = b"".join(_entry_named(content[at:end], b"%06d.jpg" % n) for n in range(100_000))
    record = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(many), at, 0)
    said = refused(content[:at] + many + record)
    assert "It holds 100,000 files, and the limit is 50,000; split it up." in said


def test_a_list_of_files_that_would_fill_the_memory_is_not_read(home):
    """The record at the end claims a list of 3 GB (plain) or 2 TB (with the records of large archives)."""
    content = bytearray(zipped(HONEST))
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, at + 12, 3_000_000_000)
    assert "cut off or damaged" in refused(bytes(content))
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, 2 * 1024**4, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
    assert "cut off or damaged" in refused(bytes(content[:at]) + record + locator + bytes(content[at:]))


def test_a_list_of_files_that_is_too_long_is_not_read(home, monkeypatch):
    content = zipped(HONEST)
    monkeypatch.setattr("engine.data.archives.zips.MOST_DIRECTORY_BYTES", 100)
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *_: pytest.fail("its list was read"))
    assert "lists far too many files" in refused(content)


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.3, 0.6, 0.95, 0.999])
def test_half_an_upload_is_one_sentence(kept):
    content = zipped(HONEST)
    said = refused(content[: int(len(content) * kept)])
    assert "cut off or damaged" in said or "is not a zip archive" in said


def test_a_damaged_file_inside_is_named():
    content = bytearray(zipped(HONEST, zipfile.ZIP_STORED))
    content[content.find(b"train/3.jpg") + 400] ^= 0xFF
    assert "Files that cannot be unpacked (1): “train/3.jpg”; pack it again." in refused(bytes(content))


def test_locked_and_strangely_packed_files_are_named():
    content = bytearray(zipped({"a.jpg": IMAGE}))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(magic) + flags] |= 1
    assert "Files locked with a password (1): “a.jpg”" in refused(bytes(content))
    assert "compressed in an unsupported way (1)" in refused(zipped({"a.jpg": IMAGE}, zipfile.ZIP_LZMA))


def test_every_reason_is_told_at_once(monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_FILES", "3")
    files = HONEST | {"../a.jpg": IMAGE, "b.jpg": b"\0" * 20_000_000}
    with pytest.warns(UserWarning, match="Duplicate"):
        content = _with_a_duplicate(files)
    said = refused(content)
    for part in ("cannot be used (1)", "occur twice (1): “train.csv”", "as bombs do (1)", "the limit is 3"):
        assert part in said


def _with_a_duplicate(files: dict) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*files.items(), ("train.csv", "x")]:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_name_that_is_a_file_and_a_folder():
    assert "occur twice" in refused(zipped({"a.jpg": IMAGE, "a.jpg/b.jpg": IMAGE}))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no images and no tables"),
        ({"inner.zip": zipped(HONEST)}, "It holds an archive, “inner.zip”, and no image"),
        ({"a.exe": b"MZ", "b.html": b"<html>"}, "no images and no tables"),
        ({"only.csv": TABLE}, "It holds tables, but no images; pack both together."),
    ],
)
def test_nothing_to_be_had(files, words):
    assert words in refused(zipped(files))


@pytest.mark.parametrize("content", [b"Rar!\x1a\x07", b"7z\xbc\xaf'\x1c", b"", b"PK\x05\x06"])
def test_what_is_called_a_zip_but_is_none(content):
    assert "“set.zip” is" in refused(content)
