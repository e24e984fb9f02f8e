"""How an image must reach the network and what comes back, as one record that needs no Loss Lab to be followed."""

from engine.config import TrainConfig
from engine.functional import loss_registry
from engine.images import resize
from engine.inference import onnx_export
from engine.training.backbones import normalization

_ACTIVATION = {
    loss_registry.SIGMOID: "sigmoid: every class is its own yes/no question",
    loss_registry.SOFTMAX: "softmax: the probabilities of all classes sum to 1",
    loss_registry.AS_IS: "none: x and y over -1..1, where -1 is the left or upper edge and 1 the right or lower one",
}


def record(config: TrainConfig) -> dict:
    """Everything from the opened image to the prediction, for `preprocessing.json`."""
    mean, std = normalization(config.weights)
    return {
        "picture": "upright according to EXIF, 8-bit RGB, transparency on white",
        "resize": config.resize,
        "resize_is": f"{resize.IN_WORDS[config.resize]}; its left and upper end rounded down; Pillow's bilinear",
        "size": config.size,
        "scale": "0..255 divided by 255",
        "mean": list(mean),
        "std": list(std),
        "layout": "(images, 3, size, size) float32",
        "input": onnx_export.INPUT,
        "outputs": list(onnx_export.outputs_of(config.task)),
        "answer": onnx_export.outputs_of(config.task)[-1],
        "activation": _ACTIVATION[loss_registry.choice(config.task, config.loss).activation],
        "activation_is": "inside model.onnx, and before it the temperatures of calibration.json where there is one",
    }
