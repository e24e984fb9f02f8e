"""Archives wherever a path is: what they hold is read, and what they may not is one sentence."""

import io
import tarfile
import zipfile

import pytest

from engine.data.archives.errors import IncomingError
from engine.data.archives.limits import Limits
from engine.data.archives.tars import look_into
from engine.data.formats import DatasetError, load
from tests.dataset_files import IMAGE

FILES = {f"{kind}/{at}.jpg": IMAGE for kind in ("hen", "fox") for at in range(3)}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))


def packed(path, files=FILES, links=()):
    mode = {"tar": "w", "gz": "w:gz", "tgz": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}[
        path.name.rpartition(".")[2]
    ]
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for name in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
    return path


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz", "tar.bz2", "tar.xz"])
def test_tars_are_read_as_folders(tmp_path, ending):
    path = packed(tmp_path / f"set.{ending}", links=["hen/link.jpg"])
    for _ in range(2):
        record = load(path, "single-label")
        assert record.vocab == ("fox", "hen") and len(record.table) == 6 and record.paths()[0].is_file()
    assert len(list((tmp_path / "cache" / "unpacked").iterdir())) == 1


@pytest.mark.parametrize("name", ["../out.jpg", "/abs.jpg", "a/../../b.jpg"])
def test_names_that_lead_out_are_refused(tmp_path, name):
    with pytest.raises(DatasetError, match="leads out of its folder"):
        load(packed(tmp_path / "set.tar.gz", FILES | {name: IMAGE}), "single-label")
    assert not (tmp_path / "out.jpg").exists()


def test_bombs_and_broken_tars_are_one_sentence(tmp_path):
    most = Limits(bytes_per_set=1024**2, ratio_from=1024)
    big = packed(tmp_path / "big.tar.xz", FILES | {"z.csv": b"0" * 3 * 1024**2})
    with pytest.raises(IncomingError, match="1 MB"):
        look_into(big, most)
    with pytest.raises(IncomingError, match="as bombs do"):
        look_into(big, Limits(ratio_from=1024))
    cut = packed(tmp_path / "set.tar.gz")
    cut.write_bytes(cut.read_bytes()[:-40])
    with pytest.raises(DatasetError, match="cut off or damaged"):
        load(cut, "single-label")


@pytest.mark.parametrize(("name", "start"), [("a.7z", "377abcaf271c0004"), ("b.rar", "526172211a0700")])
def test_other_archives_are_named(tmp_path, name, start):
    (tmp_path / name).write_bytes(bytes.fromhex(start))
    with pytest.raises(DatasetError, match=r"archive, which is not unpacked here; pack the images as \.zip"):
        load(tmp_path / name, "single-label")


@pytest.mark.parametrize(
    ("page", "word"), [("cp437", "Käse"), ("cp1252", "Brötchen"), ("cp866", "кот"), ("cp932", "ねこ")]
)
def test_names_in_other_code_pages(tmp_path, page, word):
    path = tmp_path / "set.zip"
    stand_in = "~" * len(word.encode(page))
    with zipfile.ZipFile(path, "w") as archive:
        for at in range(3):
            archive.writestr(f"{stand_in}/{at}.jpg", IMAGE)
            archive.writestr(f"b/{at}.jpg", IMAGE)
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), word.encode(page)))
    assert load(path, "single-label").vocab == tuple(sorted(["b", word]))
