"""The command line: its verbs, what it loads, and one sentence for arguments that cannot be understood."""

import json
import math
import os
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from PIL import Image

from engine import paths
from engine.__main__ import main, parsed
from engine.config import TrainConfig
from engine.jobs.command_line import print_json

VERBS = {
    *("import", "undo-import", "check", "export-data"),
    *("train", "find-lr", "predict", "review", "open-set", "runs"),
}
NEW_RUN = ["train", "--task", "points", "--data", "sample_data/heads", "--out", "nowhere"]


def listed(text: str) -> set[str]:
    """The commands or flags that a help text explains."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("  ")]
    return {line.split(":")[0].split(",")[0].split(" ")[0] for line in lines if ":" in line}


def test_help_lists_the_verbs_and_loads_none_of_them():
    program = "import sys\nfrom engine.__main__ import main\nmain(['--help'])\n"
    program += "print({'torch', 'pandas', 'numpy'} & set(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == "set()\n"
    assert listed(done.stdout) >= VERBS and "─" not in done.stdout


def test_the_verbs_of_runs(capsys):
    assert main(["runs", "--help"]) == 0
    assert listed(capsys.readouterr().out) == {"list", "code", "export", "import", "push", "pull", "track"}


@pytest.mark.parametrize("command", ["train", "find-lr"])
def test_every_field_of_the_configuration_is_a_flag(command, capsys):
    assert main([command, "--help"]) == 0
    flags = {f"--{field.name.replace('_', '-')}" for field in fields(TrainConfig)}
    assert flags <= listed(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense"], "There is no command 'nonsense': python -m engine --help lists them."),
        (["runs", "nonsense"], "There is no command 'nonsense': python -m engine --help lists them."),
        (["train", "--nonsense"], "Unknown option: --nonsense. Did you mean --seed?"),
        (["train"], "A new run needs --task, --data, --out; to continue an old one, give --resume RUN."),
        (NEW_RUN[:-2], "A new run needs --out; to continue an old one, give --resume RUN."),
        ([*NEW_RUN, "--lr", "fast"], 'Invalid value for --lr: unable to convert "fast" into float.'),
        ([*NEW_RUN, "--epochs", "1.5"], "Invalid value for --epochs: 1.5 is not a whole number."),
        (["open-set", "--seeds", "2.5"], "2.5 is not a whole number."),
        ([*NEW_RUN, "--lr", "99"], "lr should be 1e-08 to 10.0, but is 99.0"),
        ([*NEW_RUN, "--epochs"], 'Command "train" parameter --epochs requires an argument.'),
        ([*NEW_RUN, "--y-range", "0"], "y_range should be empty, or (low, high) with low < high for points"),
        (
            [*NEW_RUN, "--weights", "foreign"],
            "weights should be one of photographs, drawings, imagenet, none",
        ),
        (["find-lr", "--task", "points"], 'Command "find-lr" parameter --data requires an argument.'),
        (["predict", "a.jpg"], 'Command "predict" parameter --run requires an argument.'),
        (["predict", "--run", "nowhere"], 'Command "predict" parameter PATHS requires an argument.'),
        (["check", "a", "b", "--task", "points"], "This command does not take 'b': leave it out."),
        (["check", "a", "--task", "boxes"], "Choose one of single-label, multi-label, points."),
        (["import"], "Name the folder, table or archive to import."),
        (["import", "a", "--format", "boxes"], "Choose one of voc, biwi, coco"),
        (["import", "a", "--x-column", "b"], "give --x-column and --y-column together"),
        (["open-set", "--seeds", "0"], "--seeds. Must be >= 1."),
        (["open-set", "--seeds", "1", "--drawn", "nowhere"], "There are no earlier results in nowhere"),
        (["review", "--data", "a", "--task", "points", "--first", "-1"], "--first. Must be >= 1."),
        (["train", "--resume", "a", "--epochs", "3"], "--resume continues a run as it was configured"),
        ([*NEW_RUN, "--on", "nonsense"], "--on is 'nonsense': write HOST:PORT of the cluster's head"),
        (["sweep", "resume", "a", "--on", "ray://a:1"], "Ray Client's ray:// addresses do not work here."),
        (["check", "x" * 5000, "--task", "points"], "A path or name is longer than this machine allows"),
        (["import", "x" * 5000], "File name too long"),
        (["undo-import", "nothing", "--redo"], "No dataset “nothing” was removed last; there is none."),
    ],
)
def test_what_cannot_be_understood_is_one_sentence_and_exit_2(arguments, says, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path))
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and says in printed.err


@pytest.mark.parametrize("command", [["import"], ["runs", "import"], ["restore"]])
def test_a_pipe_is_not_waited_for(command, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    os.mkfifo(tmp_path / "pipe.zip")
    assert main([*command, str(tmp_path / "pipe.zip")]) == 2
    assert "pipe.zip" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "changed"),
    [
        (["--y-range", "-1.5", "1"], {"y_range": (-1.5, 1.0)}),
        (["--no-y-range", "--epochs", "2"], {"y_range": (), "epochs": 2}),
        (["--freeze-epochs", "2", "--no-augment"], {"freeze_epochs": 2, "augment": False}),
        (["--lr", "0.1", "--lr", "0.2", "--size", "64"], {"lr": 0.2, "size": 64}),
    ],
)
def test_flags_become_the_configuration_and_the_last_one_counts(flags, changed):
    arguments = [*NEW_RUN, *flags]
    _, bound = parsed(arguments)
    assert bound.arguments["config"] == TrainConfig("points", "sample_data/heads", **changed)


def test_what_is_no_number_is_null(capsys):
    print_json({"a": math.nan, "b": [1.5, -math.inf], "c": {"d": math.nan, "e": "x"}})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [1.5, None], "c": {"d": None, "e": "x"}}


SCENES = "sample_data/scenes"
EXPORTED = ["export-data", SCENES, "--task", "multi-label", "--format", "coco", "--out"]
RUN = "sample_data/runs/multi-label"
WRITTEN = {
    "a zip over a table": [*EXPORTED, "{table}"],
    "a zip without a name": [*EXPORTED, ""],
    "a zip over its source": ["export-data", "{zip}", *EXPORTED[2:], "{zip}"],
    "a run over a table": ["runs", "export", RUN, "--out", "{table}"],
    "predictions over an image": ["predict", "--run", RUN, "{image}", "--csv", "{image}"],
    "predictions over a table": ["predict", "--run", RUN, "{image}", "--csv", "{table}"],
    "a ranking over its table": ["review", "--data", "{table}", "--task", "multi-label", "--csv", "{table}"],
    "a run into a dataset": ["train", "--task", "multi-label", "--data", SCENES, "--out", "{folder}"],
    "a run into a file": ["train", "--task", "multi-label", "--data", SCENES, "--out", "{table}"],
}


@pytest.mark.parametrize("what", WRITTEN)
def test_no_command_writes_over_what_a_user_has(what, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(paths.ROOT)
    files = {"table": tmp_path / "labels.csv", "zip": tmp_path / "mine.zip", "image": tmp_path / "a.png"}
    files["table"].write_text("image,labels\na.png,cat\n")
    files["zip"].write_bytes(b"PK")
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(files["image"])
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert main([part.format(folder=tmp_path, **files) for part in WRITTEN[what]]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
