"""Lesson 3 on photographs: held-out predictions of the ready-to-use model."""

from engine.functional import metrics
from engine.functional.calibration import expected_calibration_error
from engine.runs import Run, calibration
from engine.training.photo_models import held_out_labels
from tests.lesson_data import open_page, texts
from tests.pages.threshold.lesson import PAGE, counts, drawings, move, shown


def photographs(**address):
    return shown(kind="Photographs", **address)


def test_photographs_show_the_held_out_predictions_of_the_ready_model():
    app = move(photographs(), 0.3)
    said = held_out_labels.read()
    assert not app.exception and "photographs of COCO 2017 (annotations CC BY 4.0)" in texts(app)
    exact = metrics.accuracy_multi(said.probs, said.targets, 0.3)
    nothing = metrics.do_nothing_accuracy(said.targets)
    title = next(one.value for one in app.markdown if "At 0.30" in one.value).replace("\\", "")
    assert f"{exact:.4f}" in title and f"{100 * (exact - nothing):.1f} points above" in title
    expected = metrics.confusion_counts(said.probs, said.targets, 0.3)
    assert counts(app)[0] == list(
        expected.iloc[0][["true_positives", "false_negatives", "false_positives", "true_negatives"]]
    )


def test_the_best_f1_counts_only_once_the_threshold_was_moved():
    """On these photographs the slider begins where its F1 is best."""
    app = photographs()
    assert "0 of 3 done" in texts(app)
    assert "0 of 3 done" in texts(move(app, 0.6))
    assert "1 of 3 done" in texts(move(app, 0.5))


def test_labels_appear_under_the_example_photographs_as_the_threshold_falls():
    app = photographs()
    high, low = (texts(move(app, threshold)).count('class="chip said right"') for threshold in (1.0, 0.05))
    assert (high, low) == (0, 4)  # three persons and a cat


def test_there_is_nothing_to_save_for_photographs():
    app = photographs()
    assert "keeps its own thresholds" in texts(app)
    assert not any("thresholds" in one.label for one in app.button)


def test_missing_predictions_for_photographs_are_one_sentence(monkeypatch, tmp_path):
    from engine.training.photo_models import files

    monkeypatch.setattr(files, "FOLDER", tmp_path)
    app = open_page(PAGE, kind="Photographs")
    assert not app.exception and "is missing" in app.error[0].value


def test_the_counted_images_are_named_apart_from_those_shown(at_home, run):
    said = texts(drawings())
    assert f"In all {len(run.predictions.fnames)} validation images, compared with" in said
    assert "The images below are those that the model is least sure of" in said
    said = texts(photographs())
    assert "In all 256 held-out photographs, compared with" in said
    assert "The examples below are not among them." in said


def test_the_error_is_also_given_where_predictions_are_not_near_zero():
    said, found = texts(photographs(evidence="Reliability")), held_out_labels.read()
    above = found.probs > 0.1
    error = expected_calibration_error(found.probs[above][:, None], found.targets[above][:, None])
    assert f"Among the {int(above.sum()):,} above, the error is **{error:.3f}**" in said
    assert f"**{1 - above.mean():.0%}** of the {found.probs.size:,} predictions are at most 10%" in said
    assert "this is what to expect" not in said and "too few" not in said


def test_few_images_are_said_to_be_too_few(at_home, run, monkeypatch):
    monkeypatch.setattr(calibration, "LEAST_IMAGES", 2)
    calibration.calibrate_run(run.folder)
    said = texts(drawings(evidence="Reliability"))
    reported = Run(run.folder).calibration.reported_on
    assert reported < 20 and f"**{reported} images are too few to tell:**" in said
    assert "predictions are at most 10%" in said
