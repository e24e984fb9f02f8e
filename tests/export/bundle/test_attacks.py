"""Take-away zips that mean harm or are broken: each is one sentence, nothing is left behind, nothing is run."""

import hashlib
import io
import json
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from engine.export.bundle import contents, import_bundle, unpacking, write
from engine.export.bundle.contents import TakeAwayError
from engine.tasks import MULTI_LABEL, POINTS
from tests import runs_to_take

THRESHOLDS = json.dumps(runs_to_take.THRESHOLDS)
EXPECTED = b'[{"picture": "check/0.png", "answer": [1' + b"0" * 400 + b"]}]"


@pytest.fixture(scope="module")
def pieces(tmp_path_factory) -> dict[str, dict[str, bytes]]:
    """What sound zips hold, by task and name; made without the proof, which other tests see to."""
    folder, found = tmp_path_factory.mktemp("attacks"), {}
    runs_to_take.draw_pictures(folder / "pictures")
    for task in (MULTI_LABEL, POINTS):
        run = runs_to_take.write_run(folder / task, folder / "pictures", task)
        write.write_pieces(run, folder / f"{task} pieces", lambda *_: None)
        files = [file for file in (folder / f"{task} pieces").rglob("*") if file.is_file()]
        found[task] = {
            file.relative_to(folder / f"{task} pieces").as_posix(): file.read_bytes() for file in files
        }
    return found


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "own"))
    return tmp_path / "own"


def _zip(file: Path, held: dict[str, bytes], sign: bool = True, **more: bytes) -> Path:
    """A zip whose manifest fits what it holds, whoever changed it; `sign=False` leaves the manifest as it was."""
    held = held | more
    if sign:
        record = json.loads(held["manifest.json"])
        record["files"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in held.items()
            if name != "manifest.json"
        }
        held["manifest.json"] = json.dumps(record).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in held.items():
            zipped.writestr(name, data)
    return file


def _refused(file: Path, own: Path, says: str) -> None:
    """The zip is refused in one line that says so, and nothing stays behind, inside or outside."""
    around = {one for one in own.parent.rglob("*") if own not in one.parents and one != own}
    with pytest.raises(TakeAwayError, match=says) as told:
        import_bundle.bring_in(file)
    assert "\n" not in str(told.value) and len(str(told.value)) < 900
    assert list(own.iterdir()) == []
    assert {one for one in own.parent.rglob("*") if one != own} == around


def test_a_sound_zip_of_these_pieces_is_brought_in(pieces, own, tmp_path):
    for task in (MULTI_LABEL, POINTS):
        assert import_bundle.bring_in(_zip(tmp_path / f"{task}.zip", pieces[task])).problems() == []


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
    _refused(_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {name: b"x"}), own, "no run has")


def test_a_link_is_refused(pieces, own, tmp_path):
    held = dict(pieces[MULTI_LABEL])
    del held["vocab.json"]
    file = _zip(tmp_path / "a.zip", held)
    link = zipfile.ZipInfo("vocab.json")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as zipped:
        zipped.writestr(link, "/etc/passwd")
    _refused(file, own, "vocab.json is a link")


def test_a_bomb_is_refused_before_it_unpacks(pieces, own, tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "_copied", lambda *_: pytest.fail("it was unpacked"))
    file = _zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"predictions.csv": bytes(200 * 1024**2)})
    assert file.stat().st_size < 2 * 1024**2
    _refused(file, own, "predictions.csv would unpack to [0-9,]+ times its size")


def test_a_bomb_that_lies_about_its_size_is_cut_short(pieces, own, tmp_path):
    """The list of contents says 40 bytes where three megabytes come out: zipfile stops, the checksum does not fit."""
    file = _zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"vocab.json": bytes(3 * 1024**2)})
    raw = bytearray(file.read_bytes())
    at = raw.rfind(b"vocab.json") - 46
    assert raw[at : at + 4] == b"PK\x01\x02"
    raw[at + 24 : at + 28] = (40).to_bytes(4, "little")
    file.write_bytes(raw)
    _refused(file, own, "damaged")


def test_too_many_entries_are_refused_without_reading_them(own, tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        for number in range(2000):
            zipped.writestr(f"{number}.json", b"")
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("its list was read"))
    _refused(tmp_path / "a.zip", own, "far more files")


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 100, b"PK\x05\x06"])
def test_what_is_no_zip_is_refused(own, tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    _refused(tmp_path / "a.zip", own, "is no zip")


def test_half_an_upload_and_a_flipped_bit_are_refused(pieces, own, tmp_path):
    whole = _zip(tmp_path / "a.zip", pieces[MULTI_LABEL]).read_bytes()
    for number, raw in enumerate((whole[: len(whole) // 2], whole[200:])):
        (tmp_path / f"{number}.zip").write_bytes(raw)
        _refused(tmp_path / f"{number}.zip", own, "no zip|damaged|cannot be brought in")
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(flipped)
    _refused(tmp_path / "b.zip", own, "damaged|not what the manifest says")


def test_a_missing_file_is_refused(own, tmp_path):
    _refused(tmp_path / "nothing.zip", own, "cannot be opened")


def test_everything_that_is_missing_is_named_at_once(pieces, own, tmp_path):
    held = {
        name: data for name, data in pieces[MULTI_LABEL].items() if name not in ("vocab.json", "model.onnx")
    }
    _refused(_zip(tmp_path / "a.zip", held), own, "lacks vocab.json, model.onnx")


def test_a_piece_that_the_manifest_does_not_vouch_for_is_refused(pieces, own, tmp_path):
    changed = json.dumps(["cat", "dog", "horse"]).encode()
    held = pieces[MULTI_LABEL] | {"vocab.json": changed, "predict.py": b"import os"}
    _refused(
        _zip(tmp_path / "a.zip", held, sign=False),
        own,
        "(?=.*vocab.json is not what)(?=.*predict.py is not what)",
    )


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (b"{" * 100_000, "broken manifest"),
        (b"[" * 100_000, "broken manifest"),
        (b"[]", "no run of Loss Lab"),
        (b'{"format": "other"}', "no run of Loss Lab"),
        (b'{"format": "loss-lab take-away", "version": 99}', "another version"),
        (
            b'{"format": "loss-lab take-away", "version": 1}',
            "does not tell the SHA-256.*does not name the run",
        ),
        (b"\xff\xfe", "broken manifest"),
    ],
)
def test_a_strange_manifest_is_refused(pieces, own, tmp_path, record, says):
    _refused(_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"manifest.json": record}, sign=False), own, says)


def _json(pieces, name, **changes):
    return json.dumps(json.loads(pieces[name]) | changes).encode()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("vocab.json", b'["a", "a", "b"]', "names a label twice"),
        ("vocab.json", b'["a", "b", 3]', "something else than labels"),
        ("vocab.json", b"[]", "does not fit the task"),
        ("vocab.json", b'{"a": 1}', "should be a JSON list"),
        ("vocab.json", b"[" * 50_000, "not valid JSON"),
        ("vocab.json", b'["cat", "dog", "horse"]', "name different labels.*predictions.csv"),
        ("thresholds.json", b"{}", "name different labels"),
        ("metrics.json", b'{"skill": "<script>"}', "something else than numbers"),
        ("metrics.json", b'{"skill": 1' + b"0" * 400 + b"}", "something else than numbers"),
        ("metrics.json", b'{"\\ud800": 1}', "strange names"),
        ("thresholds.json", THRESHOLDS.replace("0.4", "1" + "0" * 400).encode(), "numbers from 0 to 1"),
        ("config.json", b'{"task": "multi-label", "data": "a\\u0000b"}', "no text"),
        ("config.json", b'{"task": "multi-label", "data": "\\ud800"}', "no text"),
        ("config.json", b"{}", "missing key"),
        ("config.json", b'{"task": "points", "data": "x", "shell": "rm"}', "unknown key"),
        ("history.csv", b"epoch,valid_loss\n1,<b>\n", "history.csv holds something else than numbers"),
        ("history.csv", b"", "history.csv is no table"),
        ("history.csv", b"epoch,valid_loss\n", "history.csv tells of no epoch"),
        ("history.csv", b"epoch,valid_loss\n1,0.5\ninf,0.5\n", "history.csv counts with something else"),
        (
            "history.csv",
            b"epoch,valid_loss\n1,True\n",
            "something else than numbers in its column valid_loss",
        ),
        ("losses.csv", b"a,b\n1,2\n", "losses.csv has no column step, epoch, loss"),
        ("losses.csv", b"step,epoch,loss\n1,,0.5\n", "losses.csv counts with something else"),
        ("pictures.csv", b"fname,labels,is_valid\n../../etc/passwd,a,True\n", "pictures that lie elsewhere"),
        ("pictures.csv", b"fname,is_valid\na.jpg,maybe\n", "no column labels"),
        ("predictions.csv", b"fname\na.jpg\n", "does not fit its vocabulary"),
        ("predictions.csv", b"\x00\xff\xfe", "predictions.csv"),
        ("weights.safetensors", b"\x80\x04pickle", "not a safetensors file"),
        ("weights.safetensors", b"\xff" * 64, "not a safetensors file"),
        ("weights.safetensors", (10).to_bytes(8, "little") + b'{"a": {}} ', "not a safetensors file"),
        ("check/expected.json", b'[{"picture": "../x.png", "answer": [1]}]', "expected.json cannot be read"),
        ("check/expected.json", EXPECTED, "expected.json cannot be read"),
        ("check/0.png", b"no picture", "came along cannot be read"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_a_piece_that_is_not_what_it_should_be_is_refused(pieces, own, tmp_path, name, content, says):
    _refused(_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {name: content}), own, says)


@pytest.mark.parametrize("cell", ["nan,1,64,48", "1,1,0,48", "inf,1,64,48", "1,1,,48"])
def test_points_that_lie_nowhere_are_refused(pieces, own, tmp_path, cell):
    table = f"fname,is_valid,x,y,width,height\na.jpg,True,{cell}\n".encode()
    _refused(
        _zip(tmp_path / "a.zip", pieces[POINTS] | {"pictures.csv": table}),
        own,
        "no picture has|else than numbers",
    )


@pytest.mark.parametrize("fname", ["/etc/hostname", "../../secret.jpg", "C:\\x.jpg", "a/../../b.jpg"])
def test_predictions_never_point_at_pictures_elsewhere(pieces, own, tmp_path, fname):
    text = pieces[MULTI_LABEL]["predictions.csv"].decode().replace("0.jpg", fname, 1)
    assert fname in text
    _refused(
        _zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"predictions.csv": text.encode()}),
        own,
        "lie elsewhere",
    )


@pytest.mark.parametrize("data", ["/etc", "..", "sample_data/../..", "pascal_2007", "sample_data/nowhere"])
def test_a_folder_that_the_zip_names_is_never_looked_into(pieces, own, tmp_path, data):
    config = _json(pieces[MULTI_LABEL], "config.json", data=data)
    run = import_bundle.bring_in(_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"config.json": config}))
    inside = run.data.resolve()
    assert inside == (own / run.name / "pictures") or data == "sample_data/nowhere"
    assert run.config.data == data


def test_everything_wrong_in_several_pieces_is_said_at_once(pieces, own, tmp_path):
    held = pieces[MULTI_LABEL] | {"metrics.json": b"[]", "history.csv": b"", "thresholds.json": b"[]"}
    _refused(_zip(tmp_path / "a.zip", held), own, "metrics.json.*history.csv.*thresholds.json")


def test_weights_of_another_shape_are_refused_before_they_take_memory(pieces, own, tmp_path):
    tensors = load(pieces[MULTI_LABEL]["weights.safetensors"])
    name = max(tensors, key=lambda one: tensors[one].size)
    tensors[name] = np.zeros((7, 7), np.float16)
    held = pieces[MULTI_LABEL] | {"weights.safetensors": save(tensors)}
    _refused(_zip(tmp_path / "a.zip", held), own, "do not fit test_resnet.*7 x 7 where")


def test_another_architecture_is_refused_before_it_takes_memory(pieces, own, tmp_path):
    """A network of a billion numbers, named with the weights of a tiny one, is compared by shapes alone."""
    config = _json(pieces[MULTI_LABEL], "config.json", arch="vit_giant_patch14_224", size=224)
    held = pieces[MULTI_LABEL] | {"config.json": config}
    _refused(_zip(tmp_path / "a.zip", held), own, "do not fit vit_giant")


def test_weights_that_answer_otherwise_than_promised_are_refused(pieces, own, tmp_path):
    tensors = load(pieces[MULTI_LABEL]["weights.safetensors"])
    for bad in (np.float16(1.5), np.float16(np.nan)):
        changed = {
            name: (tensor * bad if tensor.dtype == np.float16 else tensor) for name, tensor in tensors.items()
        }
        held = pieces[MULTI_LABEL] | {"weights.safetensors": save(changed)}
        _refused(_zip(tmp_path / "a.zip", held), own, "do not give the answers that came along")


def test_a_name_that_is_no_folders_name_is_refused(pieces, own, tmp_path):
    record = json.loads(pieces[MULTI_LABEL]["manifest.json"]) | {"run": "../up"}
    held = pieces[MULTI_LABEL] | {"manifest.json": json.dumps(record).encode()}
    with pytest.raises(ValueError, match="cannot be called"):
        import_bundle.bring_in(_zip(tmp_path / "a.zip", held))
    assert list(own.iterdir()) == []


def test_the_foreign_network_and_script_are_never_run_nor_kept(pieces, own, tmp_path):
    marker = tmp_path / "ran"
    script = f"open({str(marker)!r}, 'w')".encode()
    held = pieces[MULTI_LABEL] | {
        "predict.py": script,
        "model.onnx": b"no network",
        "report.html": b"<script>",
    }
    run = import_bundle.bring_in(_zip(tmp_path / "a.zip", held))
    kept = {file.name for file in run.folder.rglob("*") if file.is_file()}
    assert not marker.exists() and not kept & {"predict.py", "model.onnx", "report.html"}


def test_a_full_disk_is_told_before_anything_is_written(pieces, own, tmp_path, monkeypatch):
    class Full:
        free = 0

    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: Full)
    _refused(_zip(tmp_path / "a.zip", pieces[MULTI_LABEL]), own, "too little room")


def test_a_locked_or_doubled_piece_is_refused(pieces, own, tmp_path):
    file = _zip(tmp_path / "a.zip", pieces[MULTI_LABEL])
    with zipfile.ZipFile(file, "a") as zipped, pytest.warns(UserWarning):
        zipped.writestr("vocab.json", b"[]")
    _refused(file, own, "vocab.json stands in it 2 times")
    raw = bytearray(_zip(tmp_path / "b.zip", pieces[MULTI_LABEL]).read_bytes())
    at = raw.rfind(b"vocab.json") - 46
    raw[at + 8] |= 1
    (tmp_path / "b.zip").write_bytes(raw)
    _refused(tmp_path / "b.zip", own, "locked with a password")


def test_every_piece_of_a_sound_zip_is_known(pieces):
    of_other_runs = {contents.NOTICES, contents.QUICK_NOTES, contents.CALIBRATION}
    assert set(pieces[MULTI_LABEL]) == set(contents.LARGEST) - of_other_runs
    assert io.BytesIO(pieces[MULTI_LABEL]["weights.safetensors"]).read(1) != b"\x80"
