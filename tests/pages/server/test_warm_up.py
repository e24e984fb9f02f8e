"""The server imports what pages need before the first page is opened, and nothing heavier."""

import subprocess
import sys

from engine.paths import ROOT
from pages.parts.server import warm_up


def test_pages_find_their_modules_loaded_and_no_torch():
    program = (
        "import sys\nfrom pages.parts.server import warm_up\nwarm_up.start().join()\nprint(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    loaded = set(done.stdout.split())
    assert set(warm_up.MODULES) <= loaded, done.stderr
    assert not {"torch", "fastai", "scipy", "sklearn", "plotly.express", "onnxruntime"} & loaded
    assert done.stderr == ""


def test_the_server_need_not_wait_for_it():
    thread = warm_up.start(())
    assert thread.daemon
    thread.join(timeout=10)
    assert not thread.is_alive()
