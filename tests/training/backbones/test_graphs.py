"""The ONNX graphs of the backbones compute what timm's and torchvision's own networks compute."""

import numpy as np
import pytest

from engine.training.backbones import (
    DRAWINGS,
    GRID,
    LOGITS,
    PHOTOGRAPHS,
    POOLED,
    TEXTURE,
    graphs,
    sessions,
    weight_files,
)
from engine.training.backbones.onnx_graph import IMAGES
from tests.training.backbones.networks import SIDE, expected, squares

OUTPUTS = [
    (DRAWINGS, POOLED),
    (DRAWINGS, GRID),
    (DRAWINGS, TEXTURE),
    (PHOTOGRAPHS, POOLED),
    (PHOTOGRAPHS, GRID),
    (PHOTOGRAPHS, TEXTURE),
    (PHOTOGRAPHS, LOGITS),
]


@pytest.fixture(scope="module")
def references():
    """What the own network of each backbone computes, for two image sizes; the odd one needs uneven padding."""
    sides = (SIDE, 72)
    return {
        (backbone.name, side): expected(backbone, squares(side=side))
        for backbone in (DRAWINGS, PHOTOGRAPHS)
        for side in sides
    }


@pytest.mark.parametrize("side", [SIDE, 72])
@pytest.mark.parametrize(("backbone", "output"), OUTPUTS, ids=lambda one: getattr(one, "name", one))
def test_a_graph_equals_the_network_itself(references, backbone, output, side):
    found = sessions.run(backbone, squares(side=side), [output])[0]
    reference = references[backbone.name, side][output]
    assert found.shape == reference.shape and found.dtype == np.float32
    assert reference.std() > 0.01, "a network that computes nothing would equal anything"
    np.testing.assert_allclose(found, reference, rtol=1e-4, atol=1e-4)


def test_several_outputs_come_in_the_order_they_are_asked_for_in():
    grid, logits, pooled = sessions.run(PHOTOGRAPHS, squares(2), [GRID, LOGITS, POOLED])
    assert (grid.shape, logits.shape, pooled.shape) == ((2, 112, 4, 4), (2, 1000), (2, 2560))


def test_a_graph_holds_no_more_than_its_outputs_need():
    graph = graphs.body(weight_files.tensors(PHOTOGRAPHS), PHOTOGRAPHS)
    sizes = {output: len(graph.model([output])) for output in (GRID, POOLED, LOGITS)}
    assert sizes[GRID] < sizes[POOLED] < sizes[LOGITS]


def test_a_graph_takes_uint8_squares_of_any_number_and_side():
    graph = graphs.body(weight_files.tensors(DRAWINGS), DRAWINGS)
    (images,) = sessions.open_session(graph.model([POOLED])).get_inputs()
    assert images.name == IMAGES and images.type == "tensor(uint8)"
    assert [isinstance(length, str) for length in images.shape] == [True, True, True, False]
