"""The benchmark of the race times what it says: both ways train the same heads."""

import numpy as np
import pytest

from benchmarks import race as benchmark
from tests.experiments.loss_race.small_races import CONFIGS, COURSES


@pytest.mark.parametrize("task", CONFIGS)
def test_plain_loops_train_the_same_heads(task):
    assert benchmark.difference(CONFIGS[task], COURSES[task]) < 1e-3
    heads = benchmark.plain_loops(CONFIGS[task], COURSES[task])
    assert len(heads) == 6
    assert not np.allclose(heads[0].weight.detach(), heads[2].weight.detach(), atol=1e-2)


def test_every_way_is_timed_in_every_turn_and_reported(capsys):
    task = "multi-label"
    benchmark.report("tiny", CONFIGS[task], COURSES[task], repeats=2)
    said = capsys.readouterr().out
    assert "90 pictures, 6 epochs of 32, 18 steps" in said and "median (largest) of 2" in said
    for way in (benchmark.OURS, benchmark.SCORED, benchmark.PLAIN, benchmark.PLAIN_ON_ONE):
        assert way in said
    assert "1.00 x ours" in said and "aim: under 0.5 s with every score: met" in said
