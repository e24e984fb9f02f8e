"""A run's network in torch: loaded when it is first needed, then shared."""

from collections.abc import Sequence
from functools import cached_property
from threading import Lock, local
from typing import TYPE_CHECKING, cast

import numpy as np

from engine.runs import Run, files

if TYPE_CHECKING:
    import torch
    from torch import nn


class TorchNetwork:
    """The network of one run on one device ("auto", "cpu" or "cuda"). Safe to share: predicting changes nothing."""

    is_batch_invariant = False
    """torch chooses its kernels, and with them the order of additions, by the number of images."""

    def __init__(self, run: Run, device: str):
        self._run, self._requested_device, self._loading = run, device, Lock()
        self._passing = local()

    @property
    def network(self) -> "nn.Sequential":
        """The body and the head. Raises `RunError` or `WeightsError` with one sentence where it cannot be loaded."""
        with self._loading:
            return self._network

    @cached_property
    def device(self) -> "torch.device":
        """The `torch.device` that it predicts on."""
        from engine.training import fastai_backend

        return fastai_backend.pick_device(self._requested_device)

    def outputs(self, squares: Sequence[np.ndarray]) -> np.ndarray:
        """Raw outputs (N, n_out) for squares (size, size, 3)."""
        import torch

        from engine.images.preprocess import to_batch
        from engine.training.backbones import normalization

        with torch.inference_mode():
            stats = normalization(self._run.config.weights)
            batch = to_batch(squares, stats).to(self.device, memory_format=torch.channels_last)
            return self.network(batch).float().cpu().numpy()

    def outputs_and_features(self, squares: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Raw outputs, and the features for familiarity, as `engine.training.run_graph` describes it."""
        import torch

        from engine.images.preprocess import to_batch
        from engine.training.backbones import normalization

        with torch.inference_mode():
            stats = normalization(self._run.config.weights)
            batch = to_batch(squares, stats).to(self.device, memory_format=torch.channels_last)
            body, head = self.network
            seen = body(batch)
            texture = getattr(self._passing, "texture", [])
            features = torch.cat([seen.amax((2, 3)), seen.mean((2, 3)), *texture], dim=1)
            return head(seen).float().cpu().numpy(), features.float().cpu().numpy()

    @cached_property
    def _network(self) -> "nn.Sequential":
        import torch
        from torch import nn

        from engine.training import fastai_backend, weights

        built = fastai_backend.build_model(self._run.config, n_out=len(self._run.vocab) or 2)
        network = cast(nn.Sequential, built)
        weights.load(network, self._run.folder / files.WEIGHTS)
        self._keep_texture(network[0])
        network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
        return network.to(self.device)

    def _keep_texture(self, body: "nn.Module") -> None:
        """Have each pass through the body leave its texture (N, T) in `_passing`, which each thread has for itself."""
        from torch import std_mean

        from engine.training.backbones import of_weights

        if (backbone := of_weights(self._run.config.weights)) is None:
            return
        stage = body.get_submodule(backbone.prefix.removeprefix("0.") + backbone.texture_stage)

        def keep(module: "nn.Module", inputs: tuple, output: "torch.Tensor") -> None:
            std, mean = std_mean(output.float(), dim=(2, 3), correction=0)
            self._passing.texture = [mean, std]

        stage.register_forward_hook(keep)
