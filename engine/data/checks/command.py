"""`python -m engine check DATA --task TASK`: every finding on the terminal, or only the looking, for the pages."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.data.checks.finding import HARMS, NOTE, STOPS
from engine.data.checks.jobs import teller
from engine.data.checks.run_checks import Health, check
from engine.data.formats.option_flags import add_flags, options_of
from engine.jobs import process, progress_bar
from engine.tasks import TASKS

BAD_INPUT = 2
WAITED_FOR = 3
_WORDS = {STOPS: "stops training", HARMS: "harms", NOTE: "note"}


def add_to(commands) -> None:
    """Add the command to those of `python -m engine`."""
    parser = commands.add_parser(
        "check", help="say everything that is wrong with a data set, before training"
    )
    parser.set_defaults(command=run)
    parser.add_argument("data", type=Path, metavar="DATA", help="folder or table")
    parser.add_argument("--task", choices=TASKS, required=True, help="what the network is to answer")
    parser.add_argument("--progress", type=Path, help=argparse.SUPPRESS)
    add_flags(parser)


def run(options: argparse.Namespace) -> int:
    """Print every finding, the worst first, and the scores to beat; 2 where training would refuse the data."""
    if options.progress:
        process.step_back(WAITED_FOR)
        check(options.data, options.task, teller(options.progress))
        return 0
    with progress_bar.Bar() as bar:
        show = lambda share: bar.show("looking at every picture", share)  # noqa: E731
        health = check(options.data, options.task, show, options_of(options))
    for line in lines(health):
        print(line)
    return 0 if health.is_accepted else BAD_INPUT


def lines(health: Health) -> list[str]:
    """A line for each finding and for each score to beat."""
    parts = f"{health.training:,} for training, {health.validation:,} for validation"
    found = [f"{_WORDS[finding.severity]}: {finding.sentence}" for finding in health.findings]
    beaten = [f"to beat: {one.name} {one.value}, {one.says}" for one in health.baselines]
    assumptions = health.subject.found.assumptions if health.subject else []
    return [f"{health.name}: {parts}", *(f"assumed: {one}" for one in assumptions), *found, *beaten]
