"""Which work is disturbed, what it needs before, and what must be true afterwards."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.data.imports.sending import zipped
from tests.faults import checks, work
from tests.faults.children import Child, Outcome, preload

TRIES = 4
"""So often a kill that came too late, after the end, is tried again: the last time at a write, which it makes."""


@dataclass(frozen=True)
class Scenario:
    """A piece of work.

    Attributes: `title`, as the table has it; `work`; `check`, what it leaves to be wished; `needs_run`, whether it
    works with a finished run; `in_child`, whether in the app it is the work of a command, which puts a refusing disk
    into words by itself.
    """

    title: str
    work: Callable
    check: Callable[[Path, Outcome], Iterator[str]]
    needs_run: bool = False
    in_child: bool = False


SCENARIOS = {
    "label": Scenario("labelling", work.label, checks.whole_labels),
    "library": Scenario("renaming, removing, putting back", work.change_library, checks.whole_library),
    "thresholds": Scenario("saving thresholds", work.save_thresholds, checks.whole_thresholds, True),
    "import": Scenario("importing a zip", work.import_zip, checks.whole_import),
    "export": Scenario("exporting a dataset", work.export_data, checks.whole_export),
    "quick": Scenario("training, Quick", work.train_quick, checks.whole_quick_run, in_child=True),
    "fastai": Scenario("training, fastai", work.train_fastai, checks.whole_fastai_run, in_child=True),
    "predict": Scenario("batch prediction", work.predict, checks.whole_predictions, True, in_child=True),
    "review": Scenario("label review", work.review, checks.whole_review, in_child=True),
    "bundle": Scenario("exporting a run", work.export_run, checks.whole_bundle, True, in_child=True),
}


@dataclass
class Bench:
    """A folder in which scenarios are set up, each in a home of its own.

    Attributes: `seconds` and `writes` of undisturbed work, by scenario.
    """

    top: Path
    rng: random.Random
    seconds: dict[str, float] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)
    count: int = 0
    heavy: bool = True

    def __post_init__(self):
        preload(self.heavy)
        work.dataset(self.top / "any")
        Child(work.nothing, self.top).outcome()  # loads everything, so that it counts for no work
        squares = self.top / "squares"
        files = {
            str(path.relative_to(squares)): path.read_bytes() for path in squares.rglob("*") if path.is_file()
        }
        (self.top / "upload.zip").write_bytes(zipped(files))

    def home(self, name: str) -> Path:
        """A new home with what the scenario needs."""
        self.count += 1
        home = self.top / f"home-{self.count}"
        home.mkdir()
        if SCENARIOS[name].needs_run:
            shutil.copytree(self.trained("quick"), work.run_folder(home))
        return home

    def trained(self, recipe: str) -> Path:
        """The folder of a run that nothing has disturbed."""
        place = self.top / f"trained-{recipe}" / "runs" / "mine"
        if not place.is_dir():
            self.measured(recipe)
        return place

    def measured(self, name: str) -> None:
        """Do the work once, undisturbed, and keep what others are compared with."""
        if name in self.seconds:
            return
        home = self.home(name)
        began = time.monotonic()
        outcome = Child(SCENARIOS[name].work, home).outcome()
        assert outcome.is_done, outcome.error
        self.seconds[name], self.writes[name] = time.monotonic() - began, outcome.writes
        if name in work.RECIPES:
            shutil.copytree(home / "runs", self.top / f"trained-{name}" / "runs")
        if name == "export":
            shutil.copy(work.exported(home), self.top / "reference.zip")
        if name == "predict":
            shutil.copy(work.predicted(home), self.top / "reference.csv")
        shutil.rmtree(home)

    def killed(self, name: str) -> tuple[Path, str, Outcome]:
        """A home in which the work was killed at a random moment: of the time, or at one of its writes."""
        self.measured(name)
        for number in range(TRIES):
            home = self.home(name)
            at_write = self.rng.random() < 0.5 or number == TRIES - 1
            if at_write:
                write = self.rng.randint(1, self.writes[name])
                what, outcome = (
                    f"killed at write {write}",
                    Child(SCENARIOS[name].work, home, refuse_at=write).outcome(),
                )
            else:
                moment = self.rng.uniform(0, self.seconds[name])
                what = f"killed after {moment:.3f} s"
                outcome = Child(SCENARIOS[name].work, home).kill_after(moment)
            if outcome.was_killed:
                break
        return home, what, outcome

    def after(self, name: str, home: Path, outcome: Outcome) -> list[str]:
        """Everything that is wrong after a fault; the home is thrown away."""
        self.link_reference(name)
        with checks.at_home(home):
            problems = [*checks.nothing_left(home), *SCENARIOS[name].check(home, outcome)]
            problems += checks.nothing_left(home)
        shutil.rmtree(home, ignore_errors=True)
        return problems

    def link_reference(self, name: str) -> None:
        """Let the checks find the undisturbed run of this recipe."""
        if name in work.RECIPES:
            place = self.top / checks.REFERENCE
            place.unlink(missing_ok=True)
            place.symlink_to(self.trained(name))
