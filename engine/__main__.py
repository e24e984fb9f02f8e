"""The command line: `python -m engine train ...`, `predict ...`, `runs`, `export ...` and `import ...`."""

import argparse
import dataclasses
import json
import signal
import sys
import warnings
from pathlib import Path
from typing import NoReturn

from engine import config as configuration
from engine import runs
from engine.config import ConfigError, TrainConfig
from engine.data.checks import command as check_command
from engine.data.exports import command as export_command
from engine.data.imports import command as import_command
from engine.jobs import access, atomic_write, device_queue, process, progress_bar
from engine.runs import Run
from engine.runs import table as runs_table
from engine.tasks import LOSSES, METHODS
from engine.training import downloading, lr_finder, preflight, trainer

BAD_INPUT = 2
_WRITTEN = ("out", "csv", "into", "progress", "folder", "job", "resume")
"""The options that name what a command writes; every other path is only read."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 after one sentence about bad input."""
    options = _parser().parse_args(arguments)
    warnings.simplefilter("ignore", FutureWarning)  # what torch tells its callers is no concern of a person's
    try:
        _authorize(options)
        return options.command(options)
    except (ValueError, RuntimeError, OSError) as error:
        if not (said := _said(error)):
            raise
        print(said, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("Stopped before the end.", file=sys.stderr)
        return 130


def _authorize(options: argparse.Namespace) -> None:
    """Ask for every path among a command's options whether the current user may use it. Raises `AccessError`."""
    for name, value in vars(options).items():
        if name == "data" and isinstance(value, str):
            access.locate(value)
        for path in value if isinstance(value, list) else [value]:
            if isinstance(path, Path) or name == "pictures":
                access.authorize(path, to_write=name in _WRITTEN)


def _said(error: BaseException) -> str:
    """The sentence of an error of the engine's own, or of a full disk; "" for a defect, which keeps its traceback."""
    if isinstance(error, OSError) and error.errno in atomic_write.FULL:
        return f"{atomic_write.trouble(error).capitalize()}, then try again."
    return str(error) if type(error).__module__.startswith("engine.") else ""


def train(options: argparse.Namespace) -> int:
    """Train a run, with a progress bar and a line per epoch on standard error, and its figures as JSON at the end.

    Ctrl-C ends it after the current batch and keeps what it has learned.
    """
    config, folder = (None, options.resume) if options.resume else (_config(options, "out"), options.out)
    config = config or _resumable(folder).config
    if options.in_background:
        process.step_back()
    if not options.resume:
        preflight.check(config, folder)
    _stop_gently(folder)
    with progress_bar.Bar() as bar:
        if options.resume:
            downloading.fetch_for_run(folder, bar)
        else:
            downloading.fetch_if_missing(config.data, bar)
        return _train(options, config, folder, bar)


def _train(options: argparse.Namespace, config: TrainConfig, folder: Path, bar: progress_bar.Bar) -> int:
    """Wait for the device, train, and print what was reached."""
    with device_queue.turn(config.device, folder.name, _Waiting(folder, bar)):
        reached = trainer.resume(folder, bar) if options.resume else trainer.train(config, folder, bar)
    if verdict := reached.get("verdict"):
        print(verdict, file=sys.stderr)
    print(json.dumps(runs.without_nan(reached)))
    return 0


def _resumable(folder: Path) -> Run:
    """The run to go on with; who is at work on it, or waits to be, is not to be talked over by a second process."""
    run = Run(folder)
    if run.state in runs.ACTIVE and process.is_alive(run.status):
        raise runs.RunError(f"The run {run.name!r} is at work in another process.")
    return run


def find_lr(options: argparse.Namespace) -> int:
    """Search for a learning rate, or read what such a search found before; the suggestions as JSON at the end."""
    if options.in_background:
        process.step_back()
    search = lr_finder.Search(options.folder) if options.folder else _search(_config(options), options.again)
    if search.state == "finished":
        print("Found before; --again searches anew.", file=sys.stderr)
        return _tell(search.found)
    _stop_gently(search.folder)
    waiting = "a search for a learning rate"
    with (
        progress_bar.Bar() as bar,
        device_queue.turn(search.config.device, waiting, _Waiting(search.folder, bar)),
    ):
        from engine.training import lr_search

        found = lr_search.find(search.folder, bar)
    return _tell(found)


def _tell(found: dict) -> int:
    rest = {name: value for name, value in found.items() if name not in ("suggestions", "data_stamp")}
    print(json.dumps(found["suggestions"] | rest))
    return 0


def _search(config: TrainConfig, again: bool) -> lr_finder.Search:
    earlier = lr_finder.look(config)
    if earlier and earlier.state in runs.ACTIVE:
        raise runs.RunError(
            "This search is at work in another process: wait for it, or stop it on the page Train."
        )
    is_known = earlier and earlier.state == "finished" and earlier.is_current
    return earlier if is_known and not again else lr_finder.fresh(config)


def _config(options: argparse.Namespace, *also: str) -> TrainConfig:
    missing = [f"--{name}" for name in ("task", "data", *also) if getattr(options, name) is None]
    if missing:
        hint = "; to go on with an old one, give --resume RUN" if also else ""
        raise ConfigError(f"A new {'run' if also else 'search'} needs {', '.join(missing)}{hint}.")
    names = TrainConfig.__dataclass_fields__
    given = {name: value for name, value in vars(options).items() if name in names and value is not None}
    return TrainConfig(**given)


def _stop_gently(folder: Path) -> None:
    """Let the first signal to end ask the run to stop, and the second one end the process."""

    def ask(number: int, _) -> None:
        signal.signal(number, signal.default_int_handler)
        if folder.is_dir():
            (folder / runs.STOP).touch()
        else:
            raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)


class _Waiting:
    """Say on the terminal and in the run's status who is at work first, until it is this run's turn."""

    def __init__(self, folder: Path, bar: progress_bar.Bar):
        self.folder, self.bar, self.told = folder, bar, ""

    def __call__(self, ahead: list[str]) -> None:
        sentence = f"waiting for {', '.join(ahead) or 'another run'}"
        if (self.folder / runs.STOP).exists():
            (self.folder / runs.STOP).unlink()
            runs.set_status(self.folder, "stopped", "stopped before it was its turn")
            raise runs.RunError("The run was stopped before it was its turn.")
        if sentence == self.told:
            return
        self.told = sentence
        self.bar.note(sentence)
        if (self.folder / "status.json").exists():
            runs.set_status(self.folder, "waiting", sentence)


def list_runs(options: argparse.Namespace) -> int:
    """Print one line for each run: name, state, task, how far it is and what it reached; or one run's script."""
    if options.code:
        from engine.export import fastai_script

        print(fastai_script.of_run(Run(options.code)), end="")
        return 0
    table = runs_table.table(runs.all_runs())
    print("There is no run yet." if table.empty else table.to_string(index=False, na_rep=""))
    return 0


def predict(options: argparse.Namespace) -> int:
    """Answer pictures one line each; unreadable ones get a sentence on standard error, and the rest are answered.

    Where a folder is named and a CSV file, the answers to all its pictures stream into that file instead.
    """
    if options.csv and any(Path(name).is_dir() for name in options.pictures):
        return _predict_many(options)
    from engine.inference import predict_files
    from engine.inference.batch.find_images import pictures_below

    rows, problems = predict_files.answer_files(options.run, pictures_below(options.pictures))
    for problem in problems:
        print(problem, file=sys.stderr)
    for row in rows:
        print("\t".join(str(value) for value in row.values()))
    if options.csv and rows:
        predict_files.save_csv(options.csv, rows)
    return 0 if rows else BAD_INPUT


def _predict_many(options: argparse.Namespace) -> int:
    """Stream any number of pictures into a CSV file; Ctrl-C stops after a batch, and the same command goes on."""
    from engine.inference.batch import Batch

    asked: list[int] = []

    def ask(number: int, _) -> None:
        signal.signal(number, signal.default_int_handler)
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    with progress_bar.Bar() as bar:
        batch = Batch(Run(options.run), options.csv)
        done = batch.answer(
            options.pictures, lambda share: bar.show("answering", share), bar.note, lambda: bool(asked)
        )
    print(done.in_words(options.csv), file=sys.stderr)
    print(json.dumps(dataclasses.asdict(done)))
    return 130 if not done.is_finished else 0 if done.answered else BAD_INPUT


def export(options: argparse.Namespace) -> int:
    """Write a finished run as one zip that works elsewhere; it is tried in a fresh process before it is kept."""
    from engine.export.bundle import write

    with progress_bar.Bar() as bar:
        write.make(Run(options.run), options.out, bar.show)
    print(options.out)
    return 0


def import_run(path: Path, name: str | None) -> Run:
    """Import a zip that export has written as a run; nothing of the zip is run."""
    from engine.export.bundle import import_bundle

    return import_bundle.bring_in(path, name)


def review(options: argparse.Namespace) -> int:
    """Rank the pictures whose labels or points look wrong; or measure what mending them has changed since."""
    from engine.experiments.label_review import job, report

    place = job.Job(options.into) if options.into else job.of(f"{options.data.resolve()} {options.task}")
    with progress_bar.Bar() as bar:
        found = job.work(place, options.data, options.task, options.difference, bar.show)
    if not options.difference:
        for line in report.lines(place, options.first):
            print(line)
        if options.csv:
            report.save_csv(place, options.csv)
        print(found["verdict"], file=sys.stderr)
    print(json.dumps(_without_nan(found)))
    return 0


def _without_nan(found: dict) -> dict:
    """The record with null where there is no number."""
    return {name: None if value != value else value for name, value in found.items()}


def none_of_these(options: argparse.Namespace) -> int:
    """Measure the exercise "none of these" and print its table."""
    from engine.experiments.open_set import build, summary

    with progress_bar.Bar() as bar:
        found = build.make(options.out, bar.show, options.seeds, options.drawn)
    print(summary(found).to_string(float_format="{:.3f}".format))
    return 0


class _Parser(argparse.ArgumentParser):
    """Tells of wrong arguments in one sentence; argparse would print the whole usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{message}; {self.prog} --help explains them all.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m engine", description="Loss Lab without a browser.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(
        commands.add_parser(
            "train", help="train a run", formatter_class=argparse.ArgumentDefaultsHelpFormatter
        )
    )
    _add_find_lr(
        commands.add_parser(
            "find-lr",
            help="suggest a learning rate for what train would do",
            formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        )
    )
    listed = commands.add_parser("runs", help="list all runs, how they stand and what they reached")
    listed.set_defaults(command=list_runs)
    listed.add_argument(
        "--code", type=Path, metavar="RUN", help="print a fastai script that trains this run again"
    )
    import_command.add_to(commands, import_run)
    check_command.add_to(commands)
    export_command.add_to(commands)
    asked = commands.add_parser("predict", help="let a trained run answer pictures")
    asked.set_defaults(command=predict)
    asked.add_argument("--run", type=Path, required=True, help="folder of a finished run")
    asked.add_argument(
        "pictures", nargs="+", metavar="PICTURE", help="picture file, or a folder of any number"
    )
    asked.add_argument("--csv", type=Path, metavar="FILE", help="write the answers to this file")
    exported = commands.add_parser("export", help="write a finished run as one zip, to be used anywhere")
    exported.set_defaults(command=export)
    exported.add_argument("--run", type=Path, required=True, help="folder of a finished run")
    exported.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="the zip to write")
    asked = commands.add_parser("none-of-these", help="measure what networks say to pictures of nothing")
    asked.set_defaults(command=none_of_these)
    asked.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the results go")
    asked.add_argument("--seeds", type=int, default=10, help="beginnings to train from (10)")
    asked.add_argument("--drawn", type=Path, metavar="FOLDER", help="results whose pictures are used again")
    _add_review(commands.add_parser("review", help="rank the labels or points that look wrong"))
    return parser


def _add_review(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=review)
    add = parser.add_argument
    add("--data", type=Path, required=True, metavar="FOLDER", help="pictures with labels or points")
    add("--task", choices=configuration.TASKS, required=True, help="what the labels or points are for")
    add("--first", type=int, default=20, metavar="N", help="print the first N (20)")
    add("--csv", type=Path, metavar="FILE", help="write the whole ranking to this file")
    add("--difference", action="store_true", help="measure what was mended since the ranking, instead")
    add("--into", type=Path, metavar="REVIEW", help="the review's own folder")


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=train)
    add = parser.add_argument
    add("--out", type=Path, metavar="RUN", help="new folder for the run")
    add(
        "--resume",
        type=Path,
        metavar="RUN",
        help="go on with this run, as it was configured, and nothing else",
    )
    _add_config(parser)


def _add_find_lr(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=find_lr)
    parser.add_argument("--again", action="store_true", help="search anew where this was found before")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    _add_config(parser)


def _add_config(parser: argparse.ArgumentParser) -> None:
    """What a run is configured by."""
    default = {field.name: field.default for field in TrainConfig.__dataclass_fields__.values()}
    add = parser.add_argument
    add("--task", choices=configuration.TASKS, help="what the network is to answer")
    add("--data", metavar="FOLDER", help="pictures, or pascal_2007 or biwi_head_pose to download")
    add("--in-background", action="store_true", help="let every other process go first")
    add(
        "--recipe",
        choices=configuration.RECIPES,
        help="quick (seconds), better (fine-tunes from there), or custom",
    )
    add("--arch", help="a torchvision or timm architecture; that of the weights if left out")
    add("--weights", choices=configuration.WEIGHTS, help="where the network starts from (photographs)")
    add(
        "--size",
        type=int,
        help="side in pixels of the square the network sees (224; points 256; drawings 128)",
    )
    add(
        "--resize",
        choices=METHODS,
        default=default["resize"],
        help="squeeze whole images, or take their middle",
    )
    add(
        "--epochs", type=int, help="epochs with all layers training; naming any switches to the recipe custom"
    )
    add("--freeze-epochs", type=int, help="epochs before those with the body frozen (1; 0 for weights none)")
    add("--lr", type=float, help="base learning rate (3e-3)")
    add("--batch-size", type=int, help="images per step (64)")
    add("--loss", help=f"{'; '.join(f'{t}: ' + ', '.join(n) for t, n in LOSSES.items())}")
    add("--y-range", type=float, nargs=2, metavar=("LOW", "HIGH"), help="squeeze points into it (-1 1)")
    add("--no-y-range", dest="y_range", action="store_const", const=(), help="leave points as they come")
    add("--no-augment", dest="augment", action="store_false", default=None, help="never alter the images")
    add("--balance", action="store_true", help="let rare classes count as much as frequent ones")
    add("--threshold", type=float, default=default["threshold"], help="a probability above it means yes")
    add("--hidden", type=int, help="width of the head's hidden layer; 0 is none")
    add("--dropout", type=float, help="dropout before the answer (0.5; 0 for points)")
    add("--tensorboard", action="store_true", help="also write losses and measures for TensorBoard")
    add("--seed", type=int, default=default["seed"], help="for the head, the order and a random split")
    add(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default=default["device"],
        help="auto takes a GPU if there is one",
    )


if __name__ == "__main__":
    sys.exit(main())
