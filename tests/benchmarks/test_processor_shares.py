"""Who used the processor: processes that the server started count as its jobs, also once they have ended."""

import os
import subprocess
import sys

from benchmarks import processor_shares
from benchmarks.processor_shares import ProcessorTimes

_WORK = "import time\nwhile time.process_time() < 0.3: pass"


def test_work_of_a_job_counts_as_work_of_a_job():
    before = processor_shares.now(os.getpid())
    subprocess.run([sys.executable, "-c", _WORK], check=True)
    used = processor_shares.now(os.getpid()) - before
    assert used.jobs > 0.25 and used.server < used.jobs and used.machine > 0.25 and used.wall > 0


def test_a_process_that_has_ended_used_nothing():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert processor_shares.of_process(ended.pid) == 0


def test_shares_are_of_all_cores():
    used = ProcessorTimes(server=3, jobs=2, visitors=1, machine=8, wall=10)
    assert used.text() == "server 30%, its jobs 20%, visitors 10%, other work 20%, idle 20%"
