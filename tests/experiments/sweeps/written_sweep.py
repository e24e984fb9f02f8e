"""The folder of a finished sweep, written without training anything."""

from pathlib import Path

import pandas as pd

from engine.config import TrainConfig
from engine.experiments.sweeps.config import SweepConfig
from engine.experiments.sweeps.folder import CONFIG, TRIALS, Sweep
from engine.jobs.status import FINISHED

ROWS = [
    (-1, "complete", 0.75, 2.0, 0.005, "focal", ""),
    (0, "complete", 0.5, 1.0, 0.001, "focal", ""),
    (1, "pruned", None, 0.5, 0.04, "focal", ""),
    (2, "complete", 0.8, 1.0, 0.01, "asymmetric", ""),
    (3, "failed", None, 0.0, 0.02, "asymmetric", "It went wrong."),
    (4, "complete", 0.7, 1.0, 0.03, "focal", ""),
]
RESULTS = {
    "metric": "mean_average_precision",
    "lower_is_better": False,
    "best": {"trial": 2, "value": 0.8, "params": {"lr": 0.01, "loss": "asymmetric"}},
    "baseline": {"value": 0.75},
    "finals": {"best": [0.8, 0.82, 0.84], "baseline": [0.79, 0.81, 0.83]},
    "images": 20,
    "difference": 0.01,
    "noise": 0.05,
    "verdict": "The best trial reaches 0.82.\nThe difference of 0.01 is within seed noise.",
    "kept": "squares best",
    "importances": {"lr": 0.7, "loss": 0.3},
}


def write(folder: Path, data: Path, state: str = FINISHED, results: dict | None = None) -> Sweep:
    base = TrainConfig("multi-label", str(data), weights="drawings")
    folder.mkdir(parents=True)
    config = SweepConfig(base, {"lr": "0.001..0.1", "loss": "focal,asymmetric"}, trials=5)
    (folder / CONFIG).write_text(config.to_json())
    columns = ["trial", "state", "value", "seconds", "lr", "loss", "message"]
    pd.DataFrame(ROWS, columns=columns).to_csv(folder / TRIALS, index=False)
    sweep = Sweep(folder)
    sweep.create()
    sweep.update(state=state)
    sweep.save_results(RESULTS if results is None else results)
    return sweep
