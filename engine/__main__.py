"""The command line: `python -m engine --help` lists its commands. Each command is loaded when it is called."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import BoundArguments
from pathlib import Path
from typing import get_args

from cyclopts import App, CycloptsError, Parameter, Token, convert
from cyclopts.exceptions import MissingArgumentError, UnknownCommandError, UnusedCliTokensError

from engine import paths
from engine.config import TrainConfig
from engine.images import decoder
from engine.jobs import access, atomic_write, thread_waits
from engine.jobs.command_line import BAD_INPUT, STOPPED
from engine.jobs.output_files import OutputError
from engine.jobs.resource_limits import OutOfTime, ResourceLimits

COMMANDS = {
    "Datasets": {
        "import": ("engine.data.commands:import_dataset", "put a dataset into the library"),
        "undo-import": ("engine.data.commands:undo_import", "remove an imported dataset, or restore it"),
        "check": ("engine.data.checks.commands:check", "list everything that is wrong with a dataset"),
        "export-data": ("engine.data.commands:export_data", "write a dataset as a zip in a common format"),
    },
    "Training and prediction": {
        "train": ("engine.training.commands:train", "train a run"),
        "find-lr": ("engine.training.commands:find_lr", "suggest learning rates"),
        "predict": ("engine.inference.commands:predict", "predict images with a run"),
        "serve": ("engine.inference.serve.commands:serve", "predict images over HTTP"),
    },
    "Hosting": {
        "backup": ("engine.jobs.backup.commands:backup", "write all datasets and runs into one zip"),
        "restore": ("engine.jobs.backup.commands:restore", "restore all datasets and runs from such a zip"),
    },
    "Experiments": {
        "review": ("engine.experiments.commands:review", "rank labels or points that look wrong"),
        "open-set": ("engine.experiments.commands:open_set", "measure predictions for none of the classes"),
    },
}
OF_SWEEPS = {
    "start": ("engine.experiments.sweeps.commands:start", "run a hyper-parameter sweep"),
    "resume": ("engine.experiments.sweeps.commands:resume", "continue a sweep"),
    "status": ("engine.experiments.sweeps.commands:status", "show the state of a sweep"),
    "results": (
        "engine.experiments.sweeps.commands:results",
        "print the trials of a sweep and its result",
    ),
}
OF_RUNS = {
    "list": ("engine.runs.commands:list_runs", "list all runs with their state and metrics"),
    "code": ("engine.export.commands:code", "print a fastai script that trains a run again"),
    "export": ("engine.export.commands:export", "write a run as one zip"),
    "import": ("engine.export.commands:import_run", "import such a zip as a run"),
    "push": ("engine.export.commands:push", "copy a run to object storage"),
    "pull": ("engine.export.commands:pull", "copy a run from object storage"),
    "track": ("engine.training.commands:track", "send a run to MLflow"),
}
"""Command -> where it is, and its line in the help."""

LIMITED = ("import", "check", "export-data", "runs import")
LIMITS = ResourceLimits(memory_bytes=6 * 1024**3, processor_seconds=3600, counts_mappings=False)
"""What a command may use that reads files of others and trains nothing; an import's own process may use less."""

_WRITTEN = ("out", "csv", "into", "folder", "job", "resume")
"""The options that name what a command writes; every other path is only read."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 after one sentence about bad input."""
    warnings.simplefilter("ignore", FutureWarning)  # what torch tells its callers is no concern of a user's
    try:
        arguments = sys.argv[1:] if arguments is None else arguments
        decoder.limit_passes()
        thread_waits.sleep_while_waiting()
        command, bound = parsed(arguments)
        _authorize(bound.arguments)
        return command(*bound.args, **bound.kwargs) or 0
    except BrokenPipeError:  # whoever reads the output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (CycloptsError, ValueError, RuntimeError, OSError, MemoryError, OutOfTime) as error:
        if not (sentence := _sentence(error)):
            raise
        print(sentence, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("Stopped before the end.", file=sys.stderr)
        return STOPPED


def parsed(arguments: Sequence[str]) -> tuple[Callable[..., int | None], BoundArguments]:
    """The command that is called and its arguments. Raises what cyclopts does for those it cannot understand."""
    with _without_pydantic():
        command, bound, _ = app(arguments).parse_args(arguments, print_error=False, exit_on_error=False)
    return command, bound


@contextmanager
def _without_pydantic() -> Iterator[None]:
    """Keep cyclopts from having pydantic check every flag, as it does where anything has loaded that.

    Pydantic would refuse the None of a flag that is not given, which `TrainConfig` fills in.
    """
    loaded = sys.modules.pop("pydantic", None)
    try:
        yield
    finally:
        if loaded is not None:
            sys.modules["pydantic"] = loaded


def app(called: Collection[str] = ()) -> App:
    """The commands as cyclopts knows them, none loaded yet; the help of one that is `called` is its docstring."""
    commands = _app("python -m engine", "Loss Lab without a browser.")
    groups = (
        (_app("runs", "list, export and import runs", group="Training and prediction"), OF_RUNS),
        (_app("sweep", "find hyper-parameters", group="Experiments"), OF_SWEEPS),
    )
    for group, members in COMMANDS.items():
        for name, (place, summary) in members.items():
            help = None if name in called else summary
            commands.command(place, name=name, help=help, group=group)
    for group_app, members in groups:
        for name, (place, summary) in members.items():
            group_app.command(place, name=name, help=None if name in called else summary)
        commands.command(group_app)
    return commands


def _app(name: str, help: str, group: str | None = None) -> App:
    flags = Parameter(
        allow_repeating=True,  # the last one counts, as in any shell alias
        show_default=lambda value: None if value in ("", False) else value,
        converter=_converted,
    )
    return App(
        name=name,
        help=help,
        group=group,
        help_format="markdown",
        help_formatter="plain",
        version_flags=(),
        default_parameter=flags,
    )


def _converted(hint: type, tokens: Sequence[Token]) -> object:
    """What cyclopts makes of a flag's words; it would round 1.5 for a whole number, which is refused instead."""
    if int in (hint, *get_args(hint)) and float not in get_args(hint):
        for token in tokens:
            if "." in token.value:
                raise ValueError(f"{token.value} is not a whole number.")
    return convert(hint, tokens)


def _authorize(arguments: Mapping[str, object]) -> None:
    """Ask for every path among a command's options whether the current user may use it. Raises `AccessError`."""
    for name, value in arguments.items():
        if isinstance(value, TrainConfig):
            access.locate(value.data)
        for path in value if isinstance(value, list) else [value]:
            if isinstance(path, Path):
                access.authorize(path, to_write=name in _WRITTEN)
                _refuse_address(path, name)


def _refuse_address(path: Path, name: str) -> None:
    """Raise `OutputError` for an address in storage where a command writes: it would become a folder here."""
    if name in _WRITTEN and (address := paths.storage_address(path)):
        raise OutputError(
            f"--{name} {address} is not a path on this machine: give one, and copy the run with --to "
            "or runs push."
        )


def _sentence(error: Exception) -> str:
    """What is wrong with the input; "" for a defect, which keeps its traceback."""
    if isinstance(error, UnknownCommandError):
        return (
            f"There is no command {(error.unused_tokens or [''])[0]!r}: python -m engine --help lists them."
        )
    if isinstance(error, UnusedCliTokensError):
        return f"This command does not take {' '.join(error.unused_tokens or [])!r}: leave it out."
    if isinstance(error, MissingArgumentError) and "--resume" in (error.root_input_tokens or ()):
        return "--resume continues a run as it was configured: leave out every other flag."
    if isinstance(error, CycloptsError):
        return " ".join(str(error).split())
    if isinstance(error, MemoryError):
        return "It needs more memory than is available: split it up, or choose smaller images."
    if isinstance(error, OutOfTime):
        return "Reading it takes too long: split it up."
    if isinstance(error, OSError) and error.errno in atomic_write.REFUSED:
        return f"{atomic_write.trouble(error).capitalize()}, then try again."
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return "A path or name is longer than this machine allows: check what stands after the command."
    return str(error) if type(error).__module__.startswith("engine.") else ""


def is_limited(arguments: Sequence[str]) -> bool:
    """Whether a command reads files of others and trains nothing.

    >>> is_limited(["runs", "import", "run.zip"]), is_limited(["train"])
    (True, False)
    """
    return any(list(arguments[: len(name.split())]) == name.split() for name in LIMITED)


if __name__ == "__main__":
    if is_limited(sys.argv[1:]):
        LIMITS.apply()
    sys.exit(main())
