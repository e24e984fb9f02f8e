"""`python -m engine.export.bundle RUN FOLDER`: make a run's zip in a job's folder. A person waits for it."""

import sys
from pathlib import Path

from engine.export.bundle import job
from engine.jobs import access, process
from engine.runs import Run

if __name__ == "__main__":
    process.lower_priority(process.WAITED_FOR)
    run_folder, job_folder = map(Path, sys.argv[1:])
    access.authorize(job_folder, to_write=True)
    sys.exit(job.make(Run(run_folder), job_folder))
