"""Fine-tuning a converged network without disturbing what its batch norms have measured."""

from fastai.callback.core import Callback
from torch import nn

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)


class KeepBatchNormStatistics(Callback):
    """Batch norms use, and keep, the means and variances they have: those of a small batch would be far off.

    Their weights and biases still learn.
    """

    order = 1

    def before_train(self):
        for module in self.model.modules():
            if isinstance(module, _BATCH_NORMS):
                module.eval()
