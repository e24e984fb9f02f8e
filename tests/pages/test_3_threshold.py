"""Lesson 3: what stands at the threshold is exact, labels follow it, and saved thresholds reach prediction."""

import re

import numpy as np
import pytest

from engine.functional import metrics
from engine.functional.calibration import expected_calibration_error
from engine.functional.label_changes import count_changes
from engine.runs import Run, calibration
from engine.training.photo_models import held_out_labels
from tests.lesson_data import VOCAB, button, chart, open_page, point_app_at, texts, write_all, write_run

PAGE = "3_Threshold"


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def run(folder):
    return write_all(folder)["multi-label"]


@pytest.fixture
def at_home(run, folder, monkeypatch):
    point_app_at(folder, monkeypatch)


def _move(app, threshold: float):
    return app.slider(key="threshold").set_value(threshold).run()


def _counts(app) -> list[list[int]]:
    """The two by two counts of each class: found, missed, false yes, true no."""
    html = next(text for text in texts(app).splitlines() if 'class="counts"' in text)
    return np.array(re.findall(r"<b>(\d+)</b>", html), int).reshape(-1, 4).tolist()


@pytest.mark.parametrize("threshold", [0.0, 0.17, 0.5, 1.0])
def test_the_title_is_exact_at_every_threshold(at_home, run, threshold):
    app = _move(open_page(PAGE), threshold)
    assert not app.exception
    said = run.predictions
    exact = metrics.accuracy_multi(said.probs, said.targets, threshold)
    nothing = metrics.do_nothing_accuracy(said.targets)
    title = next(one.value for one in app.markdown if f"At {threshold:.2f}" in one.value)
    for number in (f"{exact:.4f}", f"{nothing:.4f}", f"{metrics.skill(exact, said.targets):.3f}"):
        assert number in title.replace("\\", "")


def _lines(app) -> list[float]:
    """Where lines stand over the curves, in percent of the chart's width."""
    return [float(left) for left in re.findall(r'class="upright" style="left:([\d.]+)%', texts(app))]


def test_the_line_moves_with_the_slider_over_curves_that_stand_still(at_home):
    app = open_page(PAGE)
    still = chart(app)
    assert _lines(app) == [50]
    assert _lines(_move(app, 0.23)) == [23]
    assert chart(app) == still


def test_the_threshold_stands_in_the_address(at_home):
    app = open_page(PAGE, threshold="0.8")
    assert app.slider(key="threshold").value == 0.8
    assert open_page(PAGE, threshold="8").slider(key="threshold").value == 0.5


def test_labels_are_counted_against_those_in_use(at_home, run):
    app = _move(open_page(PAGE), 0.2)
    said = run.predictions
    counts = count_changes(said.probs > 0.5, said.probs > 0.2, said.targets)
    line = next(one.value for one in app.markdown if "labels kept" in one.value)
    assert f"**{counts['kept'][0]} labels kept**" in line
    assert f"**{counts['gained'][0]} gained** ({counts['gained'][0] - counts['gained'][1]} wrong)" in line
    assert counts["gained"][0] > 0


def test_kept_gained_lost_and_wrong_are_told_apart_by_sign_and_word(at_home):
    low, high = texts(_move(open_page(PAGE), 0.05)), texts(_move(open_page(PAGE), 0.95))
    assert re.search(r'class="chip said right" title="kept', low) and re.search(r">\+ \w+ [\d.]+ wrong<", low)
    assert re.search(r'class="chip silent wrong" title="lost', high) and re.search(
        r">− \w+ [\d.]+ missed<", high
    )


def test_two_by_two_counts_are_exact_and_sum_to_the_pictures(at_home, run):
    app = _move(open_page(PAGE), 0.3)
    said = run.predictions
    wanted = metrics.confusion_counts(said.probs, said.targets, 0.3)
    order = ["true_positives", "false_negatives", "false_positives", "true_negatives"]
    assert _counts(app) == wanted[order].to_numpy().tolist()
    assert all(sum(row) == len(said.fnames) for row in _counts(app))


def test_each_class_can_have_its_own_best_threshold(at_home, run):
    app = open_page(PAGE, mode="The best for each class")
    assert not app.exception
    assert _lines(app) == []
    said = run.predictions
    for measure in ("f1", "accuracy"):
        app.selectbox(key="by").set_value(measure).run()
        best = metrics.best_thresholds(said.probs, said.targets, measure)
        reached = metrics.accuracy_multi(said.probs, said.targets, best)
        assert any(
            "for each class, accuracy" in one.value and f"{reached:.4f}" in one.value for one in app.markdown
        )


def test_the_table_holds_the_best_of_each_measure_for_each_class(at_home, run):
    said = run.predictions
    html = next(text for text in texts(open_page(PAGE)).split("</table>") if "<th>horse</th>" in text)
    cells = re.findall(r"<td>([\d.]+) → ([\d.]+)</td>", html.partition("<th>horse</th>")[2])
    place = VOCAB.index("horse")
    probs, targets = said.probs[:, [place]], said.targets[:, [place]]
    for (threshold, value), measure in zip(
        cells, ("f1", "accuracy", "exact_match", "precision", "recall"), strict=True
    ):
        best = metrics.best_threshold(metrics.threshold_curve(probs, targets), measure)
        assert float(threshold) == pytest.approx(best, abs=6e-4)
        assert float(value) == pytest.approx(metrics.all_metrics(probs, targets, best)[measure], abs=6e-4)


def test_thresholds_are_saved_with_the_run_undone_and_reset(at_home, run):
    app = _move(open_page(PAGE), 0.3)
    button(app, "Use these thresholds").click().run()
    assert Run(run.folder).thresholds == dict.fromkeys(VOCAB, 0.3)
    assert "thresholds.json" in app.success[0].value
    assert button(app, "Use these thresholds").disabled
    _move(app, 0.7)
    button(app, "Use these thresholds").click().run()
    button(app, "Undo the last save").click().run()
    assert Run(run.folder).thresholds == dict.fromkeys(VOCAB, 0.3)
    button(app, "Back to 0.5 for every class").click().run()
    assert Run(run.folder).thresholds == dict.fromkeys(VOCAB, 0.5)
    assert not (run.folder / "thresholds.json").exists()


def test_after_saving_the_labels_in_use_are_the_new_ones(at_home):
    app = _move(open_page(PAGE), 0.2)
    button(app, "Use these thresholds").click().run()
    line = next(one.value for one in app.markdown if "labels kept" in one.value)
    assert "**0 gained**" in line and "**0 lost**" in line


def test_a_folder_that_cannot_be_written_is_one_sentence(at_home, monkeypatch):

    app = _move(open_page(PAGE), 0.3)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.runs.run.write_text", full)
    button(app, "Use these thresholds").click().run()
    assert not app.exception
    assert "No space left" in app.error[0].value


def test_accuracy_is_shown_to_be_right_for_pictures_with_one_label_at_most(at_home, run):
    said = run.predictions
    app = open_page(PAGE)
    wholly = (said.targets.sum(1) == 1) & (
        said.targets[np.arange(len(said.probs)), said.probs.argmax(1)] == 1
    )
    rows = re.findall(r"<th>(\d) labels?</th>\s*<td>(\d+)</td>\s*<td>(\d+)</td>", texts(app))
    assert [int(pictures) for _, pictures, _ in rows] == np.bincount(said.targets.sum(1)).tolist()
    assert [int(right) for _, _, right in rows] == [0, wholly.sum(), 0, 0, 0]
    assert f"**{wholly.mean():.1%}**" in texts(app)
    assert f"**{(said.targets.sum(1) == 1).mean():.1%}**" in texts(app)


def test_the_honest_table_scores_on_the_other_half(at_home, run):
    from engine.functional.threshold_tuning import metrics_on_other_half

    said = run.predictions
    elsewhere = metrics_on_other_half(said.probs, said.targets, "f1", per_class=True)
    assert f"<td>{elsewhere['f1']:.4f}</td>" in texts(open_page(PAGE))


def test_the_book_is_said_to_be_another_data_set(at_home):
    said = texts(open_page(PAGE))
    for figure in (
        "0.9315",
        "0.9516",
        "0.9635",
        "0.9567",
        "0.9429",
        "0.927",
        "PASCAL_2007",
        "another data set",
    ):
        assert figure in said


def test_without_a_run_the_page_says_how_to_train_one(tmp_path, monkeypatch):
    point_app_at(tmp_path / "empty", monkeypatch)
    app = open_page(PAGE)
    assert not app.exception
    assert "python -m engine train --task multi-label" in app.code[0].value


def test_pictures_that_are_gone_do_not_stop_the_page(at_home, run, folder):
    for picture in (folder / "scenes" / "train").iterdir():
        picture.unlink()
    app = open_page(PAGE)
    assert not app.exception
    assert "no longer where the run found it" in texts(app)


def test_the_slider_begins_at_the_threshold_that_is_in_use(at_home, run):
    run.save_thresholds(dict.fromkeys(VOCAB, 0.3))
    assert open_page(PAGE).slider(key="threshold").value == 0.3
    run.save_thresholds(dict.fromkeys(VOCAB, 0.3) | {VOCAB[0]: 0.4})
    assert open_page(PAGE).slider(key="threshold").value == run.config.threshold


# --- photographs ------------------------------------------------------------------------------------------------


def photographs(**address):
    return open_page(PAGE, kind="Photographs", **address)


def test_photographs_show_the_held_out_predictions_of_the_ready_model():
    app = _move(photographs(), 0.3)
    said = held_out_labels.read()
    assert not app.exception and "photographs of COCO 2017 (annotations CC BY 4.0)" in texts(app)
    exact = metrics.accuracy_multi(said.probs, said.targets, 0.3)
    nothing = metrics.do_nothing_accuracy(said.targets)
    title = next(one.value for one in app.markdown if "At 0.30" in one.value).replace("\\", "")
    assert f"{exact:.4f}" in title and f"{nothing:.4f}" in title
    expected = metrics.confusion_counts(said.probs, said.targets, 0.3)
    assert _counts(app)[0] == list(
        expected.iloc[0][["true_positives", "false_negatives", "false_positives", "true_negatives"]]
    )


def test_labels_appear_under_the_example_photographs_as_the_threshold_falls():
    app = photographs()
    high, low = (texts(_move(app, threshold)).count('class="chip said right"') for threshold in (1.0, 0.05))
    assert (high, low) == (0, 4)  # three persons and a cat


def test_there_is_nothing_to_save_for_photographs():
    app = photographs()
    assert "keeps its own thresholds" in texts(app)
    assert not any("thresholds" in one.label for one in app.button)


def test_missing_predictions_for_photographs_are_one_sentence(monkeypatch, tmp_path):
    from engine.training.photo_models import files

    monkeypatch.setattr(files, "FOLDER", tmp_path)
    app = photographs()
    assert not app.exception and "is missing" in app.error[0].value


def test_the_counted_images_are_named_apart_from_those_shown(at_home, run):
    said = texts(open_page(PAGE))
    assert f"In all {len(run.predictions.fnames)} validation images, against" in said
    assert "those of them that the model is least sure of" in said
    said = texts(photographs())
    assert "In all 256 held-out photographs, against" in said
    assert "The example photographs below are not among them." in said
    assert "Labels kept, gained and lost" not in said


def test_the_error_is_also_given_where_predictions_are_not_near_zero():
    said, found = texts(photographs()), held_out_labels.read()
    above = found.probs > 0.1
    error = expected_calibration_error(found.probs[above][:, None], found.targets[above][:, None])
    assert f"Among the {int(above.sum()):,} above, the error is **{error:.3f}**" in said
    assert f"**{1 - above.mean():.0%}** of the {found.probs.size:,} predictions are at most 10%" in said
    assert "this is what to expect" not in said and "too few" not in said


def test_few_images_are_said_to_be_too_few(at_home, run, monkeypatch):
    monkeypatch.setattr(calibration, "LEAST_IMAGES", 2)
    calibration.calibrate_run(run.folder)
    said = texts(open_page(PAGE))
    reported = Run(run.folder).calibration.reported_on
    assert reported < 20 and f"**{reported} images are too few to tell:**" in said
    assert "predictions are at most 10%" in said


# --- the kinds of images, and the visitor's own runs --------------------------------------------------------------


@pytest.fixture
def mine(at_home, folder):
    """Two runs of the visitor's own besides the bundled one."""
    return [
        write_run(folder / "own" / name, folder / "scenes", seed=seed) for name, seed in (("a", 5), ("b", 6))
    ]


def _kind(app):
    return app.segmented_control(key="kind")


def _nothing(run) -> str:
    found = run.predictions
    return f"{metrics.accuracy_multi(found.probs, found.targets, 0.5):.4f}"


def test_the_visitors_runs_are_a_kind_of_their_own_where_there_are_any(mine, run):
    app = open_page(PAGE)
    assert _kind(app).options == ["Photographs", "Drawings", "Your runs"] and _kind(app).value == "Drawings"
    assert not app.selectbox and _nothing(run) in texts(app)
    _kind(app).set_value("Your runs").run()
    assert app.selectbox(key="run").options == ["a", "b"] and _nothing(mine[0]) in texts(app)
    app.selectbox(key="run").set_value("b").run()
    assert _nothing(mine[1]) in texts(app)


def test_without_runs_of_ones_own_there_are_two_kinds(at_home):
    assert _kind(open_page(PAGE)).options == ["Photographs", "Drawings"]
    assert _kind(open_page(PAGE, kind="Your runs")).value == "Drawings"


@pytest.mark.parametrize(
    ("address", "kind", "shown"),
    [
        ({"run": "b"}, "Your runs", "b"),
        ({"kind": "Your runs", "run": "b"}, "Your runs", "b"),
        ({"kind": "Your runs"}, "Your runs", "a"),
        ({"kind": "Drawings", "run": "b"}, "Drawings", None),
        ({"run": "multi-label (bundled)"}, "Drawings", None),
        ({"kind": "Photographs"}, "Photographs", None),
        ({"run": "gone"}, "Drawings", None),
    ],
)
def test_addresses_of_kinds_and_runs_work(mine, address, kind, shown):
    app = open_page(PAGE, **address)
    assert not app.exception and _kind(app).value == kind
    assert [box.value for box in app.selectbox if box.key == "run"] == ([shown] if shown else [])


def test_every_line_of_the_legend_is_drawn_as_on_the_chart(at_home):
    said = texts(open_page(PAGE)).partition('<div class="lines">')[2].partition("</div>")[0]
    assert said.count("<i style") == 8 and said.count("dashed") == 2 and said.count("dotted") == 2
    assert "<svg" not in said  # Streamlit removes it
