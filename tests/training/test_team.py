"""How a team shares a batch."""

import pytest

from engine.training.team import ALONE, Team, most_workers, too_many


@pytest.mark.parametrize(("workers", "size"), [(1, 5), (2, 9), (3, 64), (4, 8)])
def test_the_parts_of_all_workers_are_the_batch(workers, size):
    batch = list(range(100, 100 + size))
    team = [Team(rank, workers) for rank in range(workers)]
    assert sorted(image for one in team for image in one.part(batch)) == batch
    assert sum(one.share(size) for one in team) == pytest.approx(1)
    assert [one.is_first for one in team] == [True] + [False] * (workers - 1)


def test_one_process_is_a_team_that_takes_all():
    assert ALONE.is_alone and ALONE.is_first and ALONE.part([3, 1, 2]) == [3, 1, 2]


@pytest.mark.parametrize("batch_size", [2, 7, 64])
def test_every_worker_gets_two_images_or_the_batch_is_too_small(batch_size):
    most = most_workers(batch_size)
    assert too_many(most, batch_size) == ""
    assert all(len(Team(rank, most).part(range(batch_size))) >= 2 for rank in range(most))
    assert "use at most" in too_many(most + 1, batch_size)
