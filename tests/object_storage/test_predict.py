"""Predictions from s3:// as the command makes them, against a server that can die."""

import json
import os
import subprocess
import sys
import time

import pytest

from engine import paths
from engine.__main__ import main
from engine.data.storage import listing
from tests.object_storage import s3_server
from tests.object_storage.s3_server import BUCKET, put_folder
from tests.tiny_data import gradients

pytestmark = pytest.mark.s3
COUNT, BROKEN = 250, 3
IMAGES, RUN = f"{BUCKET}/images", f"{BUCKET}/runs/scenes"
SECONDS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """250 images in folders, with names that need quoting, three of them broken."""
    names = (f"{('a/', 'a/b/', 'é ü/', '')[number % 4]}{number:03} +&=?#%.png" for number in range(COUNT))
    folder = gradients(tmp_path_factory.mktemp("images"), names)
    for name, content in (("a/000", b""), ("a/b/001", b"\xff\xd8\xff"), ("é ü/002", b"no image")):
        (folder / f"{name} +&=?#%.png").write_bytes(content)
    return folder


@pytest.fixture(scope="module", autouse=True)
def _filled(s3, folder, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOSS_LAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        fill(folder)
        yield


def fill(folder):
    put_folder(IMAGES, folder)
    assert main(["runs", "push", str(paths.BUNDLED_RUNS / "multi-label"), RUN]) == 0


def arguments(run, place, file):
    return ["predict", "--run", str(run), str(place), "--csv", str(file)]


def written(file, place):
    return [one.read_text().replace(f"{place}/", "") for one in (file, file.with_suffix(".skipped.csv"))]


@pytest.fixture(scope="module")
def here(folder, tmp_path_factory):
    file = tmp_path_factory.mktemp("here") / "out.csv"
    assert main(arguments(paths.BUNDLED_RUNS / "multi-label", folder, file)) == 0
    return written(file, folder)


def start(file):
    command = [sys.executable, "-m", "engine", *arguments(RUN, IMAGES, file)]
    return subprocess.Popen(
        command, cwd=paths.ROOT, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip


def test_the_table_is_that_of_the_local_folder(here, tmp_path):
    assert main(arguments(RUN, IMAGES, tmp_path / "out.csv")) == 0
    assert written(tmp_path / "out.csv", IMAGES) == here
    assert here[0].count("\n") == COUNT - BROKEN + 1


def test_a_listing_of_several_pages_is_whole_and_in_order(s3):
    fs, names = s3_server.file_system(), [f"{number:05}.png" for number in range(2_100)]
    for name in names:
        fs.call_s3("put_object", Bucket="bucket", Key=f"many/{name}", Body=b"")
    assert list(listing.images_below(f"{BUCKET}/many")) == [f"{BUCKET}/many/{name}" for name in names]


@pytest.mark.parametrize(
    ("variables", "run", "place", "says"),
    [
        ({}, RUN, "s3://nowhere/images", "There is nothing at s3://nowhere/images: check the bucket"),
        ({}, RUN, f"{BUCKET}/nowhere", "There is nothing at s3://bucket/nowhere: check the bucket"),
        ({}, f"{BUCKET}/images", IMAGES, "There is no run at s3://bucket/images: config.json is missing."),
        ({"AWS_ACCESS_KEY_ID": None}, RUN, IMAGES, "There are no credentials for s3://bucket/runs/scenes"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, RUN, IMAGES, "The storage of s3://bucket/runs/scenes failed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(variables, run, place, says, tmp_path, capsys, monkeypatch):
    for name, value in variables.items():
        if value is None:
            monkeypatch.delenv(name)
            monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        else:
            monkeypatch.setenv(name, value)
    s3_server.forget_connections()
    try:
        assert main(arguments(run, place, tmp_path / "out.csv")) == 2
    finally:
        s3_server.forget_connections()
    printed = capsys.readouterr()
    print(printed.err)
    assert printed.out == "" and says in printed.err and printed.err.strip().count("\n") == 0
    assert not (tmp_path / "out.csv").exists()


def test_a_server_killed_halfway_is_one_sentence_and_the_same_command_goes_on(s3, here, folder, tmp_path):
    file = tmp_path / "out.csv"
    process, end = start(file), time.monotonic() + SECONDS
    while not file.exists() or file.read_bytes().count(b"\n") < 20:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.01)
    s3.kill()
    _, printed = process.communicate(timeout=SECONDS)
    last = printed.strip().splitlines()[-1]
    print(last)
    assert process.returncode == 2 and "Traceback" not in printed, printed
    assert f"The storage of {IMAGES}" in last and "run the same command to continue" in last
    before = file.read_bytes().count(b"\n") - 1
    s3.start()
    fill(folder)
    again = start(file)
    out, printed = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, printed
    assert json.loads(out.splitlines()[-1])["new"] == COUNT - BROKEN - before > 0
    assert written(file, IMAGES) == here
