"""The server of the tests marked `s3`, which `make s3` runs; without moto and s3fs they are skipped."""

import importlib.util
from collections.abc import Iterator

import pytest

from tests.object_storage import s3_server
from tests.object_storage.s3_server import S3Server

NO_S3 = "s3fs or moto is not installed here: make s3 runs this test in an environment of its own."


def has_s3() -> bool:
    return all(importlib.util.find_spec(name) for name in ("s3fs", "moto"))


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """A server with an empty bucket, and the environment that names it."""
    if not has_s3():
        pytest.skip(NO_S3)
    with s3_server.running() as server:
        yield server
