"""What a run that has not begun says: reason, position, elapsed and remaining time."""

from engine.training.time_estimate import Estimate
from pages.parts.train.waiting import ago, ahead, in_words


def test_a_run_behind_others_says_its_position_and_whom_it_waits_for():
    said = in_words("waiting for first, second", 75, Estimate(18, 22))
    assert said == (
        "Waiting in the queue at position 3, behind 2 runs: first, second. Requested 1 min 15 s ago. "
        "Training then takes about 20 seconds."
    )
    assert "position 2, behind first." in in_words("waiting for first", 1, None)


def test_a_run_that_starts_says_so_and_claims_no_time_that_is_not_known():
    assert in_words("", 1.9, None) == "Starting: loading the libraries. Requested 1 second ago."
    assert in_words("", 1.9, Estimate(8)).endswith("In all, it takes at least 8 seconds.")
    assert ahead("") == []


def test_a_clock_that_went_back_shows_no_negative_time():
    assert ago(-5) == "0 seconds"
