"""Which runs several workers may train, and what their job is asked for."""

import pytest

from engine.config import ConfigError, TrainConfig
from engine.jobs import status
from engine.jobs.cluster.placement import NO_DEVICE
from engine.jobs.status import QUEUED, Status
from engine.training.data_parallel import limits

PLACE = "10.0.0.1:6379"


def config(**options) -> TrainConfig:
    return TrainConfig("multi-label", "data", **options)


@pytest.mark.parametrize(
    ("options", "workers", "address", "sentence"),
    [
        ({"epochs": 1}, 2, "", "2 workers need a cluster: give its address with --on"),
        ({"epochs": 1}, 0, PLACE, "--workers is 0: write a whole number"),
        ({}, 2, PLACE, "The recipe quick fits its head in seconds, in one process"),
        ({"epochs": 0, "freeze_epochs": 2, "augment": False}, 2, PLACE, "the head alone learns, on stored"),
        ({"epochs": 1, "batch_size": 7}, 4, PLACE, "7 images is too small for 4 workers.* at most 3"),
    ],
)
def test_what_workers_cannot_train_is_refused_with_one_sentence(options, workers, address, sentence):
    with pytest.raises(ConfigError, match=sentence):
        limits.check(config(**options), workers, address)


@pytest.mark.parametrize(
    ("options", "workers", "address"),
    [
        ({}, 1, ""),
        ({"epochs": 1, "batch_size": 8}, 4, PLACE),
        ({"recipe": "better"}, 4, PLACE),
        ({"epochs": 0, "freeze_epochs": 2}, 2, PLACE),
    ],
)
def test_everything_else_is_trained(options, workers, address):
    limits.check(config(**options), workers, address)


def test_the_job_of_several_workers_takes_no_device_and_is_remembered(tmp_path):
    assert limits.placed(config(epochs=1, device="cpu"), 1) == ((), "cpu", {})
    flags, device, details = limits.placed(config(epochs=1), 3)
    assert flags == ("--workers", "3") and device == NO_DEVICE
    assert limits.workers_of(tmp_path) == 1
    status.write(tmp_path, Status(QUEUED, details=details))
    assert limits.workers_of(tmp_path) == 3
