"""The trials of a sweep as an Optuna study in a file of its folder, which survives `kill -9`.

Values are drawn elsewhere (`sampling`) and enqueued in one step, so a trial that was begun keeps its values, whenever
the process is killed.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import optuna
from filelock import FileLock
from optuna.pruners import MedianPruner
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, Trial, TrialState

from engine.experiments.sweeps import sampling
from engine.experiments.sweeps.config import SweepConfig
from engine.experiments.sweeps.objective import Direction

NAME = "sweep"
"""Of every study: Optuna's pruners may depend on it."""
TRIALS_BEFORE_PRUNING, EPOCHS_BEFORE_PRUNING = 4, 1
MESSAGE = "message"
ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


class Study:
    """The study in a file. One process at a time may write it."""

    def __init__(self, file: Path, config: SweepConfig, direction: Direction):
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        _cut_torn_line(file)
        self.config, self.direction = config, direction
        self.study = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(file), _Lock(str(file)))),
            study_name=NAME,
            direction=direction,
            pruner=MedianPruner(TRIALS_BEFORE_PRUNING, EPOCHS_BEFORE_PRUNING),
            load_if_exists=True,
        )

    @property
    def trials(self) -> list[FrozenTrial]:
        """Every trial in order, the one that runs included."""
        return self.study.get_trials(deepcopy=False)

    @property
    def ended(self) -> list[FrozenTrial]:
        return [trial for trial in self.trials if trial.state in ENDED]

    def next(self) -> Trial:
        """The trial that was begun and not ended, or else a new one."""
        open_trials = [trial for trial in self.trials if trial.state not in ENDED]
        if not open_trials:
            self.study.enqueue_trial(sampling.next_values(self.config, self.ended, self.direction))
        for trial in open_trials:
            if trial.state == TrialState.RUNNING:
                return self._begun(trial)
        return self.study.ask(sampling.distributions(self.config.dimensions))

    def _begun(self, begun: FrozenTrial) -> Trial:
        """A trial of an earlier process; values that it had not written yet are those it was enqueued with."""
        trial = Trial(self.study, begun.number)
        for name, distribution in sampling.distributions(self.config.dimensions).items():
            _suggest(trial, name, distribution)
        return trial

    def should_prune(self, number: int) -> bool:
        """Whether a trial is worse than the median of the earlier ones, by what it has reported last."""
        trial = self.trials[number]
        return bool(trial.intermediate_values) and self.study.pruner.prune(self.study, trial)

    def report(self, trial: Trial, value: float, epoch: int) -> None:
        """Take in what a trial reached after an epoch; what an earlier process reported stays."""
        if epoch not in self.trials[trial.number].intermediate_values:
            trial.report(value, epoch)

    def complete(self, trial: Trial, value: float) -> None:
        self.study.tell(trial.number, value)

    def prune(self, trial: Trial) -> None:
        self.study.tell(trial.number, state=TrialState.PRUNED)

    def fail(self, trial: Trial, message: str) -> None:
        trial.set_user_attr(MESSAGE, message)
        self.study.tell(trial.number, state=TrialState.FAIL)


class _Lock(JournalFileOpenLock):
    """A lock that the operating system releases when its process is killed, however that ends."""

    def __init__(self, file: str):
        super().__init__(file)
        self._held = FileLock(f"{file}.flock")

    def acquire(self) -> bool:
        self._held.acquire()
        return True

    def release(self) -> None:
        self._held.release()


def _suggest(trial: Trial, name: str, distribution: optuna.distributions.BaseDistribution) -> None:
    if isinstance(distribution, optuna.distributions.CategoricalDistribution):
        trial.suggest_categorical(name, distribution.choices)
    elif isinstance(distribution, optuna.distributions.IntDistribution):
        trial.suggest_int(name, distribution.low, distribution.high)
    elif isinstance(distribution, optuna.distributions.FloatDistribution):
        trial.suggest_float(name, distribution.low, distribution.high, log=distribution.log)


def _cut_torn_line(file: Path) -> None:
    """Remove a last line that a power cut has left unfinished: what is appended to it could not be read."""
    if not file.is_file():
        return
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(file, len(whole))


def importances(config: SweepConfig, ended: Sequence[FrozenTrial], direction: Direction) -> dict[str, float]:
    """How much of the differences between completed trials each field explains, 0 to 1; {} where that is unknown."""
    complete = [trial for trial in ended if trial.state == TrialState.COMPLETE]
    if len(complete) < 4 or len({trial.value for trial in complete}) < 2:
        return {}
    study = optuna.create_study(direction=direction)
    study.add_trials(complete)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=config.seed)
    shares = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: round(float(share), 6) for name, share in shares.items()}
