"""The command line: `python -m engine train ...` and `python -m engine predict ...`."""

import argparse
import json
import sys
from pathlib import Path

from engine import config as configuration
from engine.config import TrainConfig

BAD_INPUT = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 after one sentence about bad input."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except (ValueError, RuntimeError, OSError) as error:
        if not _is_ours(error):
            raise
        print(error, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("Stopped before the end.", file=sys.stderr)
        return 130


def _is_ours(error: BaseException) -> bool:
    """Whether the error carries a sentence of the engine's own; anything else is a defect and keeps its traceback."""
    return type(error).__module__.startswith("engine.")


def train(options: argparse.Namespace) -> int:
    """Train a run, with a progress bar and a line per epoch on standard error, and its figures as JSON at the end."""
    names = TrainConfig.__dataclass_fields__
    config = TrainConfig(**{name: value for name, value in vars(options).items() if name in names})
    from engine import terminal, training

    with terminal.Bar() as bar:
        reached = training.train(config, options.out, bar)
    print(json.dumps(reached))
    return 0


def predict(options: argparse.Namespace) -> int:
    """Answer pictures one line each; unreadable ones get a sentence on standard error, and the rest are answered."""
    from engine import answers

    rows, problems = answers.answer_files(options.run, options.pictures)
    for problem in problems:
        print(problem, file=sys.stderr)
    for row in rows:
        print("\t".join(str(value) for value in row.values()))
    if options.csv and rows:
        answers.save_csv(options.csv, rows)
    return 0 if rows else BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description="Loss Lab without a browser.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(
        commands.add_parser(
            "train", help="train a run", formatter_class=argparse.ArgumentDefaultsHelpFormatter
        )
    )
    asked = commands.add_parser("predict", help="let a trained run answer pictures")
    asked.set_defaults(command=predict)
    asked.add_argument("--run", type=Path, required=True, help="folder of a finished run")
    asked.add_argument("pictures", nargs="+", metavar="PICTURE", help="picture file")
    asked.add_argument("--csv", type=Path, metavar="FILE", help="write the answers to this file as well")
    return parser


def _add_train(parser: argparse.ArgumentParser) -> None:
    default = {field.name: field.default for field in TrainConfig.__dataclass_fields__.values()}
    parser.set_defaults(command=train)
    add = parser.add_argument
    add("--task", choices=configuration.TASKS, required=True, help="what the network is to answer")
    add(
        "--data",
        required=True,
        metavar="FOLDER",
        help="pictures, or pascal_2007 or biwi_head_pose to download",
    )
    add("--out", type=Path, required=True, metavar="RUN", help="new folder for the run")
    add("--arch", default=default["arch"], help="a torchvision or timm architecture")
    add(
        "--weights",
        choices=configuration.WEIGHTS,
        default=default["weights"],
        help="where the body starts from",
    )
    add("--size", type=int, default=default["size"], help="side in pixels to which pictures are squeezed")
    add("--epochs", type=int, default=default["epochs"], help="epochs with all layers training")
    add("--freeze-epochs", type=int, help="epochs before those with the body frozen (1; 0 for weights none)")
    add("--lr", type=float, default=default["lr"], help="base learning rate")
    add("--batch-size", type=int, default=default["batch_size"], help="pictures per step")
    add("--threshold", type=float, default=default["threshold"], help="a probability above it means yes")
    add("--hidden", type=int, default=default["hidden"], help="width of the head's hidden layer; 0 is none")
    add("--dropout", type=float, help="dropout before the answer (0.5; 0 for points)")
    add("--seed", type=int, default=default["seed"], help="for the head, the order and a random split")
    add(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default=default["device"],
        help="auto takes a GPU if there is one",
    )


if __name__ == "__main__":
    sys.exit(main())
