"""A worker: another process that runs function calls one by one, and keeps what it has loaded between them.

Python runs one thread at a time. A library that lets go of that one lock at each of thousands of small operations has
to queue for it again every time; next to busy threads, a computation of a tenth of a second then takes many seconds.
In a process of its own it takes its tenth, and slows nothing else down.
"""

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from engine import paths

_PIPE_BYTES = 1 << 20
_SET_PIPE_SIZE = 1031
"""Linux's F_SETPIPE_SZ: with room for a whole result neither process waits for the other between pieces of it."""


class Worker:
    """Calls into a process that runs `python -m module`, started at the first call; any threads may call.

    The module ends with `serve_calls`. Calls wait for each other. A process that ends without a result is started
    again once for the current call. The process ends when this one does.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = ThreadPoolExecutor(1, "worker")

    def begin(self) -> None:
        """Start the process now, without waiting for it, so that it has loaded what it needs when it is called."""
        self._one_at_a_time.submit(self._running)

    def call(self, name: str, *arguments: Any) -> Any:
        """What the process's function of that name returns; what it raises is raised here."""
        return self._one_at_a_time.submit(self._call, name, arguments).result()

    def end(self) -> None:
        """End the process; the next call starts another."""
        self._one_at_a_time.submit(self._end).result()

    def _call(self, name: str, arguments: tuple) -> Any:
        try:
            returned, result = self._request(name, arguments)
        except (EOFError, OSError):
            self._end()
            returned, result = self._request(name, arguments)
        if not returned:
            raise result
        return result

    def _request(self, name: str, arguments: tuple) -> tuple[bool, Any]:
        calls, results = _pipes(self._running())
        _send((name, arguments), calls)
        return pickle.load(results)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                cwd=paths.ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for pipe in _pipes(self._process):
                _widen(pipe)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process = None


RACES = Worker("engine.experiments.loss_race.worker_main")
"""The process of the loss race; here, where nothing heavy is loaded, so that it can begin before all else."""


def serve_calls(functions: Mapping[str, Callable]) -> None:
    """Run the calls of the process that started this one until it ends; what is printed goes to standard error."""
    calls, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            name, arguments = pickle.load(calls)
            _send(_result(functions[name], arguments), results)


def _result(function: Callable, arguments: tuple) -> tuple[bool, Any]:
    try:
        return True, function(*arguments)
    except Exception as error:
        return False, error


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """The worker's standard input and output."""
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout


def _send(message: Any, pipe: IO[bytes]) -> None:
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _widen(pipe: IO[bytes]) -> None:
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        fcntl.fcntl(pipe, _SET_PIPE_SIZE, _PIPE_BYTES)
