"""A run and images in s3:// through a cluster: the table of one machine, though no folder is shared by name."""

import json
import os
import subprocess
import sys

import pytest

from engine import paths
from engine.__main__ import main
from tests.object_storage.conftest import s3  # noqa: F401
from tests.object_storage.s3_server import BUCKET, put_folder
from tests.tiny_data import gradients

pytestmark = pytest.mark.ray
COUNT = 200
IMAGES, RUN = f"{BUCKET}/images", f"{BUCKET}/runs/scenes"
SECONDS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """200 images, one of them broken and one empty."""
    names = (f"{'ab'[number % 2]}/{number:03}.png" for number in range(COUNT))
    folder = gradients(tmp_path_factory.mktemp("images"), names)
    (folder / "a" / "010.png").write_bytes(b"\xff\xd8\xff")
    (folder / "b" / "111.png").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def filled(s3, folder):  # noqa: F811
    """The server, which must be there before the nodes: they take its address from their environment."""
    put_folder(IMAGES, folder)
    assert main(["runs", "push", str(paths.BUNDLED_RUNS / "multi-label"), RUN]) == 0
    return s3


def written(file, place):
    texts = [one.read_text().replace(f"{place}/", "") for one in (file, file.with_suffix(".skipped.csv"))]
    return [sorted(text.splitlines()) for text in texts]


def predict(file, run, place, cwd, *flags):
    command = [
        sys.executable,
        "-m",
        "engine",
        "predict",
        "--run",
        str(run),
        str(place),
        "--csv",
        str(file),
        *flags,
    ]
    environment = dict(os.environ) | {
        "PYTHONPATH": str(paths.ROOT),
        "LOSS_LAB_CACHE": str(file.parent / "cache"),
    }
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=SECONDS)


def test_the_table_is_that_of_one_machine_and_of_the_local_folder(filled, cluster, folder, tmp_path):
    local = tmp_path / "local.csv"
    assert predict(local, paths.BUNDLED_RUNS / "multi-label", folder, tmp_path).returncode == 0
    file = tmp_path / "out.csv"
    done = predict(file, RUN, IMAGES, tmp_path, "--on", cluster.address)
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert (outcome["predicted"], outcome["skipped"]) == (COUNT - 2, 2)
    assert written(file, IMAGES) == written(local, folder)

    filled.kill()
    failed = predict(tmp_path / "dead.csv", RUN, IMAGES, tmp_path, "--on", cluster.address)
    last = failed.stderr.strip().splitlines()[-1]
    assert (
        failed.returncode == 2 and "The storage of s3://bucket/" in last and "Traceback" not in failed.stderr
    )
