"""`python -m engine.export.bundle RUN FOLDER`: make a run's zip in a parcel's folder, while others go first."""

import sys
from pathlib import Path

from engine.export.bundle import job
from engine.jobs import access, process
from engine.runs import Run

if __name__ == "__main__":
    process.lower_priority()
    run_folder, parcel_folder = map(Path, sys.argv[1:])
    access.authorize(parcel_folder, to_write=True)
    sys.exit(job.make(Run(run_folder), parcel_folder))
