"""One image's prediction compared with fastai's `Learner.predict`, by the same run: `python -m benchmarks.prediction`.

All start from the same JPEG bytes and the same loaded weights, in turns whose order is reversed every time: the engine
with the network compiled, as the app predicts once it has been; the engine with torch, as it predicts until then; and
the learner that training uses, with fastai's own resize in front. Processor time, which other work on the machine
disturbs least, and time on the clock: medians of n pictures. And how far the engine's predictions ever lie from the
learner's: probabilities, or the point over -1..1.
"""

import argparse
import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, process_time, sleep

import numpy as np
import torch
from fastai.learner import Learner
from fastai.vision.augment import Resize, ResizeMethod
from fastai.vision.core import PILImage

from benchmarks.timing import in_turn, machine, percentile
from engine import runs, tasks
from engine.data import formats
from engine.functional import loss_registry
from engine.images import image_size, open_image, open_square
from engine.inference import onnx_backend, predict
from engine.inference.predict import PointPrediction
from engine.inference.torch_backend import TorchNetwork
from engine.runs import Run
from engine.training import fastai_backend

OURS, TORCH, FASTAI = "engine.inference.predict", "by torch", "Learner.predict"
Way = Callable[[bytes], np.ndarray]
_REST_SECONDS = 0.05
"""After a call torch's threads keep their cores busy for some milliseconds, which would count for the next way."""


@dataclass(frozen=True)
class Duel:
    """What one run gave: seconds for each way and image, of processor time and on the clock.

    `difference` is the largest one between predictions.
    """

    run: Run
    seconds: dict[str, list[float]]
    on_the_clock: dict[str, list[float]]
    difference: float


def times_faster(seconds: dict[str, list[float]]) -> float:
    """fastai's median over ours."""
    return percentile(seconds[FASTAI], 50) / percentile(seconds[OURS], 50)


def ours(run: Run, device: str = "auto") -> Way:
    """From JPEG bytes to the probabilities, or to the point over -1..1, by the engine; on "cpu" by torch.

    Probabilities are those before calibration, which fastai does not know.
    """
    onnx_backend.make(run)
    model, activation = predict.load(run, device), loss_registry.choice(run.task, run.config.loss).predictions

    has_points = tasks.get(run.task).has_points

    def outputs_of(jpeg: bytes) -> np.ndarray:
        square = open_square(jpeg, run.config.size, run.config.resize)
        (prediction,) = model.predict_squares([square], [image_size(jpeg) if has_points else (0, 0)])
        return (
            prediction.point_unit
            if isinstance(prediction, PointPrediction)
            else activation(prediction.logits)
        )

    return outputs_of


def fastai(run: Run) -> Way:
    """The same by the run's own learner: what one would call with a trained `Learner`."""
    learn = _learner(run)

    def outputs_of(jpeg: bytes) -> np.ndarray:
        _, _, outputs = learn.predict(PILImage.create(jpeg))
        return outputs.numpy().reshape(-1)

    return outputs_of


def _learner(run: Run) -> Learner:
    dataset = formats.load(run.data, run.task)
    unread = np.zeros((len(dataset.table), run.config.size, run.config.size, 3), np.uint8)
    dls = fastai_backend.data_loaders(dataset, unread, run.config)
    dls.valid.after_item.add(Resize(run.config.size, method=ResizeMethod.Squish))
    config = replace(run.config, recipe="custom", weights="none", freeze_epochs=0, epochs=1)
    learn = fastai_backend.full_precision(fastai_backend.learner(dls, config, n_out=len(run.vocab) or 2))
    learn.model = TorchNetwork(run, "cpu").network
    return learn


def duel(run: Run, pictures: int) -> Duel:
    """Let both predict the first validation images of a run, after one that is not counted."""
    ways = {OURS: ours(run), TORCH: ours(run, "cpu"), FASTAI: fastai(run)}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    difference = 0.0
    for turn, jpeg in enumerate(_jpegs(run, pictures + 1)):
        outputs = {}
        for name in in_turn(list(ways), turn):
            sleep(_REST_SECONDS)
            start, began = process_time(), perf_counter()
            outputs[name] = ways[name](jpeg)
            taken[name].append((process_time() - start, perf_counter() - began))
        apart = (np.abs(outputs[name] - outputs[FASTAI]).max() for name in (OURS, TORCH))
        difference = max(difference, *map(float, apart))
    seconds, on_the_clock = (
        {name: [pair[kind] for pair in pairs[1:]] for name, pairs in taken.items()} for kind in (0, 1)
    )
    return Duel(run, seconds, on_the_clock, difference)


def _jpegs(run: Run, count: int) -> list[bytes]:
    """The bytes of `count` validation pictures, as JPEG whatever they were, from the start again when they run out."""
    fnames = itertools.islice(itertools.cycle(run.predictions.fnames), count)
    return [_as_jpeg(run.image_path(fname)) for fname in fnames]


def _as_jpeg(file: Path) -> bytes:
    if file.suffix.lower() in (".jpg", ".jpeg"):
        return file.read_bytes()
    buffer = io.BytesIO()
    open_image(file).save(buffer, "JPEG")
    return buffer.getvalue()


def report(found: Duel) -> None:
    """Print what one run gave."""
    n = len(found.seconds[OURS])
    print(f"\n{found.run.name} ({found.run.config.arch}, {found.run.config.size} px), {n} pictures")
    for what, seconds in (("processor time", found.seconds), ("on the clock", found.on_the_clock)):
        for name, taken in seconds.items():
            middle, late = (1000 * percentile(taken, share) for share in (50, 95))
            print(f"  {what:15s}{name:25s}median {middle:8.1f} ms   95th percentile {late:8.1f} ms")
        print(f"  {what:15s}{times_faster(seconds):.1f} times faster (aim: 5)")
    print(
        f"  predictions differ by at most {found.difference:.1e} (aim: 1e-4; a run in 8-bit integers rounds more)"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument(
        "--runs", type=Path, nargs="+", metavar="RUN", help="folders of runs; all ready ones if none"
    )
    options = parser.parse_args(arguments)
    chosen = [Run(folder) for folder in options.runs or []] or runs.ready_runs()
    print(machine("torch", "fastai"), f"{torch.get_num_threads()} torch threads", sep="; ")
    for run in chosen:
        report(duel(run, options.pictures))
    if not chosen:
        print("No run is ready, so nothing was measured: train one with python -m engine train.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
