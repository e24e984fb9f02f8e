"""Lesson 1 is the first page that many open: it loads nothing that it does not need for its image and its charts."""

import subprocess
import sys

from engine import paths


def test_no_model_is_loaded_to_show_an_image():
    """Models take a tenth of a second of processor time."""
    program = "import sys, pages.parts.one_hot.vector; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "pages.parts.shared.choose_image" in loaded
    assert not loaded & {"engine.inference", "engine.training", "onnx"}
