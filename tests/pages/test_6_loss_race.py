"""Page 6: the race runs before anything is touched, follows every slider, and answers any picture."""

import re
import shutil
from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from engine import paths
from engine.data import example_photographs, formats
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, RaceConfig, train_heads, worker_client
from engine.experiments.loss_race import photographs as photograph_race
from engine.functional.loss_registry import choice, choices
from engine.functional.threshold_curves import threshold_curve
from engine.images import open_image
from engine.tasks import LOSSES, MULTI_LABEL, POINTS
from engine.training import features
from engine.training.backbones import DRAWINGS
from engine.training.presets import QUICK
from pages.parts.home import contents
from pages.parts.race import data as race_data
from pages.parts.race import findings, stars
from pages.parts.race import labels as race_labels
from pages.parts.race import link as race_link
from pages.parts.race import points as race_points
from tests.lesson_data import VOCAB, chart, open_page, point_app_at, texts, write_scenes
from tests.shown_code import shown_code
from tests.tiny_data import pointed

PAGE = "6_Loss_race"
NAMES = [one.short for one in choices(MULTI_LABEL)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Scenes and heads, and the folder of what is kept, so that their features are computed once for all tests."""
    folder = tmp_path_factory.mktemp("race")
    write_scenes(folder / "scenes")
    pointed(folder / "heads", count=16)
    return folder


@pytest.fixture(autouse=True)
def at_home(made, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(made / "cache"))
    point_app_at(made, monkeypatch)


def title(app, place: int) -> str:
    bold = [one.value.replace("\\", "") for one in app.markdown if one.value.startswith("**")]
    return [text for text in bold if "Train this" not in text][place]


def raced(task: str, folder, **changes):
    """The race that the page should have run, by the engine itself."""
    dataset = formats.load(folder, task)
    course = Course.of(dataset, features.of_dataset(dataset))
    return train_heads.run(RaceConfig(task, **changes), course), course


def ends(app, place: int) -> list[float]:
    return [float(trace.y[-1]) for trace in chart(app, place).data]


def test_the_losses_in_the_code_are_those_that_race(made):
    code = shown_code(open_page(PAGE)).replace("dls = multi_label_block", "# dls").partition("for loss in")[0]
    shown: dict = {}
    exec(code, shown)
    chance = torch.Generator().manual_seed(0)
    logits, targets = (
        4 * torch.randn(5, 4, generator=chance),
        torch.randint(0, 2, (5, 4), generator=chance).float(),
    )
    targets[0] = 0
    names = {
        "bce": "binary_cross_entropy",
        "inverted": "binary_cross_entropy_as_printed",
        "squared_error": "mean_squared_error",
    } | {name: name for name in ("cross_entropy", "focal", "asymmetric")}
    assert {*names.values()} == {*LOSSES[MULTI_LABEL]}
    for name, ours in names.items():
        expected = choice(MULTI_LABEL, ours).function(logits, targets)
        torch.testing.assert_close(shown[name](logits, targets), expected, msg=name)


def test_the_race_is_run_before_anything_is_touched(made):
    app = open_page(PAGE)
    assert not app.exception
    finished, course = raced(MULTI_LABEL, made / "scenes")
    ranking = loss_race.mean_average_precisions(finished, course)
    assert ends(app, 0) == pytest.approx(ranking[-1].tolist())
    assert f"{ranking[-1].max():.3f}" in title(app, 0)
    assert [len(trace.x) for trace in chart(app, 1).data] == [12] * 6


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("lr", 0.01, "lr"),
        ("epochs", 3, "epochs"),
        ("batch", 32, "batch_size"),
        ("decay", 1.0, "weight_decay"),
        ("seed", 7, "seed"),
    ],
)
def test_every_slider_runs_the_race_anew_and_stands_in_the_address(made, key, value, name):
    app = open_page(PAGE)
    sliders = {one.key: one for one in [*app.slider, *app.select_slider]}
    sliders[key].set_value(value).run()
    finished, course = raced(MULTI_LABEL, made / "scenes", **{name: value})
    assert ends(app, 0) == pytest.approx(loss_race.mean_average_precisions(finished, course)[-1].tolist())
    app = open_page(PAGE, **{key: str(value)})
    sliders = {one.key: one for one in [*app.slider, *app.select_slider]}
    assert sliders[key].value == value


def test_the_threshold_scores_the_answers_and_trains_nothing(made, monkeypatch):
    app = open_page(PAGE, measure="exact match")
    finished, course = raced(MULTI_LABEL, made / "scenes")
    monkeypatch.setattr(worker_client, "run", lambda *_: pytest.fail("a threshold needs no training"))
    app.slider(key="threshold").set_value(0.2).run()
    assert not app.exception
    scores = loss_race.label_scores(
        finished, course, 0.2, loss_race.mean_average_precisions(finished, course)
    )
    assert ends(app, 0) == pytest.approx(scores.groupby("lane", sort=False).last()["exact_match"].tolist())


def test_two_pictures_are_answered_by_every_head(made):
    said = texts(open_page(PAGE))
    panels = re.findall(r'<div class="heads">.*?</div></div>(?!<div)', said, re.DOTALL)
    assert len(panels) == 3
    for panel in panels:
        assert [name for name in NAMES if f"</i>{name}</div>" in panel] == NAMES
    dataset = formats.load(made / "scenes", MULTI_LABEL).part(valid=True)
    chosen = race_labels.two_kinds(dataset)
    labels = dict(zip(dataset.table["fname"], dataset.table["labels"], strict=True))
    assert set(labels[chosen]) == {"bear", "dog"}
    for label in labels[chosen]:
        assert panels[0].count(f" {label} ") == 6


def test_any_validation_picture_can_be_chosen_and_its_numbers_are_the_heads(made):
    finished, course = raced(MULTI_LABEL, made / "scenes")
    fname = course.valid.table["fname"].iloc[5]
    said = texts(open_page(PAGE, race_picture=fname))
    table = re.search(r'<div class="numbers">(.*?)</table>', said, re.DOTALL).group(1)
    numbers = [float(n) for n in re.findall(r"<td[^>]*>([\d.]+)<", table)]
    probs = finished.valid_predictions(5)
    assert numbers == pytest.approx(probs.T.ravel().tolist(), abs=0.006)
    assert re.findall(r"● (\w+)", table) == list(course.valid.table["labels"].iloc[5])


def test_an_uploaded_picture_is_answered(made):
    app = open_page(PAGE, race_picture_from="Your own")
    packed = BytesIO()
    Image.new("RGB", (90, 60), (200, 90, 160)).save(packed, "PNG")
    app.file_uploader(key="race_picture_upload").set_value(("mine.png", packed.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    finished, course = raced(MULTI_LABEL, made / "scenes")
    seen = features.of_image(Image.new("RGB", (90, 60), (200, 90, 160)), DRAWINGS)
    probs = finished.predictions(course.standardised(seen))
    table = re.search(r'<div class="numbers">(.*?)</table>', texts(app), re.DOTALL).group(1)
    numbers = [float(n) for n in re.findall(r"<td[^>]*>([\d.]+)<", table)]
    assert numbers == pytest.approx(probs.T.ravel().tolist(), abs=0.006)
    assert "●" not in table


def raced_labels(made, threshold: float = 0.5):
    finished, course = raced(MULTI_LABEL, made / "scenes")
    ranking = loss_race.mean_average_precisions(finished, course)
    scores = loss_race.label_scores(finished, course, threshold, ranking)
    margins = loss_race.ranking_margins(finished, course)
    return race_data.Raced(finished, ranking, margins), course, scores


def test_the_table_stars_the_best_of_every_measure(made):
    found, course, scores = raced_labels(made)
    last = found.ranking[-1]
    table = race_labels.winners(found, course, scores, 0.5)
    assert table.loc[found.race.lanes[int(last.argmax())].loss.title, "mean AP"] == f"★ {last.max():.3f}"
    chance = loss_race.chance_average_precision(course.valid_targets)
    assert table.loc["no network", "mean AP"] == f"{chance:.3f}"
    for column in table:
        assert not all(str(cell).startswith("★") for cell in table[column])
    assert "★" in texts(open_page(PAGE))


def test_at_a_threshold_that_nothing_passes_only_the_baseline_can_win(made):
    found, course, scores = raced_labels(made, 1.0)
    table = race_labels.winners(found, course, scores, 1.0)
    assert not any(cell.startswith("★") for cell in table["exact match"])
    assert not any(cell.startswith("★") for cell in table["several labels"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.0, 0.0], ["0.000"] * 3),
        ([0.4201, 0.4199, 0.42], ["0.420"] * 3),
        ([0.1, 0.2, 0.9], ["0.100", "0.200", "★ 0.900"]),
        ([0.9, 0.2, 0.9], ["★ 0.900", "0.200", "★ 0.900"]),
        ([0.0, float("nan"), 0.0], ["0.000", "—", "0.000"]),
    ],
)
def test_a_star_needs_something_that_is_worse(values, expected):
    assert stars.starred(values, "{:.3f}") == expected


def test_what_is_level_with_the_best_shares_its_star():
    margins = np.full((3, 3), 0.05)
    assert stars.starred([0.9, 0.86, 0.5], "{:.2f}", margins) == ["★ 0.90", "★ 0.86", "0.50"]
    margins[0, 2] = 0.2
    assert stars.starred([0.9, 0.8, 0.75], "{:.2f}", margins) == ["★ 0.90", "0.80", "0.75"]
    assert stars.starred([0.75, 0.8, 0.9], "{:.2f}", margins) == ["0.75", "0.80", "★ 0.90"]
    assert stars.starred([9, 8, 2], "{:.0f}", is_high_best=False) == ["9", "8", "★ 2"]


def test_a_class_that_two_heads_win_counts_for_none():
    by_class = pd.DataFrame({"cat": [0.9, 0.9001, 0.1], "dog": [0.2, 0.5, 0.4], "cow": [np.nan] * 3})
    assert race_labels._classes_won(by_class).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("threshold", "most"),
    [(0.0, 12), (0.05, 12), (0.2, 4), (0.21, 4), (0.3, 3), (0.5, 1), (0.9, 1), (1.0, 0)],
)
def test_softmax_lets_only_so_many_labels_pass(threshold, most):
    assert findings.most_labels(threshold, 12) == most


def test_the_findings_are_made_from_the_numbers_on_the_screen(made):
    app = open_page(PAGE, threshold="0.2")
    said = texts(app)
    assert "can pass a threshold of 0.20" in said and "threshold of 0.5" not in said
    found, course, _ = raced_labels(made, 0.2)
    exact = loss_race.by_labels(found.race, course, 0.2).loc["cross_entropy"]
    assert f"{exact['one label']:.3f} with one label" in said
    app.slider(key="threshold").set_value(0.5).run()
    assert "only one label can pass a threshold of 0.50" in texts(app)


def test_the_findings_name_who_is_in_front_and_who_is_level():
    lanes = loss_race.lanes(MULTI_LABEL)
    last = pd.DataFrame(
        {
            "mean_average_precision": [0.9, 0.5, 0.1, 0.5, 0.5, 0.5],
            "skill": [0.0] * 6,
            "exact_match": [0.40, 0.1, 0.0, 0.38, 0.1, 0.1],
        }
    )
    baselines = {"mean_average_precision": (0.1, "chance")}
    baselines |= {name: (0.0, "predicting nothing") for name in ("skill", "exact_match")}
    says = findings.leaders(lanes, last, baselines, dict.fromkeys(last, np.full((7, 7), 0.05)))
    assert says == (
        "**In front.** By mean average precision: BCE; by skill: all six heads (level, not clearly better than "
        "predicting nothing); by exact match: BCE and focal (level)."
    )


def test_a_threshold_is_to_be_moved_only_where_that_helps(made):
    found, course, _ = raced_labels(made)
    at = [lane.loss.name for lane in found.race.lanes].index("focal")
    lane = found.race.lanes[at]
    curve = threshold_curve(
        lane.predictions(found.race.valid_raw[-1, at]).astype(float), course.valid_targets
    )
    best = float(curve["skill"].max())
    assert "this threshold suits it" in findings.moved_threshold(found.race, course, at, lane, best, 0.3)
    says = findings.moved_threshold(found.race, course, at, lane, best - 0.2, 0.3)
    assert f"it would be {best:.3f}" in says and f"its skill is {best - 0.2:.3f}" in says


def test_the_inverted_loss_is_not_called_wrong_where_it_is_not(made):
    found, _, _ = raced_labels(made)
    at = [lane.loss.name for lane in found.race.lanes].index("binary_cross_entropy_as_printed")
    for value, says in {0.1: "learned to be wrong", 0.3: "level with chance", 0.6: "above chance"}.items():
        ranking, margins = pd.Series([value] * 6), np.full((7, 7), 0.05)
        assert says in findings.inverted(found.race, at, ranking, 0.3, margins)
    for losses, says in {
        (3, 2): "fell from 3 to 2",
        (2, 3): "rose from 2 to 3",
        (2, 2): "stayed at 2",
    }.items():
        moved = replace(found.race, step_losses=np.tile(np.array(losses, float), (6, 1)))
        assert says in findings.inverted(moved, at, ranking, 0.3, margins)


@pytest.mark.parametrize("task", [MULTI_LABEL, POINTS])
def test_the_links_say_what_will_be_trained_on(task):
    assert "the images of this race" in race_link.trains_on(task, is_photographs=False)
    says = race_link.trains_on(task, is_photographs=True).replace("\\", "")
    assert QUICK[task].data in says and "not on these photographs" in says


def test_points_race_in_pixels(made):
    app = open_page(PAGE)
    finished, course = raced(POINTS, made / "heads")
    scores = loss_race.point_scores(finished, course)
    last = scores.groupby("lane", sort=False).last()["median_error_px"]
    assert ends(app, 2) == pytest.approx(last.tolist())
    baseline = loss_race.point_baseline_px(course)
    found = race_data.RacedPoints(finished, scores, np.zeros((7, 7)))
    table = race_points.winners(found, course, baseline)
    assert list(table.index) == [lane.title for lane in finished.lanes] + ["always the mean point"]
    if last.min() < baseline:
        assert table["median error"].iloc[int(last.argmin())] == f"★ {last.min():.1f} px"
    table = race_points.winners(found, course, float(last.min()) / 2)
    assert [cell for cell in table["median error"] if "★" in cell] == [f"★ {last.min() / 2:.1f} px"]
    assert f"the mean point is off by {baseline:.1f} px" in title(app, 2)
    app.select_slider(key="point_lr").set_value(0.01).run()
    assert not app.exception and ends(app, 2) != pytest.approx(last.tolist())


@pytest.mark.parametrize(
    "points_px",
    [[(320, 240), (325, 238)], [(2, 3), (9, 9)], [(10, 10), (600, 470)], [(320, 240), (9000, -50)]],
)
def test_the_close_up_holds_the_points_in_the_pictures_own_proportions(points_px):
    left, top, right, bottom = race_points.close_up(np.array(points_px, float), (640, 480))
    assert 0 <= left < right <= 640 and 0 <= top < bottom <= 480
    assert (right - left) / (bottom - top) == pytest.approx(4 / 3) and right - left >= 160
    for x, y in np.clip(points_px, 0, (640, 480)):
        assert left <= x <= right and top <= y <= bottom


def test_the_close_up_of_a_tall_picture_stays_in_it():
    left, top, right, bottom = race_points.close_up(np.array([(10.0, 10), (290, 590)]), (300, 600))
    assert (left, right) == (0, 300) and bottom - top == pytest.approx(225)


def test_the_answers_with_y_range_can_be_seen_alone(made):
    said = texts(open_page(PAGE, points_shown="With y_range"))
    assert "Huber y_range" in said and "</span> Huber</span>" not in said


def test_a_loss_is_carried_to_the_page_that_trains_once_it_is_there(tmp_path, monkeypatch):
    linked = []
    monkeypatch.setattr(
        race_link.st, "page_link", lambda page, **how: linked.append((page, how["query_params"]))
    )
    monkeypatch.setattr(contents, "PAGES", tmp_path)
    race_link.show(POINTS, loss_race.lanes(POINTS))
    assert linked == []
    (tmp_path / race_link.TRAIN).touch()
    race_link.show(POINTS, loss_race.lanes(POINTS))
    assert linked == [("pages/7_Train.py", {"task": POINTS, "loss": name}) for name in LOSSES[POINTS]]


def test_the_links_hold_task_and_loss_in_their_address(monkeypatch):
    monkeypatch.setattr(race_link, "TRAIN", "8_Your_pictures.py")
    links = [one.proto for one in open_page(PAGE).get("page_link")]
    assert [link.query_string for link in links] == [
        f"task={task}&loss={name}" for task in (MULTI_LABEL, POINTS) for name in LOSSES[task]
    ]


def test_without_the_body_there_is_one_sentence_and_no_traceback(made, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "DRAWINGS_BACKBONE", tmp_path / "gone.safetensors")
    app = open_page(PAGE)
    assert not app.exception
    assert any("missing" in one.value for one in app.error)


def test_an_unreadable_picture_is_named(made, monkeypatch, tmp_path):
    shutil.copytree(made / "scenes", tmp_path / "scenes")
    (tmp_path / "scenes" / "train" / "004.jpg").write_bytes(b"no picture")
    monkeypatch.setattr(paths, "SCENES", tmp_path / "scenes")
    app = open_page(PAGE)
    assert not app.exception
    assert any("004" in one.value for one in app.error)


def test_labels_are_rows_under_the_heads_so_that_a_phone_shows_them_all():
    table = re.search(r'<div class="numbers">(.*?)</table>', texts(open_page(PAGE)), re.DOTALL).group(1)
    head, body = table.split("</thead>")
    assert [name for name in NAMES if f"</i>{name}</th>" in head] == NAMES
    assert re.findall(r"<tr><th[^>]*>(?:● )?(\w+)</th>", body) == list(VOCAB)


# -- photographs -----------------------------------------------------------------------------------

STORED = photograph_race.folder()
GRID = "7 × 7 grid"


@pytest.fixture
def bundled(monkeypatch):
    monkeypatch.setattr(photograph_race, "folder", lambda: STORED)


def raced_photographs(task: str, sees: str = photograph_race.POOLED, **changes):
    course = photograph_race.load(task, sees).course
    return train_heads.run(replace(photograph_race.start(task), **changes), course), course


def test_photographs_race_from_their_features_alone(bundled):
    app = open_page(PAGE, kind="Photographs")
    assert not app.exception and not app.error
    finished, course = raced_photographs(MULTI_LABEL)
    ranking = loss_race.mean_average_precisions(finished, course)
    assert ends(app, 0) == pytest.approx(ranking[-1].tolist())
    assert "below chance" in title(app, 0)
    said = texts(app)
    assert "128 photographs to train on, 128 to validate" in said and "CC BY 4.0" in said
    assert said.count("not on these photographs") == 2
    assert "not on these photographs" not in texts(open_page(PAGE))
    finished, course = raced_photographs(POINTS)
    last = loss_race.point_scores(finished, course).groupby("lane", sort=False).last()["median_error_px"]
    assert ends(app, 2) == pytest.approx(last.tolist())
    assert f"the best head is off by **{last.min():.1f} px**" in said
    seen = loss_race.point_training_errors_px(finished, course)[int(last.to_numpy().argmin())]
    assert f"On its training faces that head is off by {seen:.1f} px" in said
    assert f"mean point by **{loss_race.point_baseline_px(course):.1f} px**" in said


def test_the_grid_races_on_the_same_faces(bundled):
    app = open_page(PAGE, kind="Photographs", sees=GRID)
    finished, course = raced_photographs(POINTS, photograph_race.GRID)
    last = loss_race.point_scores(finished, course).groupby("lane", sort=False).last()["median_error_px"]
    assert ends(app, 2) == pytest.approx(last.tolist())
    assert "can tell where something is" in texts(app)


def test_the_sliders_over_photographs_are_their_own(bundled):
    app = open_page(PAGE, kind="Photographs", lr="0.01", photo_lr="0.001", photo_point_epochs="3")
    assert not app.exception
    finished, course = raced_photographs(MULTI_LABEL, lr=0.001)
    assert ends(app, 0) == pytest.approx(loss_race.mean_average_precisions(finished, course)[-1].tolist())
    assert len(chart(app, 2).data[0].x) == 4


def test_example_photographs_are_predicted_by_every_head(bundled):
    app = open_page(PAGE, kind="Photographs", race_example="A cat")
    said = texts(app)
    panels = re.findall(r'<div class="heads">.*?</div></div>(?!<div)', said, re.DOTALL)
    assert len(panels) == 3
    finished, course = raced_photographs(MULTI_LABEL)
    seen = photograph_race.load(MULTI_LABEL).examples["chelsea.jpg"]
    assert numbers_of(said) == pytest.approx(
        finished.predictions(course.standardised(seen)).T.ravel().tolist(), abs=0.006
    )
    assert re.findall(r"● (\w+)</th>", said) == list(example_photographs.LABELS["chelsea.jpg"])


def numbers_of(said: str) -> list[float]:
    table = re.search(r'<div class="numbers">(.*?)</table>', said, re.DOTALL).group(1)
    return [float(n) for n in re.findall(r"<td[^>]*>([\d.]+)<", table)]


def test_a_photograph_of_ones_own_is_predicted_by_every_head(bundled):
    app = open_page(PAGE, kind="Photographs")
    file = example_photographs.FOLDER / "coffee.jpg"
    packed = (file.name, file.read_bytes(), "image/jpeg")
    app.file_uploader(key="race_photograph_upload").set_value(packed)
    app.file_uploader(key="race_face_upload").set_value(packed).run()
    assert not app.exception and not app.error
    finished, course = raced_photographs(MULTI_LABEL)
    seen = photograph_race.of_image(open_image(file))
    assert numbers_of(texts(app)) == pytest.approx(
        finished.predictions(course.standardised(seen)).T.ravel().tolist(), abs=0.006
    )
    captions = [caption for image in app.image for caption in image.captions]
    assert any("no true point" in caption for caption in captions)


def test_example_heads_are_shown_beside_the_mean_point(bundled):
    app = open_page(PAGE, kind="Photographs")
    captions = [caption.replace("\\", "") for image in app.image for caption in image.captions]
    shown = [caption for caption in captions if "px off (mean point: " in caption]
    assert len(shown) == len(example_photographs.HEADS_PX)


def test_without_the_stored_features_there_is_one_sentence_for_each_race():
    app = open_page(PAGE, kind="Photographs")
    assert not app.exception
    said = [error.value.replace("\\", "") for error in app.error]
    assert len(said) == 2 and all("is missing from race_photographs/: restore it" in one for one in said)
