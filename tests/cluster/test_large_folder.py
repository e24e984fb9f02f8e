"""Twenty thousand linked images through a cluster: how much memory the process that writes the table needs."""

import json
import os
import subprocess
import sys

import pytest
from PIL import Image

from engine import paths
from engine.config import TrainConfig
from tests import tiny_runs

pytestmark = pytest.mark.ray
COUNT, SIZE = 20_000, 32
MEGABYTES = 600
PROGRAM = """
import re, sys
from engine.__main__ import main
status = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())  # ru_maxrss would be that of the parent
print(int(peak[1]) // 1024, "torch" in sys.modules, file=sys.stderr)
print(int(peak[1]) // 1024)
sys.exit(status)
"""


def test_the_driver_needs_less_than_600_mb_for_20_000_images(cluster, tmp_path):
    folder, run = tmp_path / "images", tmp_path / "run"
    tiny_runs.start(run, TrainConfig("points", str(folder), weights="none", size=SIZE), ())
    (run / "status.json").write_text('{"state": "finished"}')
    folder.mkdir()
    Image.linear_gradient("L").resize((SIZE, SIZE)).save(folder / "00000.png")
    for number in range(1, COUNT):
        os.link(folder / "00000.png", folder / f"{number:05}.png")
    arguments = [
        "predict",
        "--run",
        str(run),
        str(folder),
        "--csv",
        str(tmp_path / "out.csv"),
        "--on",
        cluster.address,
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        timeout=550,
    )
    assert done.returncode == 0, done.stderr
    outcome, megabytes = done.stdout.splitlines()[-2:]
    print(outcome, f"{megabytes} MB", done.stderr.splitlines()[-1])
    assert json.loads(outcome)["predicted"] == COUNT and int(megabytes) < MEGABYTES
    rows = (tmp_path / "out.csv").read_text().splitlines()[1:]
    assert len({row.split(",")[0] for row in rows}) == len(rows) == COUNT
