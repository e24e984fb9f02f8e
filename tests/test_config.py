"""The configuration: checked when made, saved and read back, refusing what it does not know."""

import json

import pytest

from engine.config import ConfigError, TrainConfig


def test_a_saved_configuration_reads_back_equal():
    config = TrainConfig(task="points", data="sample_data/heads", lr=1e-2, epochs=5, y_range=(-1.0, 2.0))
    assert TrainConfig.from_json(config.to_json()) == config


def test_the_defaults_that_depend_on_others():
    assert TrainConfig("multi-label", "x", epochs=3).freeze_epochs == 1
    assert TrainConfig("multi-label", "x", weights="none").freeze_epochs == 0
    assert TrainConfig("multi-label", "x", epochs=3).dropout == 0.5
    assert TrainConfig("points", "x", epochs=3).dropout == 0.0
    assert TrainConfig("points", "x", epochs=3).y_range == (-1.0, 1.0)
    assert TrainConfig("points", "x").y_range == ()
    assert TrainConfig("single-label", "x").y_range == ()
    assert TrainConfig("single-label", "x").loss == "cross_entropy"
    assert TrainConfig("multi-label", "x").loss == "binary_cross_entropy"
    assert TrainConfig("points", "x", y_range=()).y_range == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"task": "segmentation"}, "task should be one of single-label, multi-label, points"),
        ({"lr": 0.0}, "lr should be 1e-08 to 10.0, but is 0.0"),
        ({"lr": float("nan")}, "lr should be"),
        ({"lr": "fast"}, "lr should be a number"),
        ({"epochs": True}, "epochs should be a whole number"),
        ({"arch": "resnet50", "weights": "drawings"}, "the weights drawings are for resnet18 only"),
        (
            {"recipe": "quick", "weights": "imagenet"},
            "the recipe quick needs the weights photographs or drawings",
        ),
        ({"recipe": "quick", "epochs": 3}, "the recipe quick trains no epochs"),
        ({"recipe": "better", "loss": "focal"}, "the recipe better has the loss that fastai picks"),
        ({"recipe": "better", "hidden": 64}, "the recipe better has a linear head"),
        ({"task": "points", "balance": True}, "balance is for labels"),
        ({"loss": "huber"}, "loss should be one of binary_cross_entropy, "),
        ({"y_range": (0.0, 1.0)}, "y_range should be empty"),
        ({"task": "points", "y_range": [1.0, -1.0]}, "y_range should be empty, or (low, high"),
        ({"resize": "pad"}, "resize should be one of squish, crop, but is 'pad'"),
        ({"resize": "crop", "task": "points"}, "cropping could cut off the point"),
        ({"augment": 1}, "augment should be true or false"),
        ({"weights": "none", "freeze_epochs": 1}, "must not be frozen"),
        ({"epochs": 0, "freeze_epochs": 0}, "nothing to train"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(changes, sentence):
    with pytest.raises(ConfigError, match=sentence.replace("(", r"\(")):
        TrainConfig(**({"task": "multi-label", "data": "x"} | changes))


def test_all_problems_come_at_once():
    with pytest.raises(ConfigError) as caught:
        TrainConfig("nothing", "x", size=1, threshold=2.0)
    assert all(name in str(caught.value) for name in ("task", "size", "threshold"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "should be a JSON object"),
        ('{"task": "points", "data": "x", "learning_rate": 1}', "unknown key 'learning_rate'"),
        ('{"task": "points"}', "missing key 'data'"),
    ],
)
def test_a_foreign_text_is_one_sentence(text, sentence):
    with pytest.raises(ConfigError, match=sentence):
        TrainConfig.from_json(text)


def test_the_json_is_plain():
    record = json.loads(TrainConfig("multi-label", "x").to_json())
    assert record["arch"] == "tf_efficientnet_lite0"
    assert record["weights"] == "photographs"


def test_the_default_recipe_depends_on_what_is_asked_for():
    assert TrainConfig("multi-label", "x").recipe == "quick"
    assert TrainConfig("multi-label", "x", size=160, seed=3, balance=True).recipe == "quick"
    for asked in ({"epochs": 2}, {"weights": "none"}, {"lr": 1e-3}, {"loss": "focal"}, {"augment": False}):
        assert TrainConfig("multi-label", "x", **asked).recipe == "custom", asked
    assert TrainConfig("multi-label", "x", recipe="better").epochs is None


def test_the_default_backbone_depends_on_the_data():
    drawn, mine = TrainConfig("points", "sample_data/heads"), TrainConfig("points", "x")
    assert (drawn.weights, drawn.arch, drawn.size) == ("drawings", "resnet18", 128)
    assert (mine.weights, mine.arch, mine.size) == ("photographs", "tf_efficientnet_lite0", 256)
    assert TrainConfig("points", "x", arch="resnet50").weights == "imagenet"


@pytest.mark.parametrize("data", ["nul\0", "\ud800", "~nobody-of-that-name/x", "x" * 10_000])
def test_data_that_no_path_can_be_is_no_sample(data):
    assert TrainConfig("points", data).weights == "photographs"
