"""What is wrong with object storage, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.jobs.atomic_write import FULL, READ_ONLY

_CLIENTS = ("aiobotocore", "aiohttp", "botocore", "fsspec", "s3fs")
"""The packages whose errors say something about the storage."""
_NO_CREDENTIALS = (
    "NoCredentialsError",
    "PartialCredentialsError",
    "ProfileNotFound",
    "CredentialRetrievalError",
)
LONGEST_REASON = 200


class StorageError(RuntimeError):
    """Storage that cannot be used as asked; one sentence that says why and what to do."""


@contextmanager
def in_words(address: str) -> Iterator[None]:
    """Raise `StorageError` for what goes wrong with an address; a full disk of this machine stays an `OSError`."""
    try:
        yield
    except Exception as error:
        sentence = _sentence(address, error)
        if not sentence:
            raise
        raise StorageError(sentence) from error


def _sentence(address: str, error: Exception) -> str:
    """What a person is told; "" for an error that is not the storage's."""
    kind, is_client = type(error).__name__, type(error).__module__.partition(".")[0] in _CLIENTS
    if isinstance(error, ImportError):
        return f"{address} needs s3fs, which is not installed: run “pip install -r requirements-s3.txt”."
    if isinstance(error, FileNotFoundError):
        return f"There is nothing at {address}: check the bucket and the name."
    if kind in _NO_CREDENTIALS:
        keys = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        return f"There are no credentials for {address}: set {keys}."
    if isinstance(error, OSError) and error.errno in (*FULL, *READ_ONLY):
        return ""
    if isinstance(error, PermissionError):
        return (
            f"The storage refuses access to {address} ({_reason(error)}): check the credentials and their "
            "permissions."
        )
    if is_client or isinstance(error, OSError | TimeoutError):
        return f"The storage of {address} failed ({_reason(error)}): run the same command to continue once it works."
    return ""


def _reason(error: Exception) -> str:
    """The storage's own words on one line, without a full stop."""
    text = " ".join(str(error.args[-1] if isinstance(error, OSError) and error.args else error).split())
    return (text or type(error).__name__)[:LONGEST_REASON].rstrip(".")
