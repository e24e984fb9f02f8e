"""`python -m engine serve` as a process: several workers, one of which is killed, and what cannot be served."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import httpx
import psutil
import pytest

from engine import paths
from engine.__main__ import main
from tests.browser import free_port
from tests.inference.serve.test_app import png

SECONDS = 120


@pytest.fixture
def served():
    """The address of two workers, and their supervisor."""
    port = free_port()
    command = [sys.executable, "-m", "engine", "serve", "--run", str(paths.BUNDLED_RUNS / "single-label")]
    process = subprocess.Popen([*command, "--port", str(port), "--workers", "2"], stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(lambda: httpx.get(f"{url}/health").status_code == 200)
        yield url, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0


def _wait_for(is_so) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            if is_so():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"Not so within {SECONDS} s.")


def _workers(supervisor: psutil.Process) -> set[int]:
    """The workers that are alive; a killed one stays a zombie until its supervisor has seen that."""
    found = set()
    for child in supervisor.children():
        with suppress(psutil.Error):
            found |= {child.pid} if "spawn_main" in " ".join(child.cmdline()) else set()
    return found


@pytest.mark.waits
def test_a_worker_that_dies_is_replaced(served):
    url, supervisor = served
    image = png()
    before = httpx.post(f"{url}/predict", content=image, timeout=SECONDS).json()
    _wait_for(lambda: len(_workers(supervisor)) == 2)
    killed = min(_workers(supervisor))
    os.kill(killed, signal.SIGKILL)
    _wait_for(lambda: len(_workers(supervisor) - {killed}) == 2)
    _wait_for(lambda: httpx.post(f"{url}/predict", content=image, timeout=SECONDS).json() == before)
    assert 'outcome="predicted"' in httpx.get(f"{url}/metrics").text


@pytest.mark.waits
def test_endless_headers_end_the_connection(served):
    url, _ = served
    with socket.create_connection(("127.0.0.1", httpx.URL(url).port), timeout=SECONDS) as one:
        one.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX: ")
        with suppress(ConnectionError):
            for _ in range(16):
                one.sendall(b"a" * 65536)
            assert b"HTTP/1.1 400" in one.recv(4096)


def test_a_run_that_is_not_there_is_one_sentence(capsys, tmp_path):
    assert main(["serve", "--run", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_port_that_is_taken_is_one_sentence(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--run", str(paths.BUNDLED_RUNS / "single-label"), "--port", port]) == 2
    assert capsys.readouterr().err.endswith("choose another --port.\n")


@pytest.mark.parametrize("option, value", [("--port", "0"), ("--port", "70000"), ("--workers", "0")])
def test_numbers_out_of_range_are_one_sentence(capsys, option, value):
    assert main(["serve", "--run", str(paths.BUNDLED_RUNS / "single-label"), option, value]) == 2
    assert capsys.readouterr().err.count("\n") == 1
