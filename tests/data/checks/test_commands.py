"""The command `check`, and the check as a job."""

import json
import time

import pytest

from engine import __main__ as command_line
from engine.data.checks import jobs
from engine.data.checks.run_checks import bytes_to_look_at
from tests.data.checks.small_datasets import (
    ROWS,
    labelled,
)


def test_the_command_prints_findings_and_exits_2_where_training_would_refuse(home, capsys):
    folder = labelled(home / "set", ROWS)
    assert command_line.main(["check", str(folder), "--task", "multi-label"]) == 0
    assert "to beat: accuracy_multi" in capsys.readouterr().out
    gone = [folder / f"train/{at}.jpg" for at in range(6)]
    for file in gone:
        file.unlink(missing_ok=True)
    assert command_line.main(["check", str(folder), "--task", "multi-label"]) == 2
    assert "stops training: Not found in “train”" in capsys.readouterr().out
    assert command_line.main(["check", "--json", "--all", "--task", "multi-label", str(folder)]) == 2
    printed = capsys.readouterr()
    (worst, *_) = json.loads(printed.out)["findings"]
    assert worst["severity"] == "stops" and worst["image_count"] == len(worst["images"]) == 6
    assert printed.err.endswith("cannot be trained on yet: fix what stops training (1 finding).\n")


def test_all_names_every_image_of_every_finding(home, capsys):
    folder = labelled(home / "set", ROWS)
    for number in range(1, 6):
        (folder / f"train/{number}.jpg").unlink()
    missing = {f"    train/{number}.jpg" for number in range(1, 6)}
    for flags, listed in ([], set()), (["--all"], missing):
        assert command_line.main(["check", str(folder), "--task", "multi-label", *flags]) == 2
        lines = capsys.readouterr().out.splitlines()
        assert {line.partition(":")[0] for line in lines if line.startswith("    ")} & missing == listed


@pytest.mark.waits
def test_a_process_looks_and_tells_how_far_it_is(home):
    folder = labelled(home / "set", ROWS)
    jobs.start(folder, "multi-label")
    assert jobs.progress(folder) is not None
    end = time.monotonic() + 240
    while jobs.progress(folder) is not None and time.monotonic() < end:
        time.sleep(0.1)
    assert bytes_to_look_at(folder, "multi-label") == 0, jobs.log(folder)


def test_a_damaged_status_is_no_check_under_way(home):
    folder = labelled(home / "set", ROWS)
    job = jobs.job_for(folder)
    job.create()
    at = jobs.progress(folder)
    assert at and at.share == 0
    (job.folder / "status.json").write_text("[]")
    assert jobs.progress(folder) is None
