"""A limit of processor time for one step of a process that has set itself limits."""

import subprocess
import sys
import time

import pytest

from engine import paths
from engine.jobs.resource_limits import within_seconds

CHILD = """
import resource
from engine.jobs.resource_limits import OutOfTime, ResourceLimits, within_seconds

ResourceLimits(8 * 1024**3, 300, counts_mappings=False).apply()
before = resource.getrlimit(resource.RLIMIT_CPU)
try:
    with within_seconds(200), within_seconds(1):
        while True:
            sum(range(10_000))
except OutOfTime as error:
    print("ended:", error)
assert resource.getrlimit(resource.RLIMIT_CPU) == before
sum(range(60_000_000))
print("goes on")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_step_that_takes_too_long_ends_and_the_process_goes_on():
    done = subprocess.run([sys.executable, "-c", CHILD], cwd=paths.ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "ended: it takes too long\ngoes on\n"), done.stderr


def test_a_process_without_limits_is_left_alone():
    with within_seconds(0):
        until = time.process_time() + 0.01
        while time.process_time() < until:
            pass
