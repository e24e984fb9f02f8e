"""A sweep's record: checked when made, kept as JSON, and what it asks of each of its runs."""

import pytest

from engine.config import CUSTOM, QUICK, TrainConfig
from engine.experiments.sweeps.config import GRID, SweepConfig
from engine.experiments.sweeps.errors import SweepError

BASE = TrainConfig("multi-label", "squares", weights="drawings", seed=3)


def test_a_record_comes_back_as_it_was():
    asked = SweepConfig(
        BASE, {"lr": "0.001..0.1", "loss": "focal,asymmetric"}, trials=7, pruning=True, seed=5
    )
    assert SweepConfig.from_json(asked.to_json()) == asked


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', '{"version": 1, "base": {}, "vary": 3}'])
def test_a_broken_record_is_answered_with_one_sentence(text):
    with pytest.raises(SweepError, match="start it again") as error:
        SweepConfig.from_json(text)
    assert "\n" not in str(error.value)


def test_a_record_of_another_version_says_so():
    text = SweepConfig(BASE, {"lr": "0.001..0.1"}).to_json().replace('"version": 1', '"version": 2')
    with pytest.raises(SweepError, match="another version"):
        SweepConfig.from_json(text)


def test_all_problems_are_named_in_one_sentence():
    with pytest.raises(SweepError) as error:
        SweepConfig(BASE, {"lr": "5..0.1", "loss": "wrong", "size": "4..64"}, "best", trials=0, minutes=-1)
    for part in (
        "lr needs a range",
        "but is 'wrong'",
        "size should be 16",
        "sampler should",
        "trials",
        "minutes",
    ):
        assert part in str(error.value)


def test_trials_never_see_the_validation_part_whatever_their_seed():
    asked = SweepConfig(BASE, {"seed": "0..9", "lr": "0.001..0.1"})
    trial = asked.trial({"seed": 9, "lr": 0.01})
    assert trial.within_training and trial.seed == 9 and trial.split_seed == 3 and trial.lr == 0.01
    final = asked.final({"seed": 9, "lr": 0.01}, 2)
    assert not final.within_training and final.seed == 5 and final.split_seed == 3 and final.lr == 0.01
    assert asked.baseline.within_training and asked.baseline.split_seed == 3


def test_a_quick_base_becomes_a_head_that_learns_by_epochs_only_where_that_is_needed():
    assert SweepConfig(BASE, {"balance": "yes,no"}).base.recipe == QUICK
    base = SweepConfig(BASE, {"lr": "0.001..0.1"}).base
    assert base.recipe == CUSTOM and base.epochs == 0 and not base.augment and base.weights == "drawings"


def test_points_have_a_base_for_sweeps_too():
    asked = SweepConfig(TrainConfig("points", "squares"), {"loss": "huber,mean_absolute_error"})
    assert asked.trial({"loss": "huber"}).loss == "huber"


def test_weights_bring_their_architecture_and_a_random_body_is_never_frozen():
    asked = SweepConfig(BASE, {"weights": "photographs,drawings,none", "lr": "0.001..0.1"})
    assert asked.trial({"weights": "photographs"}).arch == "tf_efficientnet_lite0"
    random_body = asked.trial({"weights": "none"})
    assert random_body.freeze_epochs == 0 and random_body.epochs == asked.base.freeze_epochs


def test_a_grid_has_no_more_trials_than_combinations_and_other_samplers_have_a_default():
    assert SweepConfig(BASE, {"lr": "0.001..0.1", "augment": "yes,no"}, GRID).most_trials == 8
    assert SweepConfig(BASE, {"lr": "0.001..0.1"}, GRID, trials=3).most_trials == 3
    assert SweepConfig(BASE, {"lr": "0.001..0.1"}).most_trials == 20
    assert SweepConfig(BASE, {"lr": "0.001..0.1"}, minutes=5).most_trials == 1000
