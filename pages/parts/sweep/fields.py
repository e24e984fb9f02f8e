"""What can vary on the page Sweep, with the values to begin with; no widget here."""

from engine import tasks
from engine.config import CUSTOM, PHOTOGRAPHS, ConfigError, TrainConfig
from engine.experiments.sweeps.config import GRID, RANDOM, TPE, SweepConfig
from engine.experiments.sweeps.errors import SweepError
from engine.plots.names import named

HEAD, ALL_LAYERS = "Head only", "All layers"
TRAINED = (HEAD, ALL_LAYERS)
SAMPLERS = {TPE: "Learn from earlier trials (TPE)", RANDOM: "At random", GRID: "Grid"}
DEFAULTS = {
    "lr": "0.0005..0.05", "loss": "", "weight_decay": "0.0001..0.1", "freeze_epochs": "2..10", "epochs": "1..5",
    "weights": "photographs,drawings", "size": "128,224", "augment": "yes,no", "seed": "0..4", "batch_size": "16,32,64",
    "dropout": "0..0.5", "hidden": "0,256,512",
}  # fmt: skip
LOSSES_AT_FIRST = 3


def offered(task: str, trained: str) -> dict[str, str]:
    """The fields that can vary, and what each is called."""
    left_out = {"epochs"} if trained == HEAD else set()
    left_out |= {"loss"} if len(tasks.get(task).losses) == 1 else set()
    return {name: named(name) for name in DEFAULTS if name not in left_out}


def losses_first(task: str) -> list[str]:
    """The losses that are tried until a person chooses others."""
    return list(tasks.get(task).losses[:LOSSES_AT_FIRST])


def chosen_first(task: str) -> list[str]:
    """The fields that vary until a person chooses others."""
    return ["lr", *(["loss"] if len(tasks.get(task).losses) > 1 else ["weight_decay"])]


def base_of(task: str, data: str, trained: str) -> TrainConfig:
    """The baseline: Loss Lab's defaults for the head, or for all layers."""
    if trained == HEAD:
        return TrainConfig(task, data)
    base = TrainConfig(task, data)
    return TrainConfig(task, data, recipe=CUSTOM, weights=base.weights or PHOTOGRAPHS)


def sweep_of(values: dict) -> SweepConfig:
    """The sweep that a form asks for. Raises `SweepError` with every problem."""
    try:
        base = base_of(values["task"], values["data"], values["trained"])
    except ConfigError as error:
        raise SweepError(f"This sweep cannot be run: {error}.") from error
    return SweepConfig(
        base,
        values["vary"],
        values["sampler"],
        values["trials"] or None,
        values["minutes"] or None,
        values["pruning"],
        values["seed"],
    )
