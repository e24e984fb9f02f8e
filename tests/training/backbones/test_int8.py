"""Backbones in 8-bit integers: close to the floats, and with a range for everything that is rounded."""

import numpy as np
import onnx
import onnxruntime
import pytest

from engine import paths
from engine.images import open_image
from engine.images.resize import to_square
from engine.training.backbones import (
    DRAWINGS,
    GRID,
    LOGITS,
    PHOTOGRAPHS,
    POOLED,
    TEXTURE,
    graphs,
    int8,
    sessions,
    weight_files,
)
from engine.training.backbones.measure_int8_ranges import measure
from engine.training.backbones.onnx_graph import IMAGES
from engine.training.backbones.registry import PHOTOGRAPHS_LARGE


@pytest.fixture(scope="module")
def squares():
    files = sorted((paths.SAMPLE_DATA / "photographs").glob("*.jpg"))[:3]
    return np.stack([to_square(open_image(file), 128) for file in files])


def computed(backbone, squares, outputs, in_integers):
    graph = graphs.body(weight_files.tensors(backbone), backbone, in_integers)
    return sessions.open_session(graph.model(outputs)).run(None, {IMAGES: squares})


@pytest.mark.parametrize("backbone", [PHOTOGRAPHS, PHOTOGRAPHS_LARGE], ids=lambda backbone: backbone.name)
def test_integers_give_nearly_what_floats_give(squares, backbone):
    outputs = (POOLED, GRID, TEXTURE, LOGITS)
    for exact, rounded in zip(
        *(computed(backbone, squares, outputs, way) for way in (False, True)), strict=True
    ):
        assert exact.shape == rounded.shape and rounded.dtype == np.float32
        assert np.corrcoef(exact.ravel(), rounded.ravel())[0, 1] > 0.97
        assert not np.array_equal(exact, rounded)


def test_every_convolution_of_a_body_is_in_integers():
    graph = graphs.body(weight_files.tensors(PHOTOGRAPHS), PHOTOGRAPHS, True)
    model = onnx.load_from_string(graph.model([LOGITS]))
    dequantized = {node.output[0] for node in model.graph.node if node.op_type == "DequantizeLinear"}
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    assert len(convolutions) == 49
    assert all(set(node.input) <= dequantized for node in convolutions)
    assert not [node for node in model.graph.node if node.op_type == "Clip"]


def test_a_resnet_is_in_integers_but_for_its_first_convolution():
    """Its images are normalized differently in each channel; ReLUs are gone, being a part of the rounding."""
    files = sorted((paths.SCENES / "train").glob("*.jpg"))[:3]
    squares = np.stack([to_square(open_image(file), 128) for file in files])
    outputs = (POOLED, GRID, TEXTURE)
    ways = (computed(DRAWINGS, squares, outputs, way) for way in (False, True))
    for exact, rounded in zip(*ways, strict=True):
        assert exact.shape == rounded.shape and not np.array_equal(exact, rounded)
        assert np.corrcoef(exact.ravel(), rounded.ravel())[0, 1] > 0.98
    graph = graphs.body(weight_files.tensors(DRAWINGS), DRAWINGS, True)
    nodes = onnx.load_from_string(graph.model([POOLED])).graph.node
    dequantized = {node.output[0] for node in nodes if node.op_type == "DequantizeLinear"}
    exact = [node.name for node in nodes if node.op_type == "Conv" and not set(node.input) <= dequantized]
    assert exact == ["0.0.out"]
    assert [node.name for node in nodes if node.op_type == "Relu"] == ["stem.relu"]


def test_the_runtime_adds_integers_too(tmp_path):
    """It does where their steps are scalars: a constant without a dimension must not get one."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    graph = graphs.body(weight_files.tensors(DRAWINGS), DRAWINGS, True)
    onnxruntime.InferenceSession(graph.model([POOLED]), options, providers=["CPUExecutionProvider"])
    operators = [node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node]
    assert operators.count("QLinearAdd") == 8 and "Add" not in operators


def test_ranges_hold_what_images_reach_and_zero(squares):
    image = open_image(next((paths.SAMPLE_DATA / "photographs").glob("*.jpg")))
    ranges = measure(PHOTOGRAPHS, [image], [(64, 64)])
    assert set(ranges) == set(graphs.int8_ranges.of(PHOTOGRAPHS))
    assert all(low <= 0 <= high for low, high in ranges.values())
    assert all(low == 0 and high <= 6 for name, (low, high) in ranges.items() if name.endswith("relu6"))


def test_a_channel_without_weights_keeps_its_bias_within_32_bits():
    np.testing.assert_array_equal(int8._int32(np.array([1e20, -1e20, 2.4])), [2**31 - 128, 128 - 2**31, 2])


def test_a_variable_turns_integers_off(monkeypatch):
    monkeypatch.setattr(int8, "_processor_flags", lambda: frozenset({"avx512_vnni"}))
    assert graphs.has_int8(PHOTOGRAPHS)
    monkeypatch.setenv("LOSS_LAB_INT8", "0")
    assert not graphs.has_int8(PHOTOGRAPHS)
