"""A moto server on the loopback address: S3 as s3fs talks to it, which can be killed and started again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

BUCKET = "s3://bucket"
SECONDS_TO_START = 120


class S3Server:
    """Use `running`."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What s3fs reads: the endpoint and credentials; nothing else on this machine is asked for them."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
        }

    def start(self) -> None:
        """Start it with an empty bucket, and wait until it answers."""
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | self.environment
        )
        end = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < end, "moto did not start"
            time.sleep(0.2)
        forget_connections()
        file_system().mkdir("bucket")

    def kill(self) -> None:
        """End it as a power cut would; what it held is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@contextlib.contextmanager
def running() -> Iterator[S3Server]:
    """A server, and the environment in which this process and its children reach it."""
    import pytest

    server = S3Server()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        try:
            server.start()
            yield server
        finally:
            server.kill()
            forget_connections()


def file_system():
    """s3fs, as it is reached by this environment."""
    import s3fs

    return s3fs.S3FileSystem(use_listings_cache=False)


def forget_connections() -> None:
    """s3fs keeps a connection for each way to open one, whatever the environment says by now."""
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()


def put_folder(address: str, folder: Path) -> str:
    """Copy all files below a folder of this machine."""
    fs = file_system()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            fs.put_file(str(file), f"{address}/{file.relative_to(folder).as_posix()}")
    return address
