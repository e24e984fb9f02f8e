"""What a dataset holds at a glance: counts, the score to beat, or every problem; and what would be downloaded."""

import pytest

from engine import paths
from engine.data import library, summary
from engine.data.downloads import catalog
from engine.runs import Run
from engine.runs.constant_baselines import baseline
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training.presets import DATA
from tests.tiny_data import labelled, pointed


@pytest.fixture(autouse=True)
def nothing_downloaded(tmp_path, monkeypatch):
    """A machine on which nothing has been downloaded or imported yet."""
    monkeypatch.delenv("HF_HOME", raising=False)
    monkeypatch.delenv("TORCH_HOME", raising=False)
    for name, folder in (
        ("FASTAI_HOME", "fastai"),
        ("XDG_CACHE_HOME", "cache"),
        ("LOSS_LAB_DATA", "library"),
    ):
        monkeypatch.setenv(name, str(tmp_path / folder))
    return tmp_path


def test_the_samples_are_counted_with_the_score_to_beat():
    seen = summary.glance("sample_data/scenes", MULTI_LABEL)
    assert seen.problems == ()
    assert seen.holds.startswith("640 images for training and 160 for validation, with 12 labels: bear,")
    assert [(one.name, one.value) for one in seen.baselines] == [("accuracy_multi", "0.8771")]
    heads = summary.glance("sample_data/heads", POINTS)
    assert "a point in each, in 24 groups" in heads.holds
    assert heads.baselines[0].value.endswith(" px")


@pytest.mark.parametrize(
    ("task", "data", "form"),
    [(SINGLE_LABEL, "scenes", "{:.4f}"), (MULTI_LABEL, "scenes", "{:.4f}"), (POINTS, "heads", "{:.1f} px")],
)
def test_the_score_to_beat_is_the_one_that_stands_beside_a_run(task, data, form):
    beside = baseline(Run(paths.BUNDLED_RUNS / task)).value
    assert summary.glance(f"sample_data/{data}", task).baselines[0].value == form.format(beside)


@pytest.mark.parametrize("task", [SINGLE_LABEL, MULTI_LABEL])
def test_small_sets_are_counted_by_hand(tmp_path, task):
    seen = summary.glance(str(labelled(tmp_path / "squares")), task)
    counts = {MULTI_LABEL: "16 images for training and 8", SINGLE_LABEL: "8 images for training and 4"}
    assert seen.holds == f"{counts[task]} for validation, with 2 labels: blue, red."
    assert seen.baselines[0].value == "0.5000"
    assert bool(seen.notes) == (task == SINGLE_LABEL)


def test_every_problem_comes_at_once(tmp_path):
    folder = labelled(tmp_path / "squares")
    for name in ("003.png", "004.png"):
        (folder / "train" / name).unlink()
    (folder / "train.csv").write_text((folder / "train.csv").read_text() + "000.png,red,False\n")
    seen = summary.glance(str(folder), MULTI_LABEL)
    said = " ".join(seen.problems)
    assert all(part in said for part in ("003.png, 004.png", "000.png (2 times)"))
    assert seen.holds == "" and seen.baselines == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("/no/such/place", "There is no folder or table"),
        ("", "No data is chosen"),
        ("   ", "No data is chosen"),
        ("~nosuchperson/pictures", "There is no folder or table"),
        ("nul\0byte", "cannot be read"),
        ("x" * 5000, "cannot be read"),
        ("README.md", "README.md"),
    ],
)
def test_a_path_that_cannot_be_used_is_one_sentence(data, says):
    seen = summary.glance(data, MULTI_LABEL)
    assert len(seen.problems) == 1 and says in seen.problems[0]
    assert isinstance(summary.changed(data), tuple)


def test_a_set_for_another_task_says_so(tmp_path):
    assert (
        "choose the task points" in summary.glance(str(pointed(tmp_path / "points")), MULTI_LABEL).problems[0]
    )


def test_what_is_not_here_yet_says_how_much_is_downloaded(nothing_downloaded):
    named = [name for names in DATA.values() for name in names if not name.startswith("sample_data")]
    assert set(named) == set(catalog.DOWNLOAD_MB)
    for name in named:
        (note,) = summary.glance(name, MULTI_LABEL).notes
        assert "not on this machine yet" in note and "GB" in note
    labelled(nothing_downloaded / "fastai" / "data" / "pascal_2007")
    assert summary.glance("pascal_2007", MULTI_LABEL).holds.startswith("16 images")


def test_fastais_own_configuration_says_where_its_data_lie(nothing_downloaded):
    (nothing_downloaded / "fastai").mkdir()
    (nothing_downloaded / "fastai" / "config.ini").write_text("[DEFAULT]\ndata = elsewhere\n")
    labelled(nothing_downloaded / "fastai" / "elsewhere" / "pascal_2007")
    assert catalog.downloaded("pascal_2007") == nothing_downloaded / "fastai" / "elsewhere" / "pascal_2007"
    (nothing_downloaded / "fastai" / "config.ini").write_text("broken")
    assert catalog.downloaded("pascal_2007") is None


def test_the_folders_are_those_of_the_libraries_themselves():
    """What is looked at here is where torch and fastai put what they download."""
    import torch
    from fastai.data.external import fastai_path

    assert fastai_path("data") / "pascal_2007" == paths.download_folder("pascal_2007")
    checkpoints = paths.Path(torch.hub.get_dir()) / "checkpoints"
    assert not catalog.has_imagenet_weights("resnet50")
    checkpoints.mkdir(parents=True)
    (checkpoints / "resnet50-11ad3fa6.pth").touch()
    assert catalog.has_imagenet_weights("resnet50") and not catalog.has_imagenet_weights("resnet5")
    assert summary.weights_note("resnet50", "imagenet") == ""
    assert "resnet34 are not on this machine yet" in summary.weights_note("resnet34", "imagenet")
    assert summary.weights_note("resnet34", "none") == ""


def test_a_change_is_noticed_without_reading_the_set(tmp_path):
    folder = labelled(tmp_path / "squares")
    before = summary.changed(str(folder))
    assert before and summary.changed(str(folder)) == before
    (folder / "train" / "000.png").unlink()
    assert summary.changed(str(folder)) != before


def test_a_set_of_the_library_and_a_change_behind_it_are_noticed(tmp_path):
    folder = labelled(tmp_path / "squares")
    one = library.add("mine", MULTI_LABEL, in_place=folder)
    assert summary.glance(str(one.data_path), MULTI_LABEL).holds.startswith("16 images")
    before = summary.changed(str(one.data_path))
    (folder / "train" / "000.png").unlink()
    assert summary.changed(str(one.data_path)) != before


def test_the_score_to_beat_of_labels_is_that_of_a_finished_run():
    run = Run(paths.BUNDLED_RUNS / MULTI_LABEL)
    told = baseline(run).value
    assert summary.glance(run.config.data, MULTI_LABEL).baselines[0].value == f"{told:.4f}"
