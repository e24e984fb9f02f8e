"""Train: what the form holds is one configuration, and it stands in the address."""

import pytest

from engine import paths
from engine.config import CUSTOM
from engine.tasks import CROP, LOSSES, MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from engine.training import optional_deps
from engine.training.presets import QUICK, TEXT
from pages.parts.train import start_run
from tests.lesson_data import button, texts
from tests.lesson_data import open_page as open_any_page
from tests.pages.train.form_data import PAGE, open_page, start
from tests.shown_code import shown_code
from tests.tiny_data import labelled


@pytest.mark.parametrize("task", TASKS)
def test_a_task_begins_with_its_quick_preset(home, asked, task):
    app = start(open_page(PAGE, task=task))
    assert not app.exception
    assert asked == [(QUICK[task], "my run")]


def test_a_double_click_starts_one_run(home, asked, monkeypatch):
    monkeypatch.setattr(start_run, "DOUBLE_CLICK_SECONDS", 1000.0)
    app = start(start(open_page(PAGE)))
    assert not app.exception and len(asked) == 1
    monkeypatch.setattr(start_run, "DOUBLE_CLICK_SECONDS", -1.0)
    start(app)
    assert len(asked) == 2


def test_a_link_of_the_race_chooses_task_and_loss(home, asked):
    for task in (MULTI_LABEL, POINTS):
        for loss in LOSSES[task]:
            start(open_page(PAGE, task=task, loss=loss))
            assert (asked[-1][0].task, asked[-1][0].loss) == (task, loss)


def test_the_whole_form_goes_through_the_address(home, asked):
    first = open_page(PAGE, task=POINTS)
    first.number_input(key="train_lr").set_value(0.02)
    first.number_input(key="train_weight_decay").set_value(0.3)
    first.text_input(key="train_y_range").set_value("-1.5, 1.5")
    first.checkbox(key="train_augment").set_value(True)
    first.selectbox(key="train_loss").set_value("huber").run()
    address = dict(first.query_params.items())
    start(open_page(PAGE, **address))
    start(first)
    assert asked[0] == asked[1]
    config = asked[0][0]
    assert (config.lr, config.y_range, config.augment) == (0.02, (-1.5, 1.5), True)
    assert config.weight_decay == 0.3


@pytest.mark.parametrize("number", ["9" * 400, "9" * 20, "-" + "9" * 20, "1e999", "nan"])
def test_numbers_in_the_address_that_no_field_can_hold(home, number):
    names = ("size", "epochs", "seed", "lr", "weight_decay", "batch_size")
    app = open_page(PAGE, recipe=CUSTOM, **dict.fromkeys(names, number))
    assert not app.exception and app.number_input(key="train_size").value == 128


def test_pictures_may_be_cropped_for_labels(home, asked):
    app = open_page(PAGE, task=MULTI_LABEL)
    app.selectbox(key="train_resize").set_value(CROP).run()
    start(open_page(PAGE, **dict(app.query_params.items())))
    assert asked[0][0].resize == CROP


@pytest.mark.parametrize("preset", TEXT, ids=lambda one: one.title)
def test_the_texts_recipes_fill_the_form(home, asked, preset):
    app = button(open_page(PAGE), preset.title).click().run()
    start(app)
    assert asked[0][0] == preset.config


def test_the_texts_recipes_are_the_texts():
    labels, points = (preset.config for preset in TEXT)
    assert (labels.arch, labels.weights, labels.size, labels.threshold) == ("resnet50", "imagenet", 128, 0.2)
    assert (labels.freeze_epochs, labels.epochs, labels.lr) == (4, 3, 3e-3)
    assert (points.arch, points.freeze_epochs, points.epochs, points.lr) == ("resnet18", 1, 3, 1e-2)


def test_only_what_fits_the_task_is_shown(home):
    shown = {}
    for task in TASKS:
        app = open_page(PAGE, task=task)
        fields = {one.key for one in [*app.number_input, *app.text_input, *app.selectbox]}
        shown[task] = tuple(f"train_{name}" in fields for name in ("threshold", "resize", "y_range"))
    assert shown == {
        SINGLE_LABEL: (False, True, False),
        MULTI_LABEL: (True, True, False),
        POINTS: (False, False, True),
    }
    app = open_page(PAGE, task=POINTS, threshold="0.3", loss="focal")
    assert app.selectbox(key="train_loss").value == LOSSES[POINTS][0]
    assert not app.exception and "threshold" not in app.query_params


def test_changing_the_task_brings_its_own_values(home, asked):
    app = open_page(PAGE, loss="focal", lr="0.5")
    app.selectbox(key="train_task").set_value(POINTS).run()
    start(app)
    assert not app.exception and asked[0][0] == QUICK[POINTS]


def test_everything_wrong_is_said_at_once_and_nothing_starts(home, asked):
    app = open_page(PAGE, size="2", lr="100", weight_decay="11", arch="resnet50", epochs="nonsense")
    said = app.error[0].value.replace("\\", "")
    wrong = (
        "size should be 16 to 1024",
        "lr should be",
        "weight_decay should be",
        "drawings are for resnet18 only",
    )
    for part in wrong:
        assert part in said
    assert button(app, "Start training").disabled and not app.exception


def test_a_range_that_is_no_numbers_is_one_sentence(home):
    app = open_page(PAGE, task=POINTS, y_range="left to right")
    assert "two numbers" in app.error[0].value and not app.exception


def test_a_name_that_is_no_folders_name_is_one_sentence(home):
    app = open_page(PAGE)
    app.text_input(key="train_name").set_value("../up")
    start(app)
    assert "cannot be called" in app.error[0].value.replace("\\", "") and not app.exception


@pytest.mark.parametrize("task", TASKS)
def test_the_code_compiles_and_holds_what_is_asked(home, task):
    for loss in LOSSES[task]:
        code = shown_code(open_page(PAGE, task=task, loss=loss, lr="0.0123"))
        compile(code, "shown", "exec")
        assert "0.0123" in code and "vision_learner" in code


def test_weights_that_must_be_downloaded_are_told_with_what_to_choose_instead(home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    app = button(open_page(PAGE), TEXT[0].title).click().run()
    said = texts(app).replace("\\", "")
    assert (
        "ImageNet's weights for resnet50 are not on this machine yet" in said
        and "choose the weights photographs" in said
    )
    app.selectbox(key="train_weights").set_value("none").run()
    assert "ImageNet's weights" not in texts(app).replace("\\", "") and not app.error


def test_a_random_body_is_never_frozen(home, asked):
    app = button(open_page(PAGE, data="sample_data/scenes"), TEXT[0].title).click().run()
    app.selectbox(key="train_data").set_value("sample_data/scenes")
    app.selectbox(key="train_weights").set_value("none").run()
    start(app)
    config = asked[0][0]
    assert (config.arch, config.weights, config.freeze_epochs, config.epochs) == ("resnet50", "none", 0, 7)


def test_tensorboard_is_asked_for_and_missed_in_one_sentence(home, asked, monkeypatch):
    monkeypatch.setattr(optional_deps.importlib.util, "find_spec", lambda name: None)
    app = open_page(PAGE)
    app.checkbox(key="train_tensorboard").check().run()
    assert [error.value for error in app.error] == [optional_deps.NO_TENSORBOARD]
    assert button(app, "Start training").disabled and app.query_params["tensorboard"] == "yes"
    monkeypatch.setattr(optional_deps.importlib.util, "find_spec", lambda name: object())
    start(open_page(PAGE, tensorboard="yes"))
    assert asked[0][0].tensorboard is True


def test_quick_says_which_backbone_generated_samples_use_and_keeps_the_resize_method(
    home, asked, monkeypatch
):
    monkeypatch.setattr(paths, "SCENES", paths.ROOT / "sample_data" / "scenes")
    app = open_any_page(PAGE)
    assert "Generated samples use a backbone trained on drawings" in texts(app)
    app.selectbox(key="train_resize").set_value(CROP).run()
    start(app)
    assert (asked[0][0].recipe, asked[0][0].resize) == ("quick", CROP)
    photographs = open_any_page(PAGE, data=str(labelled(home / "squares")))
    assert "Generated samples" not in texts(photographs) and not photographs.exception
