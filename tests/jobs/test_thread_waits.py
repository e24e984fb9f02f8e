"""Threads that wait for each other sleep meanwhile, in every process that computes with torch."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine import __main__ as command_line
from engine import paths
from engine.jobs import process, thread_waits

POLICY = "OMP_WAIT_POLICY"
CHOICES = (POLICY, "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")


@pytest.fixture(autouse=True)
def nothing_is_chosen(monkeypatch):
    monkeypatch.setenv(POLICY, "")  # so that it is restored, whoever sets it
    for name in CHOICES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", CHOICES)
def test_what_the_person_chose_stays(monkeypatch, name):
    assert thread_waits.environment() == {POLICY: "passive"}
    monkeypatch.setenv(name, "1")
    assert thread_waits.environment() == {}


def test_a_command_sets_it_before_it_loads_anything(capsys):
    assert command_line.main(["runs", "code", "no such run"]) == 2
    assert os.environ[POLICY] == "passive"


def test_a_process_that_is_spawned_has_it(monkeypatch):
    given = []

    def started(command, **options):
        given.append(options["env"])
        return SimpleNamespace(pid=0)

    monkeypatch.setattr(subprocess, "Popen", started)
    process.spawn("engine")
    assert given[0][POLICY] == "passive" and POLICY not in os.environ


LOAD = """
import ctypes, sys
from engine.jobs import thread_waits
thread_waits.sleep_while_waiting()
ctypes.CDLL(sys.argv[1])
"""


def test_torchs_own_library_obeys_it_though_the_process_has_begun():
    """How often it looks before it sleeps is what it says when it is loaded; `os.environ` reaches it."""
    (folder,) = importlib.util.find_spec("torch").submodule_search_locations
    library = next(iter(sorted(Path(folder).rglob("libgomp*"))), None)
    if library is None:
        pytest.skip("this torch was not built with GNU's OpenMP")
    command = [sys.executable, "-c", LOAD, str(library)]
    environment = dict(os.environ) | {"OMP_DISPLAY_ENV": "verbose"}
    done = subprocess.run(
        command, cwd=paths.ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert "GOMP_SPINCOUNT = '0'" in done.stderr
