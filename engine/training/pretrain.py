"""Train the backbone for drawings: one ResNet-18 learns generated scenes and heads at the same time.

    python -m engine.training.pretrain --scenes 6000 --heads 5000 --minutes 60 --drawings FOLDER

Nothing of `sample_data` is used: all images come from other seeds, without the persons of the samples. Every batch has
both kinds of images, so that the batch-norm statistics suit both.
"""

import argparse
import io
import json
import math
import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, interpolate, l1_loss
from tqdm import tqdm

from engine import paths
from engine.config import TrainConfig
from engine.functional import metrics
from engine.functional.coordinates import to_unit
from engine.functional.label_encoding import encode
from engine.functional.losses import sigmoid
from engine.images.preprocess import as_floats, normalise, to_batch
from engine.images.resize import to_square
from engine.jobs.atomic_write import write_text, write_whole
from engine.synthetic import heads, scenes
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import fastai_backend, weights

SIZE = 128
SMALL = 96
"""Progressive resizing: training starts with images of this size, which is faster."""
CHUNK = 50
SCENE_SIZE = (288, 216)
HEAD_SIZE = (320, 240)
HELD_OUT_SEED = 10**6
"""Drawings with a seed at or above this one are for evaluation only."""


def draw_scenes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A chunk of scenes as the network sees them, (CHUNK, SIZE, SIZE, 3) uint8, and targets (CHUNK, C)."""
    drawn = list(scenes.fresh(seed, CHUNK, SCENE_SIZE))
    targets = [encode(labels, scenes.KINDS) for _, labels in drawn]
    return _squares([image for image, _ in drawn], seed), np.stack(targets).astype(np.float32)


def draw_heads(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A chunk of heads as the network sees them, and their centres (CHUNK, 2) over -1..1."""
    drawn = list(heads.fresh(seed, CHUNK, HEAD_SIZE))
    centres = to_unit(np.array([centre for _, centre in drawn], float), HEAD_SIZE)
    return _squares([image for image, _ in drawn], seed), centres.astype(np.float32)


def _squares(images: list[Image.Image], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([to_square(_jpeg_compressed(image, int(rng.integers(60, 96))), SIZE) for image in images])


def _jpeg_compressed(image: Image.Image, quality: int) -> Image.Image:
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=quality)
    return Image.open(packed).convert("RGB")


def drawings(draw, count: int, first_seed: int, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """`count` drawings with their targets, cached in `folder` by chunk."""
    folder = folder / draw.__name__
    seeds = range(first_seed, first_seed + -(-count // CHUNK))
    missing = [seed for seed in seeds if not _chunk(folder, seed).exists()]
    with multiprocessing.get_context("spawn").Pool() as pool:
        jobs = pool.imap_unordered(_DrawAndSave(draw, folder), missing)
        for _ in tqdm(jobs, total=len(missing), desc=draw.__name__, disable=not missing):
            pass
    chunks = [np.load(_chunk(folder, seed), allow_pickle=False) for seed in seeds]
    images, targets = (
        np.concatenate([chunk[name] for chunk in chunks])[:count] for name in ("pictures", "targets")
    )
    return images, targets


class _DrawAndSave:
    def __init__(self, draw, folder: Path):
        self.draw, self.folder = draw, folder

    def __call__(self, seed: int) -> None:
        images, targets = self.draw(seed)

        def write(path: Path) -> None:
            with open(path, "wb") as file:
                np.savez(file, pictures=images, targets=targets)

        write_whole(_chunk(self.folder, seed), write)


def _chunk(folder: Path, seed: int) -> Path:
    return folder / f"{seed}.npz"


class TwoTasks(nn.Module):
    """One body with a head for scenes and a head for points, as fastai makes them.

    Both heads are linear, so that the body itself learns what and where: a new head then needs few images.
    """

    def __init__(self):
        super().__init__()
        labels = TrainConfig(task=MULTI_LABEL, data="", weights="none", hidden=0, dropout=0.2)
        points = TrainConfig(task=POINTS, data="", weights="none", hidden=0)
        self.body: nn.Module
        self.scene_head: nn.Module
        self.body, self.scene_head = fastai_backend.build_model(labels, len(scenes.KINDS)).children()
        _, self.point_head = fastai_backend.build_model(points, 2).children()

    def load_body(self, file: Path) -> None:
        """Load a body that an earlier call wrote."""
        tensors = load_file(file)
        self.body.load_state_dict(
            {name.removeprefix("0."): tensor.float() for name, tensor in tensors.items()}
        )

    def forward(self, images: Tensor, n_scenes: int) -> tuple[Tensor, Tensor]:
        """Logits for the first `n_scenes` images, points over -1..1 for the rest."""
        features = self.body(images)
        return self.scene_head(features[:n_scenes]), self.point_head(features[n_scenes:])


def batches(sets, sizes: tuple[int, int], seed: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Endless augmented batches: images (scenes first) of 0 to 1, scene targets, points over -1..1."""
    rng = np.random.default_rng(seed)
    orders = [_endless(len(images), size, rng) for (images, _), size in zip(sets, sizes, strict=True)]
    (scene_images, labels), (head_images, points) = sets
    while True:
        scene_rows, head_rows = map(next, orders)
        seen_scenes, _ = fastai_backend.augment(as_floats(scene_images[scene_rows]), None)
        seen_heads, moved = fastai_backend.augment(
            as_floats(head_images[head_rows]), torch.from_numpy(points[head_rows])
        )
        assert moved is not None, "points were given"
        yield (
            _with_random_light(torch.cat([seen_scenes, seen_heads])),
            torch.from_numpy(labels[scene_rows]),
            moved,
        )


def _with_random_light(images: Tensor) -> Tensor:
    """Images with random brightness, contrast and tint."""
    count = len(images)
    contrast = torch.empty(count, 1, 1, 1).uniform_(0.75, 1.25)
    offset = torch.empty(count, 1, 1, 1).uniform_(-0.1, 0.1) + torch.empty(count, 3, 1, 1).uniform_(
        -0.04, 0.04
    )
    return ((images - 0.5) * contrast + 0.5 + offset).clamp_(0, 1)


def _endless(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    while True:
        order = rng.permutation(count)
        yield from (order[start : start + size] for start in range(0, count - size + 1, size))


def pretrain(options: argparse.Namespace) -> dict:
    """Draw, train, and write the body with its metrics on unseen drawings."""
    sets = [
        drawings(draw_scenes, options.scenes, 0, options.drawings),
        drawings(draw_heads, options.heads, 0, options.drawings),
    ]
    unseen = [drawings(draw, 400, HELD_OUT_SEED, options.drawings) for draw in (draw_scenes, draw_heads)]
    torch.manual_seed(options.seed)
    model = TwoTasks().to(memory_format=torch.channels_last)
    if options.start:
        model.load_body(options.start)
    sizes = (48, round(48 * options.heads / options.scenes))
    started, seen, reported = time.perf_counter(), 0, 0
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, weight_decay=0.05)
    with tqdm(total=options.minutes, bar_format="training: {n:.1f} of {total:.1f} minutes |{bar}|") as bar:
        for batch in batches(sets, sizes, options.seed):
            share = (time.perf_counter() - started) / 60 / options.minutes
            if share >= 1:
                break
            _step(model, batch, optimizer, options.lr * one_cycle(share), small=share < options.small_share)
            seen += sum(sizes)
            bar.update(share * options.minutes - bar.n)
            if share * 20 >= reported + 1:
                reported = int(share * 20)
                tqdm.write(f"{seen} images  {json.dumps(evaluate(model, *unseen))}")
                _save(model, options.out)
    _save(model, options.out)
    results = evaluate(model, *unseen) | {
        "scenes": options.scenes,
        "heads": options.heads,
        "epochs": round(seen / (options.scenes + options.heads), 1),
        "minutes": options.minutes,
    }
    write_text(options.out.with_suffix(".json"), json.dumps(results, indent=2) + "\n")
    return results


def one_cycle(share: float, warm: float = 0.15) -> float:
    """The one-cycle schedule (Smith 2018), 0 to 1 to 0 along cosines, at a share of the whole time."""
    phase = share / warm if share < warm else 1 + (share - warm) / (1 - warm)
    return (1 - math.cos(math.pi * phase)) / 2


def _step(
    model: TwoTasks,
    batch: tuple[Tensor, Tensor, Tensor],
    optimizer: torch.optim.Optimizer,
    lr: float,
    small: bool,
):
    images, labels, points = batch
    for group in optimizer.param_groups:
        group["lr"] = lr
    model.train()
    if small:
        images = interpolate(images, size=SMALL, mode="bilinear", antialias=True)
    with torch.autocast("cpu", torch.bfloat16):
        logits, places = model(normalise(images).to(memory_format=torch.channels_last), len(labels))
    inside = (points.abs() <= 1).all(dim=1, keepdim=True)
    loss = binary_cross_entropy_with_logits(logits.float(), labels)
    loss = loss + 2 * (l1_loss(places.float(), points, reduction="none") * inside).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def evaluate(model: TwoTasks, unseen_scenes, unseen_heads) -> dict[str, float]:
    """Mean average precision, skill and median error (percent of the width) on drawings never trained on."""
    model.eval()
    with torch.inference_mode():
        logits = _outputs(nn.Sequential(model.body, model.scene_head), unseen_scenes[0])
        points = _outputs(nn.Sequential(model.body, model.point_head), unseen_heads[0])
    probs, targets = sigmoid(logits), unseen_scenes[1].astype(np.uint8)
    error_px = np.linalg.norm((points - unseen_heads[1]) / 2 * HEAD_SIZE, axis=1)
    return {
        "mean_average_precision": round(float(np.nanmean(metrics.average_precision(probs, targets))), 4),
        "skill": round(float(metrics.skill(metrics.accuracy_multi(probs, targets), targets)), 4),
        "median_error_percent_of_width": round(float(100 * np.median(error_px) / HEAD_SIZE[0]), 3),
    }


def _outputs(network: nn.Module, images: np.ndarray) -> np.ndarray:
    parts = np.array_split(images, -(-len(images) // 64))
    return np.concatenate([network(to_batch(part)).numpy() for part in parts])


def _save(model: TwoTasks, out: Path) -> None:
    body = {
        f"0.{name}": weights.as_saved(tensor).contiguous() for name, tensor in model.body.state_dict().items()
    }
    write_whole(out, lambda path: save_file(body, path))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m engine.training.pretrain", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--scenes", type=int, default=6000)
    parser.add_argument("--heads", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--small-share", type=float, default=0.5, help="share of the time on smaller images")
    parser.add_argument("--start", type=Path, help="a body that an earlier call wrote, to continue from")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--drawings", type=Path, required=True, help="folder that keeps the drawings")
    parser.add_argument("--out", type=Path, default=paths.DRAWINGS_BACKBONE)
    print(json.dumps(pretrain(parser.parse_args())))


if __name__ == "__main__":
    main()
