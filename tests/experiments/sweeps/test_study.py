"""Trials are drawn from the ended ones alone, are written to a file at once, and go on after a crash."""

import pytest
from optuna.trial import TrialState

from engine.config import TrainConfig
from engine.experiments.sweeps import sampling
from engine.experiments.sweeps.config import GRID, RANDOM, TPE, SweepConfig
from engine.experiments.sweeps.study import Study, importances

BASE = TrainConfig("multi-label", "squares", weights="drawings")
VARY = {"lr": "0.0001..0.1", "loss": "focal,asymmetric,binary_cross_entropy", "freeze_epochs": "1..9"}


def asked(sampler: str = TPE, **options) -> SweepConfig:
    return SweepConfig(BASE, VARY, sampler, **{"trials": 15, "seed": 4} | options)


def score(params: dict) -> float:
    return params["freeze_epochs"] + (params["loss"] == "focal") - 10 * params["lr"]


def end_next(study: Study) -> dict:
    trial = study.next()
    study.complete(trial, score(trial.params))
    return dict(trial.params)


@pytest.mark.parametrize("sampler", [GRID, RANDOM, TPE])
def test_a_study_that_is_opened_anew_before_every_trial_has_the_same_trials(sampler, tmp_path):
    whole = Study(tmp_path / "whole", asked(sampler), "maximize")
    drawn = [end_next(whole) for _ in range(14)]
    broken = []
    for number in range(14):
        begun = Study(tmp_path / "broken", asked(sampler), "maximize")
        if number % 2:
            begun.next()  # and then its process was killed
        broken.append(end_next(Study(tmp_path / "broken", asked(sampler), "maximize")))
    assert broken == drawn and len({str(params) for params in drawn}) > 10


def test_another_seed_draws_other_trials(tmp_path):
    first, second = (sampling.next_values(asked(seed=seed), [], "maximize") for seed in (1, 2))
    assert first != second


def test_a_grid_is_shuffled_and_complete():
    every = sampling.grid(asked(GRID, trials=None))
    assert len(every) == len({str(values) for values in every}) == 48
    assert len({values["loss"] for values in every[:8]}) == 3


def test_a_trial_killed_before_its_values_were_written_gets_those_it_was_enqueued_with(tmp_path):
    study = Study(tmp_path / "log", asked(), "maximize")
    values = sampling.next_values(study.config, [], "maximize")
    study.study.enqueue_trial(values)
    study.study.ask()  # no value is written yet
    assert dict(Study(tmp_path / "log", asked(), "maximize").next().params) == values


def test_a_torn_last_line_is_cut_off(tmp_path):
    file = tmp_path / "log"
    drawn = end_next(Study(file, asked(), "maximize"))
    with open(file, "ab") as log:
        log.write(b'{"op_code": 5, "tri')
    study = Study(file, asked(), "maximize")
    assert [trial.params for trial in study.ended] == [drawn]
    assert end_next(study) == sampling.next_values(asked(), study.ended[:1], "maximize")


def test_a_trial_below_the_median_of_the_earlier_ones_is_pruned_and_what_was_reported_stays(tmp_path):
    study = Study(tmp_path / "log", asked(pruning=True), "maximize")
    for value in (0.5, 0.6, 0.7, 0.8):
        trial = study.next()
        study.report(trial, 0.1, 1)
        study.report(trial, value, 2)
        study.complete(trial, value)
    trial = study.next()
    study.report(trial, 0.1, 1)
    assert not study.should_prune(trial.number)
    study.report(trial, 0.55, 2)
    study.report(trial, 0.9, 2)
    assert study.should_prune(trial.number)
    study.prune(trial)
    study.fail(study.next(), "It failed.")
    assert [trial.state for trial in study.ended[4:]] == [TrialState.PRUNED, TrialState.FAIL]


def test_what_decides_the_score_is_important(tmp_path):
    study = Study(tmp_path / "log", asked(RANDOM), "maximize")
    assert importances(asked(RANDOM), study.ended, "maximize") == {}
    for _ in range(15):
        end_next(study)
    shares = importances(asked(RANDOM), study.ended, "maximize")
    assert max(shares, key=lambda name: shares[name]) == "freeze_epochs"
    assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
    assert shares == importances(asked(RANDOM), study.ended, "maximize")
