"""The form's values as text in the page's address, and as one configuration; no widget here."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import asdict, fields
from typing import Any

from engine import tasks
from engine.config import BETTER, CUSTOM, RECIPES, ConfigError, TrainConfig
from engine.config import QUICK as QUICK_RECIPE
from engine.tasks import MULTI_LABEL
from engine.training.presets import QUICK

OF_CUSTOM = (
    "epochs", "freeze_epochs", "lr", "batch_size", "loss", "augment", "hidden", "dropout", "weight_decay", "y_range",
    "arch", "weights", "size", "threshold", "tensorboard",
)  # fmt: skip
"""What the recipes Quick and Better settle themselves."""

LARGEST_NUMBER = 2**53 - 1
"""The largest whole number that a browser tells from the next one."""

_READ: dict[str, Callable[[str], Any]] = {
    "bool": {"yes": True, "no": False}.__getitem__,
    "int": int,
    "float": float,
}


def values(address: Mapping[str, str]) -> dict:
    """The form's values: what the address says where it can be read, and the quick preset of its task for the rest."""
    task = address.get("task", "")
    task = MULTI_LABEL if tasks.problem_with(task) else task
    form = as_values(asdict(QUICK[task])) | {"recipe": _recipe(address)}
    for name in form.keys() - {"task", "recipe"}:
        if name in address:
            form[name] = _read(name, address[name], form[name])
    if form["loss"] not in tasks.get(task).losses:
        form["loss"] = tasks.get(task).losses[0]
    return form


def _recipe(address: Mapping[str, str]) -> str:
    """The recipe that an address names; one with values that only training by epochs has means custom."""
    if address.get("recipe") in RECIPES:
        return address["recipe"]
    return CUSTOM if any(name in address for name in OF_CUSTOM) else QUICK_RECIPE


def has_advanced(address: Mapping[str, str]) -> bool:
    """Whether an address carries a value that the form shows under Advanced."""
    simple = {"task", "data", "recipe"}
    return any(field.name in address for field in fields(TrainConfig) if field.name not in simple)


def as_values(record: dict) -> dict:
    """A configuration's record as the form holds it: the range of the predictions as text."""
    return record | {"y_range": ", ".join(f"{end:g}" for end in record["y_range"])}


def remember(shown: dict, address: MutableMapping[str, str]) -> None:
    """Write into the address what differs from the task's quick preset; what is not shown is taken out."""
    usual = as_values(asdict(QUICK[shown["task"]])) | {"task": MULTI_LABEL, "recipe": QUICK_RECIPE}
    for field in fields(TrainConfig):
        name = field.name
        if name not in shown or shown[name] == usual[name]:
            if name in address:
                del address[name]
        elif address.get(name) != _written(shown[name]):
            address[name] = _written(shown[name])


def config(shown: dict) -> TrainConfig:
    """The configuration that the form asks for; raises `ConfigError` with every problem."""
    given = dict(shown)
    if given.get("recipe") in (QUICK_RECIPE, BETTER):
        given = {name: value for name, value in given.items() if name not in OF_CUSTOM}
    if "y_range" in given:
        given["y_range"] = _range(given["y_range"])
    return TrainConfig(**given)


def _range(text: str | None) -> tuple:
    try:
        return tuple(float(end) for end in (text or "").replace(";", ",").split(",") if end.strip())
    except ValueError as error:
        raise ConfigError(
            f"y_range should be two numbers such as -1, 1, or empty, but is {text!r}"
        ) from error


def _read(name: str, text: str, usual):
    """The value in the address, or the usual one where a field could not hold it, such as a number of 400 digits."""
    try:
        read = _READ.get(type(usual).__name__, str)(text)
    except (ValueError, KeyError):
        return usual
    return usual if isinstance(read, int | float) and not abs(read) <= LARGEST_NUMBER else read


def _written(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
