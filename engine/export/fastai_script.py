"""A run as a fastai script: short, complete, and trained from scratch to the same figures.

The script reads images, split and targets from the run's `pictures.csv`. It needs fastai and the images; from this
program it takes only the asymmetric loss, which torch lacks, and the file of the backbone.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from engine import paths, tasks
from engine.config import CUSTOM, GRID_HEAD, USUAL_WEIGHT_DECAY, TrainConfig
from engine.export import fastai_script_templates as pieces
from engine.functional.loss_registry import SOFTMAX, choice
from engine.images.preprocess import IMAGENET
from engine.jobs import access, user_scope
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training.backbones import normalization, of_weights, weight_files

WIDTH = 100


@dataclass(frozen=True)
class _Source:
    """What a script reads, as Python: two folders, the vocabulary, the batch size, and imports for rare images."""

    run: str
    pictures: str
    vocab: str
    batch_size: int
    imports: tuple[str, ...] = ()


def of_run(run: Run) -> str:
    """The script that trains a run again. Raises `RunError` where the run has not read its images yet."""
    table = run.images
    in_training = int((~table["is_valid"].astype(bool)).sum())
    has_heif = table["fname"].str.lower().str.endswith(pieces.HEIF_ENDINGS).any()
    source = _Source(
        _place(run.folder.resolve()),
        _place(run.image_path("").resolve()),
        f"vocab = [\n{_wrapped([repr(label) for label in run.vocab])}]",
        min(run.config.batch_size or 64, in_training),
        ("import pi_heif", "pi_heif.register_heif_opener()") if has_heif else (),
    )
    return _script(run.config, source)


def of_config(config: TrainConfig) -> str:
    """The script of a run that has not begun, as if it were called "my run"."""
    data = paths.ROOT / (config.data if user_scope.is_restricted() else os.path.expanduser(config.data))
    folder = data.parent if access.is_allowed(data) and os.path.isfile(data) else data
    source = _Source(
        _place(paths.runs_folder() / "my run"),
        pieces.DOWNLOADS.get(config.data, _place(folder)),
        'vocab = sorted({label for cell in table.labels for label in cell.split("|") if label})',
        config.batch_size or 64,
    )
    return _script(config, source)


def _place(path: Path) -> str:
    return f"Path({_named(path)!r})"


def _named(path: Path) -> str:
    """A path in the script; its last part for a visitor, who must not learn where this machine keeps things."""
    return path.name if user_scope.is_restricted() else str(path)


def _script(config: TrainConfig, source: _Source) -> str:
    if config.recipe != CUSTOM:
        return _script_with_head(config, source)
    parts = (
        (_opening(config, source), "\n\n"),
        (_reading(config, source.vocab), "\n\n\n"),
        (pieces.GET_X[config.resize], "\n\n\n"),
        (pieces.GET_Y.format(target=pieces.TARGETS[config.task]), "\n\n\n"),
        (_loading(config, source.batch_size), "\n\n\n"),
        (pieces.SEEDS, "\n\n\n"),
        (pieces.BODY_AS_IT_IS if _keeps_body(config) else "", "\n\n\n"),
        (_loss(config), "\n\n\n"),
        (_learning(config), "\n\n"),
        (_ending(config), ""),
    )
    return "".join(part.strip("\n") + gap for part, gap in parts if part).strip("\n") + "\n"


def _script_with_head(config: TrainConfig, source: _Source) -> str:
    """A script that puts the weights of a Quick or Better run into fastai's network and validates it there."""
    opening = _opening(config, source).split("\n")
    opening[0] = f"# The network of a {config.recipe} run for {config.task}, rebuilt and validated in fastai."
    opening.insert(
        opening.index("import json"),
        "# The head was fitted by regularized regression on the backbone's features.",
    )
    unseen = replace(config, augment=False)
    network = pieces.NETWORK_WITH_HEAD.format(
        arch=_architecture(config.arch),
        head=pieces.HEADS[config.head].format(
            count=_head_inputs(config), n_out="len(vocab)" if tasks.get(config.task).has_labels else "2"
        ),
        cut=pieces.CUTS.get((config.head, config.weights), ""),
        load=pieces.LOAD_BODY[config.weights],
        metrics="".join(f", {metric}" for metric in _metrics(config)),
    )
    parts = (
        "\n".join(line for line in opening if not line.startswith("SEED")),
        _reading(config, source.vocab),
        pieces.GET_X[config.resize],
        pieces.GET_Y.format(target=pieces.TARGETS[config.task]),
        _loading(unseen, source.batch_size or 64),
        network,
        _ending(config),
    )
    return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"


def _head_inputs(config: TrainConfig) -> int:
    """How many features the head of a Quick or Better run takes."""
    if config.head != GRID_HEAD:
        return pieces.POOLED_FEATURES[config.weights]
    return pieces.GRID_CHANNELS[config.weights] * (-(-config.size // pieces.GRID_STRIDE)) ** 2


def _opening(config: TrainConfig, source: _Source) -> str:
    title, backbone = choice(config.task, config.loss).title, of_weights(config.weights)
    return "\n".join(
        [
            f"# {config.task} with {config.arch} and {title}, trained from scratch in fastai.",
            "import json",
            "import sys",
            "",
            "from fastai.vision.all import *",
            "from PIL import ImageOps",
            *_imports(config),
            *source.imports,
            "",
            f"RUN = {source.run}  # holds pictures.csv",
            f"PICTURES = {source.pictures}  # what the names in it are relative to",
            *([f"BODY = {_named(weight_files.file(backbone))!r}"] if backbone else []),
            f"SEED = {config.seed}",
            "WORKERS = 0  # more read images at once where processes are forked, as on Linux",
        ]
    )


def _imports(config: TrainConfig) -> list[str]:
    imports = ["from safetensors.torch import load_file"] if of_weights(config.weights) else []
    imports += [] if config.arch in pieces.FASTAI_MODELS else ["from torchvision import models"]
    root = paths.ROOT.name if user_scope.is_restricted() else str(paths.ROOT)
    if config.loss in pieces.IMPORTS:
        imports.append(pieces.IMPORTS[config.loss].format(root=root))
    elif _is_only_ours(config):
        imports.append(pieces.IMPORT_OUR_LOSS.format(root=root))
    return imports


def _is_usual(config: TrainConfig) -> bool:
    """Whether the loss is the one that fastai picks by itself."""
    return config.loss == tasks.get(config.task).losses[0]


def _is_only_ours(config: TrainConfig) -> bool:
    """Whether the loss has no counterpart in fastai or torch among the pieces."""
    return not _is_usual(config) and (config.task, config.loss) not in pieces.OTHER_LOSSES


def _reading(config: TrainConfig, vocab: str) -> str:
    kept = "" if tasks.get(config.task).has_points else ', "labels": str}, keep_default_na=False'
    table = f'table = pd.read_csv(RUN / "pictures.csv", dtype={{"fname": str{kept or "}"})'
    return "\n".join(
        [
            table,
            "valid = table[table.is_valid]",
            *([] if tasks.get(config.task).has_points else [vocab]),
        ]
    )


def _loading(config: TrainConfig, batch_size: int) -> str:
    device = ', device=torch.device("cpu")' if config.device == "cpu" else ""
    return f"""
dls = DataBlock(
    blocks=(ImageBlock, {pieces.BLOCKS[config.task]}), get_x=get_x, get_y=get_y, splitter=ColSplitter(),
    item_tfms=Resize({config.size}, ResizeMethod.Squish),
    batch_tfms=[{"*aug_transforms(), " if config.augment else ""}Normalize.from_stats({_stats(config)})],
).dataloaders(table, bs={batch_size}, num_workers=WORKERS{device})
"""


def _stats(config: TrainConfig) -> str:
    mean, std = normalization(config.weights)
    return "*imagenet_stats" if (mean, std) == IMAGENET else f"{tuple(mean)}, {tuple(std)}"


def _loss(config: TrainConfig) -> str:
    """The loss where it is not the one that fastai picks by itself."""
    if _is_only_ours(config):
        return pieces.OUR_LOSS.format(task=config.task, name=config.loss)
    return pieces.OTHER_LOSSES.get((config.task, config.loss), "").format(threshold=repr(config.threshold))


def _learning(config: TrainConfig) -> str:
    is_usual = _is_usual(config)
    loss = f"  # the loss is fastai's choice: {pieces.PICKED[config.task]}" if is_usual else ""
    callbacks = "SeedEveryEpoch(), FrozenBodyAsItIs()" if _keeps_body(config) else "SeedEveryEpoch()"
    options = [
        f"pretrained={config.weights == 'imagenet'}, normalize=False",
        *([] if is_usual else ["loss_func=loss"]),
        f"lin_ftrs={[config.hidden] if config.hidden else []}, ps={config.dropout!r}",
        *([f"y_range={tuple(config.y_range)}"] if config.y_range else []),
        *_metrics(config),
        *([] if config.weight_decay == USUAL_WEIGHT_DECAY else [f"wd={config.weight_decay!r}"]),
        *(["train_bn=False"] if _keeps_body(config) else []),
        f"cbs=[{callbacks}]",
    ]
    called = _wrapped(options)
    half = "if torch.cuda.is_available():\n    learn.to_fp16()\n" if config.device != "cpu" else ""
    body = pieces.LOAD_BODY.get(config.weights, "")
    return f"""
set_seed(SEED, reproducible=True)
learn = vision_learner(
    dls, {_architecture(config.arch)},{loss}
{called})
{body}{half}{_phases(config)}
"""


def _wrapped(options: list[str]) -> str:
    """Options on as few lines as fit, none of them broken."""
    lines = [""]
    for option in options:
        longer = f"{lines[-1]}, {option}" if lines[-1] else option
        lines = [*lines[:-1], longer] if len(longer) < WIDTH else [*lines, option]
    return "".join(f"    {line},\n" for line in lines)


def _metrics(config: TrainConfig) -> list[str]:
    return _METRICS[config.task](config)


def _accuracy_multi(config: TrainConfig) -> list[str]:
    if choice(config.task, config.loss).activation == SOFTMAX:
        return ["metrics=accuracy_of_softmax"]
    return [f"metrics=partial(accuracy_multi, thresh={config.threshold!r})"]


_METRICS: dict[str, Callable[[TrainConfig], list[str]]] = {
    SINGLE_LABEL: lambda config: ["metrics=accuracy"],
    MULTI_LABEL: _accuracy_multi,
    POINTS: lambda config: [],
}


def _phases(config: TrainConfig) -> str:
    """The phases of `engine.training.fastai_backend.fit`, in fastai's words."""
    if config.weights == "none":
        return f"learn.fit_one_cycle({config.epochs}, {config.lr!r})"
    if config.epochs == 0:
        return (
            f"learn.freeze()  # only the head learns\n"
            f"learn.fit_one_cycle({config.freeze_epochs}, slice({config.lr!r}))"
        )
    if config.freeze_epochs == 0:
        all_layers = f"slice({config.lr / 2 / 100!r}, {config.lr / 2!r})"
        return f"learn.unfreeze()\nlearn.fit_one_cycle({config.epochs}, {all_layers}, pct_start=0.3, div=5.0)"
    return f"learn.fine_tune({config.epochs}, base_lr={config.lr!r}, freeze_epochs={config.freeze_epochs})"


def _ending(config: TrainConfig) -> str:
    return f"{pieces.FIGURES[config.task].strip()}\nprint(json.dumps({{k: float(v) for k, v in figures.items()}}))"


def _architecture(arch: str) -> str:
    return arch if arch in pieces.FASTAI_MODELS else f"vars(models).get({arch!r}, {arch!r})"


def _keeps_body(config: TrainConfig) -> bool:
    """Whether the frozen epochs train on features that the body computed once; see `fastai_backend.cached_features`."""
    return not config.augment and config.freeze_epochs > 0
