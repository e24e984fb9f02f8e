"""Disks that refuse, small limits, images that vanish and a clock that is set back; `make faults` tries every write."""

import pytest

from tests.faults import faults

pytestmark = pytest.mark.skipif("sys.platform != 'linux'", reason="the faults are made with Linux's means")
SOME = 4


@pytest.mark.parametrize("name", ["label", "library", "thresholds", "import", "export"])
def test_a_full_disk_loses_nothing(bench, tally, name):
    bench.measured(name)
    faults.full_disk(bench, tally, name, sorted(bench.rng.sample(range(1, bench.writes[name] + 1), SOME)))


def test_a_full_disk_while_a_run_trains(bench, tally):
    bench.measured("quick")
    faults.full_disk(bench, tally, "quick", [bench.rng.randint(1, bench.writes["quick"])])


@pytest.mark.parametrize("name", ["label", "library", "import", "quick"])
def test_read_only_folders_lose_nothing(bench, tally, name):
    faults.read_only(bench, tally, name)


@pytest.mark.parametrize("limit", [{"files": 4}, {"megabytes": 32}])
def test_small_limits_lose_nothing(bench, tally, limit):
    faults.small_limits(bench, tally, "import", [limit])


def test_images_deleted_during_training(bench, tally):
    faults.lost_images(bench, tally, "quick", [1, 4])


def test_a_clock_that_is_set_back_changes_nothing(bench, tally):
    faults.clock_set_back(bench, tally, "quick", [3])
