"""The work of a sweep: the baseline, the trials one by one, and what they come to at the end."""

from __future__ import annotations

from collections.abc import Callable

from optuna.trial import Trial

from engine.config import TrainConfig
from engine.experiments.sweeps import finals, trials_table
from engine.experiments.sweeps.errors import SweepError
from engine.experiments.sweeps.folder import BASELINE, JOURNAL, Sweep
from engine.experiments.sweeps.run_trial import finish, must_go_on
from engine.experiments.sweeps.study import Study, importances
from engine.jobs.job import JobStopped
from engine.jobs.reporter import Reporter, failure_sentence, working

ACTIVITY = "Running trials"
FAILURES_IN_A_ROW = 5
"""After so many failed trials at the beginning the sweep ends: the next ones would fail as well."""

Show = Callable[[str, float], object]


def run(sweep: Sweep, show: Show = lambda activity, share: None) -> dict:
    """Do the work of a sweep to its end, from where an earlier process left it, and return its results.

    Raises `JobStopped`, `SweepError` and what training the baseline raises; the sweep's status says the same.
    """
    config = sweep.config
    with working(sweep) as reporter:
        study = Study(sweep.folder / JOURNAL, config, sweep.objective.direction)
        work = _Work(sweep, study, reporter, show)
        work.train_baseline()
        work.run_trials()
        results = finals.conclude(sweep, study.ended, work.report)
        results["importances"] = importances(config, study.ended, study.direction)
        sweep.save_results(results)
    return results


class _Work:
    """The trials of one process."""

    def __init__(self, sweep: Sweep, study: Study, reporter: Reporter, show: Show):
        self.sweep, self.study, self.config = sweep, study, sweep.config
        self.objective, self.reporter, self.show = sweep.objective, reporter, show

    def report(self, activity: str, share: float) -> None:
        self.reporter.show(activity, share)
        self.show(activity, share)

    def train_baseline(self) -> None:
        self.report("Training the baseline", 0.0)
        finish(self.sweep, self.config.baseline, self.sweep.folder / BASELINE)
        trials_table.save(self.sweep, self.study.trials)

    def run_trials(self) -> None:
        self._report_share()
        while self._goes_on():
            must_go_on(self.sweep)
            self._run(self.study.next())
            self._report_share()
        if not any(map(trials_table.is_complete, self.study.ended)):
            raise SweepError(f"No trial produced a result. {self._first_message()}".rstrip())

    def _goes_on(self) -> bool:
        ended = self.study.ended
        if len(ended) == FAILURES_IN_A_ROW and all(trials_table.is_failed(trial) for trial in ended):
            raise SweepError(f"The first {FAILURES_IN_A_ROW} trials failed. {self._first_message()}")
        return not ended or (len(ended) < self.config.most_trials and self._share_of_time() < 1)

    def _run(self, trial: Trial) -> None:
        """Train one trial and tell the study what it reached."""
        number, folder = trial.number, self.sweep.trial_folder(trial.number)
        config = self.config.trial(trial.params)
        trials_table.save(self.sweep, self.study.trials)
        try:
            reached: dict = {}
            if not self._is_pruned(number, config):
                reached = finish(
                    self.sweep, config, folder, lambda row: self._after_epoch(trial, config, row)
                )
            self._end(trial, config, self.objective.value_of(reached))
        except JobStopped:
            if not self._is_pruned(number, config):
                raise
            self.study.prune(trial)
        except (ValueError, RuntimeError, MemoryError) as error:
            self.study.fail(trial, failure_sentence(error))
        trials_table.save(self.sweep, self.study.trials)

    def _end(self, trial: Trial, config: TrainConfig, value: float | None) -> None:
        if self._is_pruned(trial.number, config):
            self.study.prune(trial)
        elif value is None:
            self.study.fail(trial, f"Its {self.objective.title} is not a number.")
        else:
            self.study.complete(trial, value)

    def _after_epoch(self, trial: Trial, config: TrainConfig, row: dict) -> bool:
        """Take in what an epoch reached; whether the trial ends there."""
        value = self.objective.value_of({self.objective.metric: row.get(self.objective.epoch_metric)})
        if not self.config.pruning or value is None:
            return False
        self.study.report(trial, value, int(row["epoch"]))
        return self._is_pruned(trial.number, config)

    def _is_pruned(self, number: int, config: TrainConfig) -> bool:
        """Whether a trial ends early, by what it has reported: never after its last epoch."""
        if not self.config.pruning:
            return False
        last = max(self.study.trials[number].intermediate_values, default=0)
        planned = (config.epochs or 0) + (config.freeze_epochs or 0)
        return 0 < last < planned and self.study.should_prune(number)

    def _report_share(self) -> None:
        share = max(len(self.study.ended) / self.config.most_trials, self._share_of_time())
        self.reporter.details["ended"] = len(self.study.ended)
        self.report(ACTIVITY, min(share, 1.0))

    def _share_of_time(self) -> float:
        """How much of the minutes the trials have taken; 0 where there is no such limit."""
        if self.config.minutes is None:
            return 0.0
        table = self.sweep.trials
        return float(table[table["trial"] >= 0]["seconds"].sum()) / (60 * self.config.minutes)

    def _first_message(self) -> str:
        return next(filter(None, map(trials_table.message_of, self.study.ended)), "")
