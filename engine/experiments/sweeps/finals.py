"""The honest end of a sweep: the best configuration and the baseline, on images that no trial saw, with three seeds.

The best of many trials is partly luck, on the images by which it was chosen. So it is trained again on the whole
training part and scored on the validation part, next to the baseline, and the difference is compared with how much
seeds alone change the score.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from statistics import fmean, stdev

from optuna.trial import FrozenTrial, TrialState

from engine import paths
from engine.data.formats.phrases import counted
from engine.experiments.sweeps.config import FINAL_SEEDS
from engine.experiments.sweeps.folder import Sweep, sweeps_folder
from engine.experiments.sweeps.objective import Objective
from engine.experiments.sweeps.run_trial import finish
from engine.jobs import user_scope
from engine.jobs.temporary import temporary_name
from engine.runs import Run
from engine.training import launch

ACTIVITY = "Training the best configuration and the baseline with several seeds"
BEST, BASE = "best", "baseline"
T_95 = 2.776
"""Student's t for a two-sided 95% and 4 degrees of freedom: two groups of three."""


def conclude(sweep: Sweep, ended: Sequence[FrozenTrial], show: Callable[[str, float], object]) -> dict:
    """Train and compare the finalists, keep the best run among the runs, and return the results."""
    best = best_trial(sweep, ended)
    values: dict[str, list[float]] = {BEST: [], BASE: []}
    wanted: dict[str, dict] = {BEST: best.params, BASE: {}}
    for step in range(2 * FINAL_SEEDS):
        which, seed = (BEST, BASE)[step % 2], step // 2
        show(ACTIVITY, step / (2 * FINAL_SEEDS))
        reached = finish(sweep, sweep.config.final(wanted[which], seed), sweep.final_folder(which, seed))
        values[which].append(sweep.objective.value_of(reached) or 0.0)
    show(ACTIVITY, 1.0)
    images = int(Run(sweep.final_folder(BEST, 0)).metrics.get("valid_pictures", 0))
    baseline = sweep.trials["value"].iloc[0]
    return {
        "metric": sweep.objective.metric,
        "lower_is_better": sweep.objective.lower_is_better,
        "best": {"trial": best.number, "value": best.value, "params": best.params},
        "baseline": {"value": None if math.isnan(baseline) else float(baseline)},
        "finals": values,
        "images": images,
        "difference": difference(values[BEST], values[BASE]),
        "noise": noise(values[BEST], values[BASE]),
        "verdict": verdict(sweep.objective, values[BEST], values[BASE], images),
        "kept": _keep(sweep),
    }


def best_trial(sweep: Sweep, ended: Sequence[FrozenTrial]) -> FrozenTrial:
    """The best completed trial; of equals the earliest."""
    sign = 1 if sweep.objective.lower_is_better else -1
    done = [trial for trial in ended if trial.state == TrialState.COMPLETE and trial.value is not None]
    return min(done, key=lambda trial: (sign * (trial.value or 0.0), trial.number))


def difference(best: Sequence[float], baseline: Sequence[float]) -> float:
    """How far the mean of the best configuration is above that of the baseline; for errors it is better below 0."""
    return fmean(best) - fmean(baseline)


def noise(best: Sequence[float], baseline: Sequence[float]) -> float:
    """The difference that two equal configurations stay below with 95% of seeds, by Student's t."""
    variance = (stdev(best) ** 2 + stdev(baseline) ** 2) / len(best)
    return T_95 * math.sqrt(variance)


def verdict(objective: Objective, best: Sequence[float], baseline: Sequence[float], images: int) -> str:
    """What the comparison says, in short sentences.

    >>> from engine.experiments.sweeps.objective import OBJECTIVES
    >>> verdict(OBJECTIVES["single-label"], [0.90, 0.92, 0.91], [0.90, 0.91, 0.92], 50).splitlines()[0]
    'The best trial reaches accuracy 0.9100 ± 0.0100, and the baseline 0.9100 ± 0.0100.'
    """
    sides = [f"{objective.form.format(fmean(values))} ± {stdev(values):.4f}" for values in (best, baseline)]
    gain = difference(best, baseline) * (-1 if objective.lower_is_better else 1)
    apart = objective.form.format(abs(gain))
    if abs(gain) <= noise(best, baseline):
        meaning = f"The difference of {apart} is within seed noise: other seeds could reverse it."
    elif gain > 0:
        meaning = f"The best trial is better by {apart}, which is more than seed noise."
    else:
        meaning = f"The baseline is better by {apart}: keep the defaults."
    return "\n".join(
        [
            f"The best trial reaches {objective.title} {sides[0]}, and the baseline {sides[1]}.",
            meaning,
            f"Both are means over {len(best)} seeds on {counted(images, 'image')} that no trial saw.",
        ]
    )


def _keep(sweep: Sweep) -> str:
    """The name under which the best run, trained with the base's own seed, is among the runs of the same person.

    "" for a sweep in a folder of its own choice, which keeps everything there.
    """
    if sweep.folder.resolve().parent != sweeps_folder().resolve():
        return ""
    if known := sweep.results.get("kept"):
        return str(known)
    wanted = user_scope.own_folder(paths.runs_folder()) / f"{sweep.name} best"
    building = wanted.with_name(temporary_name(wanted.name))
    shutil.copytree(sweep.final_folder(BEST, 0), building)
    return launch.put_in_place(building, wanted).name
