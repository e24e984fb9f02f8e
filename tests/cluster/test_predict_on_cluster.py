"""A folder through a run on a cluster: the table of one machine, whatever dies on the way."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine import paths
from engine.__main__ import main
from tests.cluster.loopback_cluster import processes_of
from tests.tiny_data import gradients

pytestmark = pytest.mark.ray
COUNT, BROKEN = 250, 2
SECONDS = 300


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    """250 images in two folders, two of them broken."""
    names = (f"{'ab'[number % 2]}/{number:03}.png" for number in range(COUNT))
    folder = gradients(tmp_path_factory.mktemp("images"), names)
    (folder / "a" / "010.png").write_bytes(b"\xff\xd8\xff")
    (folder / "b" / "111.png").write_text("no image")
    return folder


@pytest.fixture(scope="module")
def here(images, tmp_path_factory) -> dict[str, list[bytes]]:
    """What one machine writes."""
    file = tmp_path_factory.mktemp("here") / "out.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LOSS_LAB_RAY", raising=False)
        assert main(["predict", "--run", str(run_folder()), str(images), "--csv", str(file)]) == 0
    return written(file)


def run_folder() -> Path:
    return paths.BUNDLED_RUNS / "multi-label"


def written(file: Path) -> dict[str, list[bytes]]:
    """The sorted lines of the table, and of the list of skipped images."""
    return {
        one.name: sorted(one.read_bytes().splitlines()) for one in (file, file.with_suffix(".skipped.csv"))
    }


def start(cluster, images: Path, file: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "engine", "predict", "--run", str(run_folder()), str(images)]
    command += ["--csv", str(file), "--on", cluster.address]
    return subprocess.Popen(
        command,
        cwd=paths.ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen) -> tuple[dict, str]:
    out, printed = process.communicate(timeout=SECONDS)
    assert process.returncode == 0 and "Traceback" not in printed, printed
    return json.loads(out.splitlines()[-1]), printed


def wait_for_rows(file: Path, process: subprocess.Popen) -> None:
    end = time.monotonic() + SECONDS
    while not file.exists() or file.read_bytes().count(b"\n") < COUNT / 4:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.05)


def busiest(cluster):
    """The node whose actor has predicted most: a node without one would lose nothing when it dies."""
    seconds = [
        (sum(process.cpu_times()[:2]), at)
        for at, node in enumerate(cluster.nodes)
        for process in processes_of(node)
        if "_Actor" in " ".join(process.cmdline())
    ]
    return cluster.nodes[max(seconds)[1]]


def test_the_table_is_that_of_one_machine(cluster, images, here, tmp_path):
    outcome, printed = finished(start(cluster, images, tmp_path / "out.csv"))
    assert written(tmp_path / "out.csv") == here
    assert (outcome["predicted"], outcome["skipped"]) == (COUNT - BROKEN, BROKEN)
    assert printed.count("\n") < 20, printed


def test_a_killed_driver_goes_on_where_it_was(cluster, images, here, tmp_path):
    file = tmp_path / "out.csv"
    process = start(cluster, images, file)
    wait_for_rows(file, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = file.read_bytes().count(b"\n")
    assert before < COUNT - BROKEN + 1, "it was killed too late"
    outcome, _ = finished(start(cluster, images, file))
    assert written(file) == here and outcome["new"] <= COUNT - BROKEN - before + 1


def test_folders_that_the_nodes_do_not_see_are_one_sentence(cluster, images, tmp_path):
    run = shutil.copytree(run_folder(), tmp_path / "run")
    (run / "weights.safetensors").unlink()
    command = [sys.executable, "-m", "engine", "predict", "--run", str(run), str(images)]
    done = subprocess.run(
        [*command, "--csv", str(tmp_path / "out.csv"), "--on", cluster.address],
        cwd=paths.ROOT, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 2 and "cannot predict" in last and "Traceback" not in done.stderr, done.stderr
    assert not (tmp_path / "out.skipped.csv").exists()


def test_a_node_killed_halfway_loses_nothing(cluster, images, here, tmp_path):
    file = tmp_path / "out.csv"
    process = start(cluster, images, file)
    wait_for_rows(file, process)
    cluster.kill(busiest(cluster))
    assert process.poll() is None and file.read_bytes().count(b"\n") < COUNT - BROKEN, (
        "it was killed too late"
    )
    finished(process)
    assert written(file) == here
