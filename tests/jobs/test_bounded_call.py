"""Work on what strangers made happens in a process with limits: its result, its errors, and its end all come back."""

import subprocess
import sys

import pytest

from engine import paths
from engine.data.formats import DatasetError
from engine.jobs import bounded, bounded_call
from engine.jobs.bounded_call import call
from engine.jobs.resource_limits import OutOfTime, ResourceLimits

UNLIMITED = sys.platform in ("win32", "darwin")
LITTLE = ResourceLimits(256 * 1024**2, 1)


def test_the_result_comes_back():
    assert call("engine.functional.label_text:visible", "a\u202e") == "a⟨U+202E⟩"


def test_an_error_of_the_function_is_raised_here(tmp_path):
    with pytest.raises(DatasetError, match="There is no folder or table") as raised:
        call("engine.data.formats.loading:load", str(tmp_path / "nothing"), "single-label")
    assert len(raised.value.problems) == 1


def test_only_the_engine_is_called():
    with pytest.raises(ValueError, match="only functions of the engine"):
        call("os:system", "true")


@pytest.mark.skipif(UNLIMITED, reason="the system has no such limit")
def test_a_function_that_needs_too_much_memory_is_ended():
    with pytest.raises(MemoryError):
        call("engine.functional.label_text:visible", "a" * 2**29, limits=LITTLE)


def test_a_process_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(bounded_call, "WAITED_FOR", 0)
    with pytest.raises(OutOfTime):
        call("engine.functional.label_text:visible", "a")


@pytest.mark.skipif(UNLIMITED, reason="the system has no such limit")
@pytest.mark.parametrize(
    ("module", "sentence"), [("bytearray(2**30)", "too much memory"), ("while True: pass", "takes too long")]
)
def test_a_module_that_needs_too_much_says_so(tmp_path, module, sentence):
    (tmp_path / "greedy.py").write_text(module)
    command = bounded.command(LITTLE, "greedy")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; sys.argv[1:] = {command[1:]!r};"
         "from engine.jobs.bounded import main; main()"],
        cwd=paths.ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == bounded.BAD_INPUT and sentence in done.stderr


def test_the_arguments_of_a_module_are_its_own():
    command = bounded.command(bounded_call.USUAL_LIMITS, "engine", "import", "nothing.zip")
    done = subprocess.run([sys.executable, "-m", *command], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "nothing.zip" in done.stderr and "Traceback" not in done.stderr
