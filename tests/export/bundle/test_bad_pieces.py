"""Zips of which a piece is not what it should be: each is one sentence, and nothing is left behind."""

import json

import pytest

from engine.export.bundle import import_bundle
from engine.tasks import MULTI_LABEL, POINTS
from tests import exportable_runs
from tests.export.bundle.bad_zips import assert_refused, changed_json, write_zip

THRESHOLDS = json.dumps(exportable_runs.THRESHOLDS)
EXPECTED = b'[{"picture": "check/0.png", "answer": [1' + b"0" * 400 + b"]}]"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("vocab.json", b'["a", "a", "b"]', "names a label twice"),
        ("vocab.json", b'["a", "b", 3]', "entries that are not labels"),
        ("vocab.json", b"[]", "does not fit the task"),
        ("vocab.json", b'{"a": 1}', "should be a JSON list"),
        ("vocab.json", b"[" * 50_000, "not valid JSON"),
        ("vocab.json", b'["cat", "dog", "horse"]', "name different labels.*predictions.csv"),
        ("thresholds.json", b"{}", "name different labels"),
        ("metrics.json", b'{"skill": "<script>"}', "values that are neither numbers"),
        ("metrics.json", b'{"skill": 1' + b"0" * 400 + b"}", "values that are neither numbers"),
        ("metrics.json", b'{"\\ud800": 1}', "unknown names"),
        ("thresholds.json", THRESHOLDS.replace("0.4", "1" + "0" * 400).encode(), "numbers from 0 to 1"),
        ("config.json", b'{"task": "multi-label", "data": "a\\u0000b"}', "not text"),
        ("config.json", b'{"task": "multi-label", "data": "\\ud800"}', "not text"),
        ("config.json", b"{}", "missing key"),
        ("config.json", b'{"task": "points", "data": "x", "shell": "rm"}', "unknown key"),
        ("history.csv", b"epoch,valid_loss\n1,<b>\n", "history.csv holds values that are not numbers"),
        ("history.csv", b"", "history.csv is not a table"),
        ("history.csv", b"epoch,valid_loss\n", "history.csv contains no epochs"),
        (
            "history.csv",
            b"epoch,valid_loss\n1,0.5\ninf,0.5\n",
            "history.csv has an epoch or step that is not a number",
        ),
        (
            "history.csv",
            b"epoch,valid_loss\n1,True\n",
            "values that are not numbers in its column valid_loss",
        ),
        ("losses.csv", b"a,b\n1,2\n", "losses.csv has no column step, epoch, loss"),
        ("losses.csv", b"step,epoch,loss\n1,,0.5\n", "losses.csv has an epoch or step that is not a number"),
        ("pictures.csv", b"fname,labels,is_valid\n../../etc/passwd,a,True\n", "images in other folders"),
        ("pictures.csv", b"fname,is_valid\na.jpg,maybe\n", "no column labels"),
        ("predictions.csv", b"fname\na.jpg\n", "does not fit its vocabulary"),
        ("predictions.csv", b"\x00\xff\xfe", "predictions.csv"),
        ("weights.safetensors", b"\x80\x04pickle", "not a safetensors file"),
        ("weights.safetensors", b"\xff" * 64, "not a safetensors file"),
        ("weights.safetensors", (10).to_bytes(8, "little") + b'{"a": {}} ', "not a safetensors file"),
        ("check/expected.json", b'[{"picture": "../x.png", "answer": [1]}]', "expected.json cannot be read"),
        ("check/expected.json", EXPECTED, "expected.json cannot be read"),
        ("check/0.png", b"no image", "in the bundle cannot be read"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_a_piece_that_is_not_what_it_should_be_is_refused(pieces, own, tmp_path, name, content, says):
    assert_refused(write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {name: content}), own, says)


@pytest.mark.parametrize("cell", ["nan,1,64,48", "1,1,0,48", "inf,1,64,48", "1,1,,48"])
def test_points_that_lie_nowhere_are_refused(pieces, own, tmp_path, cell):
    table = f"fname,is_valid,x,y,width,height\na.jpg,True,{cell}\n".encode()
    assert_refused(
        write_zip(tmp_path / "a.zip", pieces[POINTS] | {"pictures.csv": table}),
        own,
        "no image has|that are not numbers",
    )


@pytest.mark.parametrize("fname", ["/etc/hostname", "../../secret.jpg", "C:\\x.jpg", "a/../../b.jpg"])
def test_predictions_never_point_at_pictures_elsewhere(pieces, own, tmp_path, fname):
    text = pieces[MULTI_LABEL]["predictions.csv"].decode().replace("0.jpg", fname, 1)
    assert fname in text
    assert_refused(
        write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"predictions.csv": text.encode()}),
        own,
        "in other folders",
    )


@pytest.mark.parametrize("data", ["/etc", "..", "sample_data/../..", "pascal_2007", "sample_data/nowhere"])
def test_a_folder_that_the_zip_names_is_never_looked_into(pieces, own, tmp_path, data):
    config = changed_json(pieces[MULTI_LABEL], "config.json", data=data)
    run = import_bundle.import_run(
        write_zip(tmp_path / "a.zip", pieces[MULTI_LABEL] | {"config.json": config})
    )
    inside = run.data.resolve()
    assert inside == (own / run.name / "pictures") or data == "sample_data/nowhere"
    assert run.config.data == data


def test_everything_wrong_in_several_pieces_is_said_at_once(pieces, own, tmp_path):
    held = pieces[MULTI_LABEL] | {"metrics.json": b"[]", "history.csv": b"", "thresholds.json": b"[]"}
    assert_refused(write_zip(tmp_path / "a.zip", held), own, "metrics.json.*history.csv.*thresholds.json")
