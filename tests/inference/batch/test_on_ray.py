"""What travels to a cluster's nodes and back, without a cluster: nothing changes, is lost or comes twice."""

import importlib.util
import json
import os
import sys

import numpy as np
import pytest

from engine.__main__ import main
from engine.inference.batch import BatchError, on_ray
from engine.inference.batch.name_set import NameSet
from engine.inference.batch.predictors import Here
from engine.inference.image_stream import UnreadableImage
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS
from tests import tiny_runs

NONE = NameSet([])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    tiny_runs.all_three(folder)
    (folder / "heads" / "broken.jpg").write_bytes(b"no image")
    return folder


def place_of(home, *names):
    return {"cwd": str(home), "names": [str(name) for name in names]}


def actor(home, task=POINTS, place=None):
    network = {"run": str(home / "runs" / task), "is_many": False}
    return on_ray._Actor(place or place_of(home, "heads"), network)


def sent_to(one, *names):
    reply = one({"names": np.array([json.dumps([str(name) for name in names])], object)})
    return on_ray.unpack(reply["results"][0])


@pytest.fixture(autouse=True)
def _stays_here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # and back again: actors change into the driver's folder


@pytest.mark.parametrize("task", [POINTS, MULTI_LABEL])
def test_an_actor_predicts_what_this_process_does(home, task, monkeypatch):
    monkeypatch.chdir(home)
    run = Run(home / "runs" / task)
    here = [result for batch in Here().predict(run, ["heads"], NONE, False) for result in batch]
    names = [on_ray._name(result) for result in here]
    assert sent_to(actor(home, task), *names) == here
    assert sum(isinstance(result, UnreadableImage) for result in here) == 1 and len(here) > 5


def test_results_keep_every_digit_and_names_of_any_bytes():
    name = os.fsdecode(b"caf\xe9 \xf0.jpg")
    results = [{"fname": name, "labels": "a b", "p(a)": 0.1 + 0.2}, UnreadableImage("b", "why")]
    assert on_ray.unpack(on_ray.pack(results)) == results


@pytest.mark.parametrize("missing", ["cwd", "run", "names"])
def test_a_node_that_does_not_see_the_folders_says_so_and_skips_no_image(home, missing):
    place, gone = place_of(home, "heads"), str(home / "gone")
    network = {"run": str(home / "runs" / POINTS), "is_many": False}
    if missing == "run":
        network["run"] = gone
    else:
        place[missing] = gone if missing == "cwd" else [gone]
    with pytest.raises(
        BatchError, match=r"gone is not there\. Put the run and the images in a folder that all nodes share"
    ):
        sent_to(on_ray._Actor(place, network), "heads/a.jpg")


def stream(monkeypatch, *chunks):
    class Connected:
        def __enter__(self):
            return None

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(on_ray.ray_connection, "connected", lambda address: Connected())
    monkeypatch.setattr(on_ray, "_stream", lambda *_: iter(chunks))


def files(folder, count):
    names = [str(folder / f"{number}.jpg") for number in range(count)]
    for name in names:
        open(name, "w").close()
    return names


def test_what_comes_twice_counts_once(tmp_path, monkeypatch):
    names = files(tmp_path, 3)
    rows = [{"fname": name, "x_px": 1.0} for name in names]
    stream(monkeypatch, rows[:2], rows)
    assert [
        row for batch in on_ray.OnRay("a:1").predict(None, [str(tmp_path)], NONE, False) for row in batch
    ] == rows


def test_what_never_comes_is_counted_and_what_was_done_is_not(tmp_path, monkeypatch):
    names = files(tmp_path, 4)
    stream(monkeypatch, [{"fname": names[0]}, UnreadableImage(names[1], "broken")])
    with pytest.raises(
        BatchError, match="1 image came back without a prediction: run the same command to continue"
    ):
        list(on_ray.OnRay("a:1").predict(None, [str(tmp_path)], NameSet([names[2]]), False))


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--on", "127.0.0.1:9"], "--on needs --csv, the file for the predictions."),
        (["--on", "nowhere", "--csv", "out.csv"], "--on is 'nowhere': write HOST:PORT of the cluster's head"),
        (["--on", "127.0.0.1:9", "--csv", "out.csv"], "No Ray cluster answers at 127.0.0.1:9"),
    ],
)
def test_a_cluster_that_is_not_there_is_one_sentence(home, flags, says, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setenv("LOSS_LAB_RAY", "")  # the command sets it
    assert main(["predict", "--run", str(home / "runs" / POINTS), str(home / "heads"), *flags]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and says in printed.err


def test_without_ray_only_the_option_fails(home, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setenv("LOSS_LAB_RAY", "")  # the command sets it
    command = [
        "predict",
        "--run",
        str(home / "runs" / POINTS),
        str(home / "heads"),
        "--csv",
        str(tmp_path / "a.csv"),
    ]
    assert main([*command, "--on", "127.0.0.1:9"]) == 2
    assert "pip install -r requirements-ray.txt" in capsys.readouterr().err
