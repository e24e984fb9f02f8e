"""What the pieces of a bundle say about a run, checked, and how it becomes a run's folder again."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine import runs
from engine.config import TrainConfig
from engine.export.bundle import contents
from engine.jobs.atomic_write import write_text
from engine.jobs.status import FINISHED
from engine.runs import Run, calibration


@dataclass(frozen=True)
class RunParts:
    """A run's files as Python objects; None for each optional file that the bundle does not have."""

    config: TrainConfig
    vocab: list[str]
    metrics: dict
    history: pd.DataFrame | None
    losses: pd.DataFrame | None
    quick_notes: dict | None
    thresholds: dict[str, float] | None
    calibration: calibration.Calibration | None
    predictions: runs.Predictions | runs.PointPredictions
    images: pd.DataFrame | None

    def write(self, folder: Path, weights: Path, origin: dict) -> Run:
        """Write the run into the new folder, as finished, with a copy of its weights and where it comes from."""
        self._write_records(folder)
        self._write_tables(folder)
        shutil.copyfile(weights, folder / contents.WEIGHTS)
        write_text(folder / runs.IMPORTED, json.dumps(origin, indent=2) + "\n")
        run = Run(folder)
        run.job.update(state=FINISHED, message="")
        if self.thresholds and self.thresholds != run.thresholds:
            run.save_thresholds(self.thresholds)
        return run

    def _write_records(self, folder: Path) -> None:
        write_text(folder / contents.CONFIG, self.config.to_json())
        write_text(folder / contents.VOCAB, json.dumps(self.vocab) + "\n")
        write_text(folder / contents.METRICS, json.dumps(self.metrics, indent=2) + "\n")
        if self.quick_notes is not None:
            write_text(folder / contents.QUICK_NOTES, json.dumps(self.quick_notes, indent=2) + "\n")
        if self.calibration is not None:
            calibration.save(folder, self.calibration)

    def _write_tables(self, folder: Path) -> None:
        tables = {
            contents.HISTORY: self.history,
            contents.LOSSES: self.losses,
            contents.PICTURES: self.images,
        }
        for name, table in tables.items():
            if table is not None:
                runs.save_table(folder, name, table)
        runs.save_predictions(folder, self.predictions)
