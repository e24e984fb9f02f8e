"""The commands `sweep start`, `sweep resume`, `sweep status` and `sweep results`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from engine import paths
from engine.config import ConfigError, TrainConfig
from engine.data import chosen_data
from engine.experiments.sweeps import folder as sweep_folder
from engine.experiments.sweeps.config import SAMPLERS, TPE, SweepConfig
from engine.experiments.sweeps.errors import SweepError
from engine.experiments.sweeps.folder import Sweep
from engine.jobs import cluster, process, progress_bar
from engine.jobs.command_line import STOPPED, choice, on_stop, print_json
from engine.jobs.job import STOP, JobStopped
from engine.jobs.status import FINISHED

Flags = Annotated[TrainConfig | None, Parameter(name="*", negative_iterable="no-")]
Json = Annotated[bool, Parameter(name="--json", negative=())]


def start(
    *,
    config: Flags = None,
    vary: Annotated[list[str] | None, Parameter(negative_iterable=())] = None,
    out: Path | None = None,
    sampler: Annotated[str, choice(SAMPLERS)] = TPE,
    trials: int | None = None,
    minutes: float | None = None,
    pruning: bool = False,
    sweep_seed: int = 0,
    on: str | None = None,
) -> int:
    """Run a sweep: trials with different settings, then the best and the baseline on images that no trial saw.

    The other flags are those of `train` and define the baseline. Ctrl-C ends it after the current batch, and
    `sweep resume` continues it with the same trials.

    Parameters
    ----------
    vary:
        What varies, such as lr=0.0001..0.1 or loss=focal,asymmetric; repeat it for several fields.
    out:
        New folder for the sweep.
    sampler:
        How the values are chosen.
    trials:
        The largest number of trials; 20 if there is no other limit.
    minutes:
        The most minutes that the trials may take.
    pruning:
        End trials early that are worse than the median of the earlier ones.
    sweep_seed:
        Seeds the sampler.
    on:
        Train on the Ray cluster at HOST:PORT, whose nodes share the folders; LOSS_LAB_RAY does the same.
    """
    from engine.experiments.sweeps import launch

    cluster.use(on)
    if config is None or out is None:
        missing = "--out" if config else "--task, --data" + ("" if out else ", --out")
        raise ConfigError(f"A new sweep needs {missing}.")
    config = replace(config, data=chosen_data.resolve(config.data))
    asked = SweepConfig(config, _pairs(vary or []), sampler, trials, minutes, pruning, sweep_seed)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SweepError(f"The folder {out} is not empty: name a new folder with --out.")
    if out.resolve().parent == paths.runs_folder().resolve():
        shown = out.parent / sweep_folder.SWEEPS / out.name
        raise SweepError(
            f"The folder {out.parent} is for runs: write --out {shown}, which the page shows as well."
        )
    return _run(launch.create(asked, out))


def resume(
    folder: Path,
    /,
    *,
    on: str | None = None,
    in_background: Annotated[bool, Parameter(show=False)] = False,
) -> int:
    """Continue a sweep that was stopped or killed, with the trials that would have come next.

    Parameters
    ----------
    folder:
        The sweep's folder.
    on:
        Train on the Ray cluster at HOST:PORT; LOSS_LAB_RAY does the same.
    """
    cluster.use(on)
    if in_background:
        process.lower_priority()
    sweep = Sweep(folder)
    sweep.config  # noqa: B018 (a broken one is refused)
    if sweep.state == FINISHED:
        raise SweepError(f"The sweep {sweep.name!r} has finished: there is nothing to continue.")
    waits = sweep.waits_on_cluster and not in_background
    if waits or (sweep.is_claimed and not sweep.status.process.is_this):
        raise SweepError(f"The sweep {sweep.name!r} is running in another process.")
    return _run(sweep)


def status(sweep: Path, /) -> int:
    """Print the state of a sweep as one JSON object.

    Parameters
    ----------
    sweep:
        The sweep's folder.
    """
    print_json(_standing(Sweep(sweep)))
    return 0


def results(sweep: Path, /, *, as_json: Json = False) -> int:
    """Print the trials of a sweep, the best first, and its result.

    Parameters
    ----------
    sweep:
        The sweep's folder.
    as_json:
        Print one JSON object and nothing else.
    """
    read = Sweep(sweep)
    table = read.trials.sort_values("value", ascending=read.objective.lower_is_better, kind="stable")
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        print_json(_standing(read) | {"trials": rows})
        return 0
    print(table.to_string(index=False, na_rep=""))
    if verdict := read.results.get("verdict"):
        print(verdict, file=sys.stderr)
    return 0


def _run(sweep: Sweep) -> int:
    from engine.experiments.sweeps import search

    on_stop(lambda: (sweep.folder / STOP).touch())
    try:
        with progress_bar.Bar() as bar:
            found = search.run(sweep, bar.show)
    except JobStopped as error:
        print(f"{error} Continue it with: python -m engine sweep resume {sweep.folder}", file=sys.stderr)
        return STOPPED
    print(found["verdict"], file=sys.stderr)
    print_json(found)
    return 0


def _pairs(vary: list[str]) -> dict[str, str]:
    """What varies, by field. Raises `SweepError`."""
    wrong = [text for text in vary if "=" not in text]
    names = [text.partition("=")[0].strip().replace("-", "_") for text in vary]
    problems = [f"--vary should be like lr=0.0001..0.1, but is {text!r}" for text in wrong]
    problems += [f"{name} is given twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if problems:
        raise SweepError(f"This sweep cannot be run: {'; '.join(problems)}.")
    return dict(zip(names, (text.partition("=")[2] for text in vary), strict=True))


def _standing(sweep: Sweep) -> dict:
    status = sweep.status
    table = sweep.trials
    counts = table[table["trial"] >= 0]["state"].value_counts()
    states = (sweep_folder.COMPLETE, sweep_folder.PRUNED, sweep_folder.FAILED)
    return {
        "sweep": sweep.name,
        "state": status.state,
        "message": status.message,
        **{state: int(counts.get(state, 0)) for state in states},
        "most_trials": sweep.config.most_trials,
        **sweep.results,
    }
