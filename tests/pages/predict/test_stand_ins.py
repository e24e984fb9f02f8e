"""Until images are dropped, a run of one's own predicts its own validation images, as far as they are there."""

import pandas as pd

from engine import runs
from engine.config import TrainConfig
from engine.runs import Run
from pages.parts.predict import stand_ins
from tests.tiny_data import labelled


def run_on(folder, data, **columns) -> Run:
    (folder / "run").mkdir()
    (folder / "run" / "config.json").write_text(TrainConfig("multi-label", str(data)).to_json())
    names = [f"train/{number:03}.png" for number in range(12)]
    runs.save_table(
        folder / "run",
        "pictures.csv",
        pd.DataFrame({"fname": names, "is_valid": [False] * 6 + [True] * 6} | columns),
    )
    return Run(folder / "run")


def test_a_run_predicts_validation_images_from_everywhere_that_are_still_there(tmp_path):
    data = labelled(tmp_path / "squares", count=12)
    run = run_on(tmp_path, data)
    (data / "train" / "007.png").unlink()
    found = stand_ins.of_run(run)
    assert [file.name for file in found] == ["006.png", "008.png", "010.png"]
    assert found[0].source == (data / "train" / "006.png").read_bytes()


def test_the_images_have_different_labels_where_there_are_some(tmp_path):
    data = labelled(tmp_path / "squares", count=12)
    run = run_on(tmp_path, data, labels=["a"] * 9 + ["b", "a", "a|b"])
    assert [file.name for file in stand_ins.of_run(run)] == ["006.png", "009.png", "011.png"]


def test_a_run_whose_images_are_elsewhere_has_none(tmp_path):
    run = run_on(tmp_path, labelled(tmp_path / "squares", count=12))
    (tmp_path / "squares").rename(tmp_path / "moved")
    assert stand_ins.of_run(run) == []
    (run.folder / "pictures.csv").unlink()
    assert stand_ins.of_run(Run(run.folder)) == []
