"""A process that trains is started so that it holds less memory, where that does not make it slower."""

import os
import sys
from pathlib import Path

import pytest

from engine.jobs import malloc_env, process

SETTINGS = ("MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")


@pytest.fixture
def system(tmp_path, monkeypatch):
    """Say what the system says of its large pages; None is a system that says nothing."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)

    def says(text: str | None) -> None:
        file = tmp_path / "enabled"
        monkeypatch.setattr(malloc_env, "_LARGE_PAGES", file)
        if text is not None:
            file.write_text(text)

    return says


@pytest.mark.parametrize("text", ["always [madvise] never\n", "[always] madvise never\n"])
def test_large_blocks_are_given_back_where_there_are_large_pages(system, text):
    system(text)
    assert malloc_env.environment().keys() == {*SETTINGS}


@pytest.mark.parametrize("text", ["always madvise [never]\n", None])
def test_nothing_is_changed_where_there_are_none(system, text):
    system(text)
    assert malloc_env.environment() == {}


@pytest.mark.parametrize("name", SETTINGS)
def test_what_the_person_chose_stays(system, monkeypatch, name):
    system("[always] madvise never\n")
    monkeypatch.setenv(name, "1")
    assert malloc_env.environment() == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the environment of a process this way")
def test_a_process_that_is_spawned_has_it(system):
    system("[always] madvise never\n")
    begun = process.spawn("http.server", "0", "--bind", "127.0.0.1")
    try:
        environment = b""
        while not environment:  # it is empty until the new program has been set up
            environment = Path(f"/proc/{begun.pid}/environ").read_bytes()
        names = {line.partition(b"=")[0].decode() for line in environment.split(b"\0")}
    finally:
        begun.kill()
        begun.wait()
    assert names >= {*SETTINGS} | ({"PATH"} & os.environ.keys())
