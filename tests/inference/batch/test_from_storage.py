"""Images and a run in storage give the table of a local folder with the same names, whatever happens on the way."""

import json

import numpy as np
import pytest

from engine import paths
from engine.__main__ import main
from engine.data.storage import reading
from engine.inference.batch import BatchError, on_ray
from engine.inference.batch.name_set import NameSet
from engine.runs import Run, in_storage
from engine.tasks import MULTI_LABEL
from tests.data.storage import stored
from tests.data.storage.stored import BUCKET
from tests.tiny_data import gradients

RUN, IMAGES = f"{BUCKET}/runs/scenes", f"{BUCKET}/images"
COUNT = 40
NONE = NameSet([])


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """Forty images here and in storage, in folders, three of them broken; and a run in storage."""
    names = (f"{('a/', 'a/b/', 'c/', '')[number % 4]}{number:03}.png" for number in range(COUNT))
    folder = gradients(tmp_path_factory.mktemp("images"), names)
    (folder / "a" / "000.png").write_bytes(b"")
    (folder / "a" / "b" / "001.png").write_bytes(b"\xff\xd8\xff")
    (folder / "c" / "002.png").write_text("no image")
    stored.empty()
    stored.put_folder(IMAGES, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOSS_LAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        in_storage.push(Run(paths.BUNDLED_RUNS / MULTI_LABEL), RUN)
        yield folder
    stored.empty()


def predict(run, place, file):
    return main(["predict", "--run", str(run), str(place), "--csv", str(file)])


def written(file, place):
    """The table and the list of skipped images, with names relative to the place."""
    return [one.read_text().replace(f"{place}/", "") for one in (file, file.with_suffix(".skipped.csv"))]


@pytest.fixture(scope="module")
def here(folder, tmp_path_factory):
    file = tmp_path_factory.mktemp("here") / "out.csv"
    assert predict(paths.BUNDLED_RUNS / MULTI_LABEL, folder, file) == 0
    return written(file, folder)


def test_the_table_is_that_of_the_local_folder(here, tmp_path):
    assert predict(RUN, IMAGES, tmp_path / "out.csv") == 0
    assert written(tmp_path / "out.csv", IMAGES) == here
    assert here[0].count("\n") == COUNT - 3 + 1 and here[1].count("\n") == 3 + 1


def test_storage_that_dies_in_the_middle_is_one_sentence_and_the_same_command_goes_on(
    here, tmp_path, capsys, monkeypatch
):
    file, read = tmp_path / "out.csv", reading._start

    def dying(fs, path):
        if path.endswith("c/018.png"):
            raise ConnectionError("refused")
        return read(fs, path)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "_start", dying)
        assert predict(RUN, IMAGES, file) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith(f"The storage of {IMAGES}/c/018.png failed (refused)"), said
    before = file.read_text().count("\n")
    assert 1 < before < COUNT - 3
    assert predict(RUN, IMAGES, file) == 0 and written(file, IMAGES) == here


@pytest.mark.parametrize(
    ("run", "place", "says"),
    [
        (RUN, f"{BUCKET}/nowhere", "There is nothing at memory://bucket/nowhere"),
        (f"{BUCKET}/images", IMAGES, "There is no run at memory://bucket/images"),
        (RUN, "gs://bucket/images", "only s3:// addresses are supported"),
    ],
)
def test_what_is_not_there_is_one_sentence(run, place, says, tmp_path, capsys):
    assert predict(run, place, tmp_path / "out.csv") == 2
    printed = capsys.readouterr()
    assert printed.out == "" and says in printed.err and "Traceback" not in printed.err
    assert not (tmp_path / "out.csv").exists()


def test_a_node_needs_no_shared_folder(here, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = {"cwd": on_ray._needed_folder([IMAGES]), "names": [IMAGES]}
    actor = on_ray._Actor(place, {"run": RUN, "is_many": False})
    rows = [json.loads(names) for names in on_ray.chunks(place, NONE)]
    assert place["cwd"] == "" and [len(names) for names in rows] == [COUNT]
    reply = actor({"names": np.array([json.dumps(rows[0])], object)})
    results = on_ray.unpack(reply["results"][0])
    assert [on_ray._name(result) for result in results] == rows[0]
    assert on_ray._needed_folder([IMAGES, "local"]) == str(tmp_path)


def test_a_node_that_cannot_list_says_so(tmp_path):
    place = {"cwd": "", "names": [f"{BUCKET}/nowhere"]}
    (names,) = on_ray.chunks(place, NONE)
    reply = on_ray._Actor(place, {"run": RUN, "is_many": False})({"names": np.array([names], object)})
    with pytest.raises(BatchError, match=r"The node .* cannot list the images: There is nothing at"):
        on_ray.unpack(reply["results"][0])
