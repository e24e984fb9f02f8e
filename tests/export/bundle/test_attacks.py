"""Zips that mean harm or are damaged: each is one sentence, nothing is left behind, nothing is run."""

import io
import json
import stat
import struct
import zipfile

import numpy as np
import pytest
from safetensors.numpy import load, save

from engine.export.bundle import contents, import_bundle, unpacking
from engine.tasks import MULTI_LABEL, POINTS
from tests.export.bundle.bad_zips import assert_refused, changed_json, write_zip


def test_a_sound_zip_of_these_pieces_is_imported_in(pieces, own, tmp_path):
    for task in (MULTI_LABEL, POINTS):
        assert import_bundle.import_run(write_zip(tmp_path / f"{task}.zip", pieces[task])).problems() == []


@pytest.mark.parametrize(
    "name",
    [
        "../up.txt",
        "/root.txt",
        "check/../../up.txt",
        "C:\\up.txt",
        "inner.zip",
        "check/",
        "weights.pkl",
        "CONFIG.JSON",
    ],
)
def test_an_unknown_name_is_refused_wherever_it_leads(pieces, own, tmp_path, name):
    assert_refused(write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {name: b"x"}), own, "no run has")


def test_a_link_is_refused(pieces, own, tmp_path):
    held = dict(pieces[MULTI_LABEL])
    del held["vocab.json"]
    file = write_zip(tmp_path / "a.zip", held)
    link = zipfile.ZipInfo("vocab.json")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as zipped:
        zipped.writestr(link, "/etc/passwd")
    assert_refused(file, own, "vocab.json is a link")


def test_a_bomb_is_refused_before_it_unpacks(pieces, own, tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "_copied", lambda *_: pytest.fail("it was unpacked"))
    file = write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"predictions.csv": bytes(200 * 1024**2)})
    assert file.stat().st_size < 2 * 1024**2
    assert_refused(file, own, "predictions.csv would unpack to [0-9,]+ times its size")


def test_a_bomb_that_lies_about_its_size_is_cut_short(pieces, own, tmp_path):
    """The list of contents says 40 bytes where three megabytes come out: zipfile stops, the checksum does not fit."""
    file = write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"vocab.json": bytes(3 * 1024**2)})
    raw = bytearray(file.read_bytes())
    at = raw.rfind(b"vocab.json") - 46
    assert raw[at : at + 4] == b"PK\x01\x02"
    raw[at + 24 : at + 28] = (40).to_bytes(4, "little")
    file.write_bytes(raw)
    assert_refused(file, own, "damaged")


def _many_entries(file, count=2000):
    with zipfile.ZipFile(file, "w") as zipped:
        for number in range(count):
            zipped.writestr(f"{number}.json", b"")
    return file


def test_too_many_entries_are_refused_without_reading_them(own, tmp_path, monkeypatch):
    file = _many_entries(tmp_path / "a.zip")
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *_: pytest.fail("its list was read"))
    assert_refused(file, own, "far more files")


def test_a_list_that_hides_behind_a_64_bit_record_is_refused_too(own, tmp_path, monkeypatch):
    """The 32-bit record says that the list has 100 bytes; programs believe the 64-bit record before it."""
    file = _many_entries(tmp_path / "a.zip")
    raw = file.read_bytes()
    end = raw.rfind(b"PK\5\6")
    size, start = struct.unpack_from("<2L", raw, end + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2000, 2000, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 100, 0xFFFFFFFF, 0)
    file.write_bytes(raw[:end] + record + locator + last)
    with zipfile.ZipFile(file) as zipped:
        assert len(zipped.infolist()) == 2000
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *_: pytest.fail("its list was read"))
    assert_refused(file, own, "far more files")


def test_a_run_without_reference_predictions_is_refused(pieces, own, tmp_path):
    held = pieces[MULTI_LABEL] | {"check/expected.json": b"[]"}
    assert_refused(write_zip(tmp_path / "a.zip", held), own, "holds no prediction")


@pytest.mark.parametrize("label", ["ca\ud800t", "ca\0t", "ca\nt", "c" * 201])
def test_a_label_that_cannot_be_used_is_refused(pieces, own, tmp_path, label):
    vocab = [label, *json.loads(pieces[MULTI_LABEL]["vocab.json"])[1:]]
    held = pieces[MULTI_LABEL] | {"vocab.json": json.dumps(vocab).encode()}
    assert_refused(write_zip(tmp_path / "a.zip", held), own, "labels that cannot be used: ")


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 100, b"PK\x05\x06"])
def test_what_is_no_zip_is_refused(own, tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    assert_refused(tmp_path / "a.zip", own, "is not a zip")


def test_half_an_upload_and_a_flipped_bit_are_refused(pieces, own, tmp_path):
    whole = write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL]).read_bytes()
    for number, raw in enumerate((whole[: len(whole) // 2], whole[200:])):
        (tmp_path / f"{number}.zip").write_bytes(raw)
        assert_refused(tmp_path / f"{number}.zip", own, "not a zip|damaged|cannot be imported")
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(flipped)
    assert_refused(tmp_path / "b.zip", own, "damaged|does not match the manifest")


def test_a_missing_file_is_refused(own, tmp_path):
    assert_refused(tmp_path / "nothing.zip", own, "cannot be opened")


def test_everything_that_is_missing_is_named_at_once(pieces, own, tmp_path):
    held = {
        name: data for name, data in pieces[MULTI_LABEL].items() if name not in ("vocab.json", "model.onnx")
    }
    assert_refused(write_zip(tmp_path / "a.zip", held), own, "lacks vocab.json, model.onnx")


def test_a_piece_that_the_manifest_does_not_vouch_for_is_refused(pieces, own, tmp_path):
    changed = json.dumps(["cat", "dog", "horse"]).encode()
    held = pieces[MULTI_LABEL] | {"vocab.json": changed, "predict.py": b"import os"}
    assert_refused(
        write_zip(tmp_path / "a.zip", held, sign=False),
        own,
        "(?=.*vocab.json does not match)(?=.*predict.py does not match)",
    )


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (b"{" * 100_000, "broken manifest"),
        (b"[" * 100_000, "broken manifest"),
        (b"[]", "not a run of Loss Lab"),
        (b'{"format": "other"}', "not a run of Loss Lab"),
        (b'{"format": "loss-lab take-away", "version": 99}', "another version"),
        (
            b'{"format": "loss-lab take-away", "version": 1}',
            "does not give the SHA-256.*does not name the run",
        ),
        (b"\xff\xfe", "broken manifest"),
    ],
)
def test_a_strange_manifest_is_refused(pieces, own, tmp_path, record, says):
    assert_refused(
        write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"manifest.json": record}, sign=False), own, says
    )


def test_weights_of_another_shape_are_refused_before_they_take_memory(pieces, own, tmp_path):
    tensors = load(pieces[MULTI_LABEL]["weights.safetensors"])
    name = max(tensors, key=lambda one: tensors[one].size)
    tensors[name] = np.zeros((7, 7), np.float16)
    held = pieces[MULTI_LABEL] | {"weights.safetensors": save(tensors)}
    assert_refused(write_zip(tmp_path / "a.zip", held), own, "do not fit test_resnet.*7 x 7 where")


def test_another_architecture_is_refused_before_it_takes_memory(pieces, own, tmp_path):
    """A network of a billion numbers, named with the weights of a tiny one, is compared by shapes alone."""
    config = changed_json(pieces[MULTI_LABEL], "config.json", arch="vit_giant_patch14_224", size=224)
    held = pieces[MULTI_LABEL] | {"config.json": config}
    assert_refused(write_zip(tmp_path / "a.zip", held), own, "do not fit vit_giant")


def test_weights_that_answer_otherwise_than_promised_are_refused(pieces, own, tmp_path):
    tensors = load(pieces[MULTI_LABEL]["weights.safetensors"])
    for bad in (np.float16(1.5), np.float16(np.nan)):
        changed = {
            name: (tensor * bad if tensor.dtype == np.float16 else tensor) for name, tensor in tensors.items()
        }
        held = pieces[MULTI_LABEL] | {"weights.safetensors": save(changed)}
        assert_refused(write_zip(tmp_path / "a.zip", held), own, "do not give the expected predictions")


def test_a_name_that_is_no_folders_name_is_refused(pieces, own, tmp_path):
    record = json.loads(pieces[MULTI_LABEL]["manifest.json"]) | {"run": "../up"}
    held = pieces[MULTI_LABEL] | {"manifest.json": json.dumps(record).encode()}
    with pytest.raises(ValueError, match="cannot be called"):
        import_bundle.import_run(write_zip(tmp_path / "a.zip", held))
    assert list(own.iterdir()) == []


def test_the_foreign_network_and_script_are_never_run_nor_kept(pieces, own, tmp_path):
    marker = tmp_path / "ran"
    script = f"open({str(marker)!r}, 'w')".encode()
    held = pieces[MULTI_LABEL] | {
        "predict.py": script,
        "model.onnx": b"no network",
        "report.html": b"<script>",
    }
    run = import_bundle.import_run(write_zip(tmp_path / "a.zip", held))
    kept = {file.name for file in run.folder.rglob("*") if file.is_file()}
    assert not marker.exists() and not kept & {"predict.py", "model.onnx", "report.html"}


def test_a_full_disk_is_told_before_anything_is_written(pieces, own, tmp_path, monkeypatch):
    class Full:
        free = 0

    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: Full)
    assert_refused(write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL]), own, "too little room")


def test_a_locked_or_doubled_piece_is_refused(pieces, own, tmp_path):
    file = write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL])
    with zipfile.ZipFile(file, "a") as zipped, pytest.warns(UserWarning):
        zipped.writestr("vocab.json", b"[]")
    assert_refused(file, own, "it contains vocab.json 2 times")
    raw = bytearray(write_zip(tmp_path / "b.zip", pieces[MULTI_LABEL]).read_bytes())
    at = raw.rfind(b"vocab.json") - 46
    raw[at + 8] |= 1
    (tmp_path / "b.zip").write_bytes(raw)
    assert_refused(tmp_path / "b.zip", own, "locked with a password")


def test_every_piece_of_a_sound_zip_is_known(pieces):
    of_other_runs = {contents.NOTICES, contents.QUICK_NOTES, contents.CALIBRATION}
    assert set(pieces[MULTI_LABEL]) == set(contents.LARGEST) - of_other_runs
    assert io.BytesIO(pieces[MULTI_LABEL]["weights.safetensors"]).read(1) != b"\x80"


def test_a_zip_of_something_else_is_one_sentence(tmp_path):
    with zipfile.ZipFile(tmp_path / "holiday.zip", "w") as zipped:
        zipped.writestr("beach.jpg", b"")
    with pytest.raises(contents.BundleError) as raised:
        unpacking.unpack(tmp_path / "holiday.zip", tmp_path)
    assert (
        str(raised.value).startswith("holiday.zip is not a run of Loss Lab")
        and str(raised.value).count(":") == 1
    )
