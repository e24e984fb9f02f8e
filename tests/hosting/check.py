"""The Dockerfile's steps without Docker: `make hosting-check`.

A copy of the source gets a virtual environment of its own and is made read-only; then an unprivileged user starts the
command of the Dockerfile with its variables, and the app must answer, import and open every page. Root is needed to
become somebody else; anybody else tries it as themselves.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
SECONDS_TO_START = 180


def variables(dockerfile: str, place: Path) -> dict[str, str]:
    """What ENV sets, with /data below `place`."""
    (setting,) = re.findall(r"^ENV ((?:.*\\\n)*.*)$", dockerfile, re.MULTILINE)
    pairs = dict(word.split("=", 1) for word in setting.replace("\\\n", " ").split())
    return {name: re.sub(r"^/data", str(place / "data"), value) for name, value in pairs.items()}


def command(dockerfile: str) -> list[str]:
    """What CMD runs."""
    (written,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    return json.loads(written)


def copied(place: Path) -> Path:
    """The files that are under version control, as the image gets them."""
    app = place / "app"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if not name.startswith(("tests/", "benchmarks/")) and (ROOT / name).is_file():
            (app / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, app / name)
    return app


def interpreter(place: Path) -> str:
    """A Python that the unprivileged user may run: this one, or a copy where it lies in a closed folder."""
    base = Path(sys.base_prefix).resolve()
    if os.geteuid() != 0 or all(folder.stat().st_mode & 0o005 == 0o005 for folder in [base, *base.parents]):
        return sys.executable
    shutil.copytree(base, place / "python", symlinks=True)
    return str(place / "python" / "bin" / "python3")


def install(app: Path, options: str, python: str) -> None:
    """A clean virtual environment with what requirements.lock.txt names."""
    subprocess.run(["make", ".venv/app", f"PIP_OPTIONS={options}", f"PYTHON={python}"], cwd=app, check=True)
    subprocess.run(
        [".venv/bin/python", "-m", "compileall", "-q", "engine", "pages", "streamlit_app.py"],
        cwd=app,
        check=True,
    )


def make_read_only(app: Path) -> None:
    for file in [app, *app.rglob("*")]:
        if not file.is_symlink():
            file.chmod(0o555 if file.is_dir() or os.access(file, os.X_OK) else 0o444)


def as_user() -> dict[str, int | list[int]]:
    """For `subprocess`: who the app runs as."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def served(app: Path, place: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The app as the Dockerfile starts it, on a free port; its address and its variables."""
    dockerfile = (app / "Dockerfile").read_text(encoding="utf-8")
    own = {"PATH": os.environ["PATH"], "TMPDIR": str(place / "tmp")} | variables(dockerfile, place)
    if (place / "python").is_dir():
        own["LD_LIBRARY_PATH"] = str(place / "python" / "lib")
    for folder in (place / "data", Path(own["HOME"]), place / "tmp"):
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = [*command(dockerfile), f"--server.port={port}", "--server.address=127.0.0.1"]
    with (place / "server.log").open("wb") as log:
        server = subprocess.Popen(started, cwd=app, env=own, stdout=log, stderr=log, **as_user())
    try:
        yield f"http://127.0.0.1:{port}", own
    finally:
        server.terminate()
        server.wait(30)


def answers(address: str) -> bool:
    """Whether the server says within `SECONDS_TO_START` that it is well."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(1)
    return False


def run_engine(app: Path, own: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the engine as the user of the app."""
    started = [".venv/bin/python", "-m", "engine", *arguments]
    return subprocess.run(started, cwd=app, env=own, capture_output=True, text=True, **as_user())


def open_pages(app: Path, own: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run every page once, as the user of the app."""
    program = (
        "from pathlib import Path; from streamlit.testing.v1 import AppTest\n"
        "for page in ['streamlit_app.py', *sorted(map(str, Path('pages').glob('*.py')))]:\n"
        "    app = AppTest.from_file(page, default_timeout=300).run()\n"
        "    assert not app.exception, (page, app.exception[0].message)\n"
        "    print('opened', page, flush=True)\n"
    )
    started = [".venv/bin/python", "-c", program]
    return subprocess.run(
        started, cwd=app, env=own | {"PYTHONPATH": "."}, capture_output=True, text=True, **as_user()
    )


def left_in(app: Path, before: set[str]) -> list[str]:
    """What the app wrote where it may not."""
    return sorted(set(map(str, app.rglob("*"))) - before)


def size_of(folder: Path) -> float:
    """GB of a folder's files."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir()) / 1e9


def main() -> int:
    """1 where a step fails."""
    options = os.environ.get("PIP_OPTIONS", "")
    with tempfile.TemporaryDirectory(dir=os.environ.get("HOSTING_CHECK_FOLDER")) as temporary:
        place = Path(temporary)
        place.chmod(0o755)
        app = copied(place)
        install(app, options, interpreter(place))
        print(
            f"installed: {size_of(app / '.venv'):.1f} GB, the source {size_of(app) - size_of(app / '.venv'):.2f} GB"
        )
        make_read_only(app)
        before = set(map(str, app.rglob("*")))
        failed = try_out(app, place, before)
        for file in [app, *app.rglob("*")]:
            if file.is_dir() and not file.is_symlink():
                file.chmod(0o755)
    return 1 if failed else 0


def try_out(app: Path, place: Path, before: set[str]) -> bool:
    """Start the app and use it; whether anything failed."""
    with served(app, place) as (address, own):
        steps = {"answers": answers(address)}
        imported = run_engine(app, own, "import", "sample_data/scenes/train.csv", "--name", "mine")
        steps["imports"] = imported.returncode == 0
        checked = run_engine(app, own, "check", "--task", "multi-label", "sample_data/scenes")
        steps["checks"] = checked.returncode == 0
        opened = open_pages(app, own)
        steps["opens every page"] = opened.returncode == 0
    steps["writes nothing beside /data and /tmp"] = not left_in(app, before)
    for name, worked in steps.items():
        print(f"{'ok    ' if worked else 'FAILED'} {name}")
    if not all(steps.values()):
        print(
            imported.stderr,
            checked.stderr,
            opened.stdout,
            opened.stderr[-3000:],
            (place / "server.log").read_text()[-3000:],
        )
    return not all(steps.values())


if __name__ == "__main__":
    sys.exit(main())
