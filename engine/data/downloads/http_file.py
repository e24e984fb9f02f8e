"""One file over HTTP into a `.part` file that a later call continues, verified before it gets its name."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

TIMEOUT_SECONDS = 10.0
"""For connecting, and for every wait for more bytes: without a network it takes no longer."""

CHUNK = 1 << 18
HASHED_BYTES = 1 << 20
"""The first megabyte: what fastai's `download_checks.py` holds the MD5 of."""

Show = Callable[[int, int | None], None]


class DownloadError(RuntimeError):
    """A file that could not be downloaded; one sentence that says why and what to do."""


def download(
    url: str,
    target: Path,
    expected: tuple[int, str] | None = None,
    show: Show = lambda done, total: None,
    timeout: float = TIMEOUT_SECONDS,
) -> Path:
    """Download `url` to `target`, continuing a `.part` file of an earlier attempt where the server allows it.

    `expected` is the size in bytes and the MD5 of the first megabyte; a file that differs is deleted. `show` is
    called with the bytes so far and in total (None where unknown); what it raises ends the download, and the part
    stays for the next attempt. Raises `DownloadError`.
    """
    part = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _receive(url, part, expected[0] if expected else None, show, timeout)
    except HTTPError as error:
        raise DownloadError(
            f"{_host(url)} refused the download with status {error.code}: try again later."
        ) from error
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise DownloadError(_no_network(url, part, error)) from error
    _verify(part, expected, url)
    os.replace(part, target)
    return target


def is_reachable(url: str, timeout: float = 5.0) -> bool:
    """Whether the server of `url` responds at all within `timeout` seconds; an HTTP error counts as a response."""
    try:
        with urlopen(Request(url, method="HEAD"), timeout=timeout):
            return True
    except HTTPError:
        return True
    except (OSError, HTTPException, ValueError):
        return False


def free_bytes(folder: Path) -> int:
    """The free disk space where a folder is, or will be."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free


def _receive(url: str, part: Path, size: int | None, show: Show, timeout: float) -> None:
    done = part.stat().st_size if part.exists() else 0
    if size is not None and done >= size:
        if done == size:
            return
        part.unlink()
        done = 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    try:
        response = urlopen(Request(url, headers=headers), timeout=timeout)
    except HTTPError as error:
        if error.code != 416 or not done:
            raise
        part.unlink()  # it is longer than the file, which must have changed: from the start
        return _receive(url, part, size, show, timeout)
    with response:
        if response.status != 206:
            done = 0
        total = _total(response, done)
        with open(part, "ab" if done else "wb") as file:
            while True:
                show(done, total)
                chunk = response.read1(CHUNK)
                if not chunk:
                    break
                file.write(chunk)
                done += len(chunk)
    if total is not None and done < total:
        raise ConnectionError(f"the connection was cut after {done:,} of {total:,} bytes")


def _total(response, done: int) -> int | None:
    """The size of the whole file, by the headers of a response that begins after `done` bytes."""
    told = re.fullmatch(r"bytes \d+-\d+/(\d+)", response.headers.get("Content-Range", ""))
    if told:
        return int(told[1])
    length = response.headers.get("Content-Length", "")
    return done + int(length) if length.isdigit() else None


def _verify(part: Path, expected: tuple[int, str] | None, url: str) -> None:
    if expected is None:
        return
    with open(part, "rb") as file:
        found = part.stat().st_size, hashlib.md5(file.read(HASHED_BYTES), usedforsecurity=False).hexdigest()
    if found != tuple(expected):
        part.unlink()
        raise DownloadError(
            f"{Path(urlsplit(url).path).name} from {_host(url)} is damaged or another version "
            f"({found[0]:,} bytes instead of {expected[0]:,}): it was deleted; download it again."
        )


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _no_network(url: str, part: Path, error: BaseException) -> str:
    reason = str(getattr(error, "reason", None) or error) or type(error).__name__
    kept = part.stat().st_size if part.exists() else 0
    rest = f"; {kept / 1e6:,.1f} MB are kept, and the next attempt continues there" if kept else ""
    return f"{_host(url)} cannot be reached ({reason}): connect to a network and try again{rest}."
