"""The workflow's stepper: what is done, what is missing, and what is offered next."""

import pytest

from engine.config import TrainConfig
from engine.data import edits, library
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.shared import workflow_facts, workflow_steps
from pages.parts.shared.workflow_steps import DONE, MISSING, UNUSED, Facts, leads_to, offers, steps
from tests.lesson_data import point_app_at, write_all, write_run
from tests.tiny_data import labelled


def _states(facts: Facts) -> list[str]:
    return [step.state for step in steps(facts)]


def test_with_nothing_everything_is_missing_and_importing_comes_first():
    assert _states(Facts()) == [MISSING] * 6
    assert [offer.label for offer in offers(Facts())] == ["Import your images"]


@pytest.mark.parametrize(("count", "says"), [(1, "Label 1 image"), (24, "Label 24 images")])
def test_after_import_the_unlabelled_images_come_next(count, says):
    facts = Facts(MULTI_LABEL, "mine", "data/mine", images=30, unlabelled=count, review_key="mine")
    assert _states(facts)[:3] == [DONE, MISSING, MISSING]
    offer, *others = offers(facts)
    assert offer.label == says and offer.query == {"set": "mine", "do": "Label"}
    assert [other.label for other in others] == (["Train on 29 images"] if count == 1 else [])


def test_nothing_is_offered_that_leads_to_where_a_person_is():
    [to_import] = offers(Facts())
    [to_label] = offers(Facts(MULTI_LABEL, "mine", "data/mine", images=5, unlabelled=5))
    [to_train] = offers(Facts(MULTI_LABEL, "mine", "data/mine", images=30))
    assert [leads_to(to_import, "Import", section) for section in ("Import", "Check", "Label", "")] == [
        True,
        *[False] * 3,
    ]
    assert leads_to(to_label, "Label", "Label") and not leads_to(to_label, "Import", "Import")
    assert leads_to(to_train, "Train", "") and not leads_to(to_train, "Label", "Label")
    *_, to_export = offers(Facts(MULTI_LABEL, "mine", "d", 30, 0, "first", "finished", True))
    assert leads_to(to_export, "Export", "") and not leads_to(to_export, "Train", "")
    to_thresholds = offers(Facts(MULTI_LABEL, "mine", "d", 30, 0, "first", "finished", True))[1]
    assert leads_to(to_thresholds, "Threshold", "") and not leads_to(to_thresholds, "Review", "")


def test_after_labelling_training_comes_next_with_the_data_in_its_address():
    (offer,) = offers(Facts(MULTI_LABEL, "mine", "data/mine", images=30, review_key="mine"))
    assert offer.label == "Train on it" and offer.query == {"task": MULTI_LABEL, "data": "data/mine"}


def test_after_training_there_are_four_things_to_do_and_each_knows_the_run():
    facts = Facts(MULTI_LABEL, "mine", "d", 30, 0, "first", "finished", True, review_key="mine")
    assert [offer.label for offer in offers(facts)] == [
        "Try a photo",
        "Choose thresholds",
        "Review labels",
        "Export model",
    ]
    assert [dict(offer.query).get("run") for offer in offers(facts)] == ["first", "first", None, "first"]
    assert _states(facts) == [DONE, DONE, DONE, MISSING, MISSING, MISSING]


def test_what_is_done_is_not_offered_again_but_thresholds_can_be_adjusted():
    facts = Facts(MULTI_LABEL, "mine", "d", 30, 0, "first", "finished", True, True, "mine", True, True)
    assert _states(facts) == [DONE] * 6
    assert [offer.label for offer in offers(facts)] == ["Try a photo", "Adjust thresholds"]
    assert steps(facts)[3].note == "chosen"


def test_points_have_no_thresholds():
    facts = Facts(POINTS, "", "sample_data/heads", run="p", run_state="finished", is_ready=True)
    assert _states(facts)[3] == UNUSED
    assert "Choose thresholds" not in [offer.label for offer in offers(facts)]


def test_a_run_that_is_not_ready_is_to_be_watched():
    facts = Facts(MULTI_LABEL, "mine", "d", 30, 0, "first", "running", False, review_key="mine")
    assert offers(facts)[0].label == "Watch the run" and steps(facts)[2].note == "running"


@pytest.fixture
def home(tmp_path, monkeypatch):
    write_all(tmp_path)
    point_app_at(tmp_path, monkeypatch)
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _own_run(home, dataset) -> Run:
    run = write_run(home / "own" / "mine", home / "scenes")
    (run.folder / "config.json").write_text(TrainConfig(MULTI_LABEL, workflow_facts.typed(dataset)).to_json())
    return Run(run.folder)


def test_facts_are_read_from_the_library_and_the_runs(home):
    dataset = library.add("mine", MULTI_LABEL, in_place=labelled(home / "squares"))
    assert workflow_facts.newest_run_on(dataset) is None
    images, unlabelled = workflow_facts.counts(dataset)
    assert images > unlabelled >= 0
    run = _own_run(home, dataset)
    assert workflow_facts.newest_run_on(dataset).folder == run.folder
    assert workflow_facts.dataset_of(run, library.all_sets()).folder == dataset.folder
    facts = workflow_facts.facts(dataset, run, "mine", (images, unlabelled))
    assert facts.is_ready and not facts.has_thresholds and not facts.is_exported
    assert facts.review_key == dataset.folder.name and not facts.is_reviewed
    run.save_thresholds({run.vocab[0]: 0.7})
    assert workflow_facts.facts(dataset, run, "mine").has_thresholds


def test_a_decision_about_the_dataset_changes_its_version(home):
    dataset = library.add("mine", MULTI_LABEL, in_place=labelled(home / "squares"))
    before = workflow_facts.version(dataset)
    edits.add(edits.home(dataset.data_path), "x.png", edits.LABELS, ["red"])
    assert workflow_facts.version(dataset) != before


def test_every_step_has_a_page_that_exists():
    from engine import paths

    pages = {step.page for step in steps(Facts())} | {workflow_steps.PREDICT_PAGE}
    assert all((paths.ROOT / page).is_file() for page in pages)
