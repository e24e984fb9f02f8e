"""Lesson 3: values at the threshold are exact, labels follow it, and saved thresholds reach prediction."""

import re

import numpy as np
import pytest

from engine.functional import metrics
from engine.functional.label_changes import count_changes
from engine.runs import Run
from tests.lesson_data import VOCAB, button, chart, identity, open_page, point_app_at, texts
from tests.pages.threshold.lesson import PAGE, counts, drawings, move


@pytest.mark.parametrize("threshold", [0.0, 0.17, 0.5, 1.0])
def test_the_title_is_exact_at_every_threshold(at_home, run, threshold):
    app = move(drawings(), threshold)
    assert not app.exception
    said = run.predictions
    exact = metrics.accuracy_multi(said.probs, said.targets, threshold)
    nothing = metrics.do_nothing_accuracy(said.targets)
    title = next(one.value for one in app.markdown if one.value.startswith(f"**At {threshold:.2f}"))
    points = f"{100 * (exact - nothing):.1f} points above"
    for number in (f"{exact:.4f}", points if exact > nothing else f"predicting nothing ({nothing:.4f})"):
        assert number in title.replace("\\", "")


def _lines(app) -> list[float]:
    """Where lines stand over the curves, in percent of the chart's width."""
    return [float(left) for left in re.findall(r'class="upright" style="left:([\d.]+)%', texts(app))]


def test_the_line_moves_with_the_slider_over_curves_that_stand_still(at_home):
    app = drawings()
    still = chart(app)
    assert _lines(app) == [50]
    assert _lines(move(app, 0.23)) == [23]
    assert chart(app) == still


def test_the_threshold_stands_in_the_address(at_home):
    app = drawings(threshold="0.8")
    assert app.slider(key="threshold").value == 0.8
    assert drawings(threshold="8").slider(key="threshold").value == 0.5


def test_labels_are_counted_against_those_in_use(at_home, run):
    app = move(drawings(), 0.2)
    said = run.predictions
    counts = count_changes(said.probs > 0.5, said.probs > 0.2, said.targets)
    line = next(one.value for one in app.markdown if " kept** (" in one.value)
    assert f"**{counts['kept'][0]} labels kept**" in line
    assert f"**{counts['gained'][0]} gained** ({counts['gained'][0] - counts['gained'][1]} wrong)" in line
    assert counts["gained"][0] > 0


def test_kept_gained_lost_and_wrong_are_told_apart_by_sign_and_word(at_home):
    low, high = (
        texts(move(drawings(), 0.05)),
        texts(move(drawings(), 0.95)),
    )
    assert re.search(r'class="chip said right" title="kept', low) and re.search(
        r">\+ <bdi>\w+</bdi> [\d.]+ wrong<", low
    )
    assert re.search(r'class="chip silent wrong" title="lost', high) and re.search(
        r">− <bdi>\w+</bdi> [\d.]+ missed<", high
    )


def test_two_by_two_counts_are_exact_and_sum_to_the_pictures(at_home, run):
    app = move(drawings(), 0.3)
    said = run.predictions
    wanted = metrics.confusion_counts(said.probs, said.targets, 0.3)
    order = ["true_positives", "false_negatives", "false_positives", "true_negatives"]
    assert counts(app) == wanted[order].to_numpy().tolist()
    assert all(sum(row) == len(said.fnames) for row in counts(app))


def test_each_class_can_have_its_own_best_threshold(at_home, run):
    app = drawings(mode="The best for each class")
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
    html = next(
        text
        for text in texts(drawings(evidence="Best thresholds")).split("</table>")
        if "<th>horse</th>" in text
    )
    assert f"<th>all classes</th><td>{said.targets.sum()}</td>" in html
    cells = re.findall(r"<td>([\d.]+) → ([\d.]+)</td>", html.partition("<th>horse</th>")[2])
    place = VOCAB.index("horse")
    probs, targets = said.probs[:, [place]], said.targets[:, [place]]
    for (threshold, value), measure in zip(
        cells, ("f1", "accuracy", "precision", "recall", "exact_match"), strict=True
    ):
        best = metrics.best_threshold(metrics.threshold_curve(probs, targets), measure)
        assert float(threshold) == pytest.approx(best, abs=6e-4)
        assert float(value) == pytest.approx(metrics.all_metrics(probs, targets, best)[measure], abs=6e-4)


def test_thresholds_are_saved_with_the_run_undone_and_reset(at_home, run):
    app = move(drawings(), 0.3)
    button(app, "Use these thresholds").click().run()
    assert Run(run.folder).thresholds == dict.fromkeys(VOCAB, 0.3)
    assert "thresholds.json" in app.success[0].value
    assert button(app, "Use these thresholds").disabled
    move(app, 0.7)
    button(app, "Use these thresholds").click().run()
    button(app, "Undo the last save").click().run()
    assert Run(run.folder).thresholds == dict.fromkeys(VOCAB, 0.3)
    button(app, "Back to 0.5 for every class").click().run()
    assert Run(run.folder).thresholds == dict.fromkeys(VOCAB, 0.5)
    assert not (run.folder / "thresholds.json").exists()


def test_after_saving_the_labels_in_use_are_the_new_ones(at_home):
    app = move(drawings(), 0.2)
    button(app, "Use these thresholds").click().run()
    line = next(one.value for one in app.markdown if " kept** (" in one.value)
    assert "**0 gained**" in line and "**0 lost**" in line


def test_a_folder_that_cannot_be_written_is_one_sentence(at_home, monkeypatch):

    app = move(drawings(), 0.3)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.runs.run.write_text", full)
    button(app, "Use these thresholds").click().run()
    assert not app.exception
    assert "the disk is full" in app.error[0].value


def test_accuracy_is_shown_to_be_right_for_pictures_with_one_label_at_most(at_home, run):
    said = run.predictions
    app = drawings(evidence="Plain accuracy")
    wholly = (said.targets.sum(1) == 1) & (
        said.targets[np.arange(len(said.probs)), said.probs.argmax(1)] == 1
    )
    rows = re.findall(r"<th>(\d) labels?</th>\s*<td>(\d+)</td>\s*<td>(\d+)</td>", texts(app))
    assert [int(images) for _, images, _ in rows] == np.bincount(said.targets.sum(1)).tolist()
    assert [int(right) for _, _, right in rows] == [0, wholly.sum(), 0, 0, 0]
    assert f"**{wholly.mean():.1%}**" in texts(app)
    assert f"**{(said.targets.sum(1) == 1).mean():.1%}**" in texts(app)


def test_the_honest_table_scores_on_the_other_half(at_home, run):
    from engine.functional.threshold_tuning import metrics_on_other_half

    said = run.predictions
    elsewhere = metrics_on_other_half(said.probs, said.targets, "f1", per_class=True)
    assert f"<td>{elsewhere['f1']:.4f}</td>" in texts(drawings(evidence="Best thresholds"))


def test_the_book_is_said_to_be_another_data_set(at_home):
    said = texts(drawings(curves="the book's figures"))
    for figure in (
        "0.9315",
        "0.9516",
        "0.9635",
        "0.9567",
        "0.9429",
        "0.927",
        "PASCAL_2007",
        "another network",
    ):
        assert figure in said


def test_without_a_run_the_page_says_how_to_train_one(tmp_path, monkeypatch):
    point_app_at(tmp_path / "empty", monkeypatch)
    app = open_page(PAGE, kind="Drawings")
    assert not app.exception
    assert "python -m engine train --task multi-label" in app.code[0].value


def test_pictures_that_are_gone_do_not_stop_the_page(at_home, run, folder):
    for picture in (folder / "scenes" / "train").iterdir():
        picture.unlink()
    app = drawings()
    assert not app.exception
    assert "no longer where the run found it" in texts(app)


def test_the_slider_begins_at_the_threshold_that_is_in_use(at_home, run):
    run.save_thresholds(dict.fromkeys(VOCAB, 0.3))
    assert drawings().slider(key="threshold").value == 0.3
    run.save_thresholds(dict.fromkeys(VOCAB, 0.3) | {VOCAB[0]: 0.4})
    assert drawings().slider(key="threshold").value == run.config.threshold


def test_before_the_guess_only_f1_is_drawn_and_the_slider_works(at_home):
    app = open_page(PAGE, kind="Drawings")
    assert not app.exception and not app.tabs and "What does the lazy model score?" in texts(app)
    assert "predicting nothing is" not in texts(app)
    figure = chart(app)
    assert [trace.name for trace in figure.data] == ["F1"] and not figure.layout.shapes
    app.slider(key="threshold").set_value(0.9).run()
    assert not app.exception


def test_what_is_open_stays_open_when_the_guess_is_made(at_home):
    app = open_page(PAGE, kind="Drawings")
    before = identity(app, "zoom_in")
    assert identity(button(app, "Show me").click().run(), "zoom_in") == before


@pytest.mark.parametrize("wanted", [0.9, 0.75])
def test_the_threshold_for_a_recall_is_found_and_its_cost_is_said(at_home, run, wanted):
    app = drawings()
    app.number_input(key="at_least").set_value(wanted)
    app.button(key="find_threshold").click().run()
    found, said = app.slider(key="threshold").value, run.predictions
    here = metrics.all_metrics(said.probs, said.targets, found)
    assert here["recall"] >= wanted
    assert metrics.all_metrics(said.probs, said.targets, round(found + 0.01, 2))["recall"] < wanted
    assert f"recall is {here['recall']:.2f}, precision {here['precision']:.2f}.**" in texts(app)
    assert f"{round(100 * (1 - here['precision']))} are wrong" in texts(app)


def test_a_precision_out_of_reach_is_said_and_moves_nothing(at_home, monkeypatch):
    from pages.parts.threshold import find_threshold

    monkeypatch.setattr(find_threshold, "threshold_with", lambda *_: None)
    app = drawings()
    app.selectbox(key="find").set_value("precision").run()
    app.button(key="find_threshold").click().run()
    assert any("No threshold reaches a precision of 0.90" in one.value for one in app.info)
    assert app.slider(key="threshold").value == 0.5


def test_finding_the_recall_ticks_its_task(at_home):
    app = drawings()
    before = texts(app).count('<li class="done">')
    app.button(key="find_threshold").click().run()
    assert texts(app).count('<li class="done">') == before + 1


def test_three_lines_are_drawn_and_others_by_a_press(at_home):
    app = drawings()
    assert [trace.name for trace in chart(app).data] == ["accuracy_multi", "F1"]
    app.pills(key="curves").set_value(["recall", "the book's figures"]).run()
    assert chart(app).data[0].name == "recall" and len(chart(app).data) == 2
    assert app.query_params["curves"] == "recall,the book's figures"


def test_frames_have_the_proportions_of_their_images(at_home):
    said = texts(drawings())
    ratios = re.findall(r"--ratio: ([\d.]+);", said)
    assert ratios and {float(ratio) for ratio in ratios} == {round(64 / 48, 4)}
    assert re.search(r'aria-label="An image that shows \w+', said) and 'aria-label="0' not in said
