"""The HTTP API next to a bare loop over the same network: `python -m benchmarks.serving [--requests 10000]`.

The loop decodes each sample scene to the run's 128 pixels and predicts it, one after the other, in one process: what
a script would do. Then as many requests go to `python -m engine serve` from several clients at once, one in a hundred
of them with bytes that are no image; halfway one worker is killed. Every reply is compared with the loop's answer.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from threading import local

import httpx
import psutil

from benchmarks.timing import machine, percentile
from engine import paths
from engine.images import open_square
from engine.inference.predict import load
from engine.runs import Run
from tests.browser import free_port

RUN = paths.BUNDLED_RUNS / "multi-label"
IMAGES, CLIENTS, WORKERS = 200, 16, 2
PATIENCE = 60
JUNK = b"no image at all"


def main(arguments: list[str] | None = None) -> int:
    """Measure both and say whether every reply was right."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000)
    count = parser.parse_args(arguments).requests
    print(machine("onnxruntime", "fastapi", "uvicorn"))
    files = [file.read_bytes() for file in sorted((paths.SCENES / "train").glob("*.jpg"))[:IMAGES]]
    answers, loop_rate = bare_loop(files)
    print(f"bare loop            {loop_rate:7.1f} images/s")
    with_kill, without = measured(files, answers, count, True), measured(files, answers, count // 5, False)
    for title, (rate, times, outcomes) in {
        "API, undisturbed": without,
        "API, worker killed": with_kill,
    }.items():
        p50, p95 = (1000 * percentile(times, share) for share in (50, 95))
        print(
            f"{title:20} {rate:7.1f} images/s ({rate / loop_rate:.2f} of the loop)  p50 {p50:.0f} ms, p95 {p95:.0f} ms"
        )
        print(f"    {', '.join(f'{number:,} {outcome}' for outcome, number in sorted(outcomes.items()))}")
    return 1 if any(outcomes["wrong"] for _, _, outcomes in (with_kill, without)) else 0


def bare_loop(files: list[bytes]) -> tuple[list[list[str]], float]:
    """The labels of each file, and files predicted in a second."""
    model = load(Run(RUN))
    size, method = model.config.size, model.config.resize

    def labels(file: bytes) -> list[str]:
        return model.predict_squares([open_square(file, size, method)], [(1, 1)])[0].labels

    answers = [labels(file) for file in files]
    start = time.perf_counter()
    for file in files:
        labels(file)
    return answers, len(files) / (time.perf_counter() - start)


def measured(files, answers, count: int, kills: bool) -> tuple[float, list[float], Counter]:
    """Images in a second, seconds of each reply, and how many replies were of which kind."""
    port, of_thread = free_port(), local()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "engine",
            "serve",
            "--run",
            str(RUN),
            "--port",
            str(port),
            "--workers",
            str(WORKERS),
        ],
        cwd=paths.ROOT,
        stderr=subprocess.DEVNULL,
    )
    plan = random.Random(0)
    bodies = [None if plan.random() < 0.01 else number % len(files) for number in range(count)]

    def ask(number: int) -> tuple[float, str]:
        if kills and number == count // 2:
            os.kill(_workers(server.pid)[0], signal.SIGKILL)
        at, start = bodies[number], time.perf_counter()
        connection = of_thread.__dict__.setdefault(
            "connection", HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        )
        try:
            connection.request("POST", "/predict", JUNK if at is None else files[at])
            reply = connection.getresponse()
            outcome = _outcome(reply.status, reply.read(), None if at is None else answers[at])
        except (OSError, HTTPException):
            connection.close()
            outcome = "connection ended"
        return time.perf_counter() - start, outcome

    try:
        _until_healthy(url)
        start = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            done = list(pool.map(ask, range(count)))
        seconds = time.perf_counter() - start
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE)
    return count / seconds, [took for took, _ in done], Counter(outcome for _, outcome in done)


def _outcome(status: int, body: bytes, labels: list[str] | None) -> str:
    if labels is None:
        return "refused as no image" if status == 422 else "wrong"
    if status == 503:
        return "turned away"
    return "right" if status == 200 and json.loads(body)["labels"] == labels else "wrong"


def _workers(supervisor: int) -> list[int]:
    return [
        child.pid
        for child in psutil.Process(supervisor).children()
        if child.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(child.cmdline())
    ]


def _until_healthy(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError("The API did not start.")


if __name__ == "__main__":
    sys.exit(main())
