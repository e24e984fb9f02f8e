"""`python -m engine.takeaway RUN FOLDER`: make a run's zip in a parcel's folder, while others go first."""

import sys
from pathlib import Path

from engine.jobs import access, process
from engine.runs import Run
from engine.takeaway import parcels

if __name__ == "__main__":
    process.step_back()
    run_folder, parcel_folder = map(Path, sys.argv[1:])
    access.authorize(parcel_folder, to_write=True)
    sys.exit(parcels.make(Run(run_folder), parcel_folder))
