"""Who may open storage, which addresses there are, and what is said when it fails."""

import builtins
import errno
from pathlib import Path

import pytest

from engine import paths
from engine.__main__ import main
from engine.data.storage import StorageError, filesystem
from engine.data.storage.errors import in_words
from engine.jobs import access, user_scope

ADDRESS = "s3://bucket/images"


@pytest.mark.parametrize("typed", [ADDRESS, Path(ADDRESS), "S3://bucket/images", "s3:/bucket/images"])
def test_an_address_is_one_also_as_a_path(typed):
    assert paths.storage_address(typed) == ADDRESS


@pytest.mark.parametrize(
    "typed", ["", "images", "/s3://x", "./s3:/x", "c:/images", "C:\\images", "s3:", "s3:///x"]
)
def test_a_path_is_none(typed):
    assert paths.storage_address(typed) == ""


@pytest.mark.parametrize(
    "address", ["gs://bucket/x", "file:///etc/passwd", "http://host/x", "file://etc/passwd"]
)
def test_other_schemes_are_refused(address):
    with pytest.raises(StorageError, match="only s3:// addresses are supported"):
        filesystem.opened(address)


def test_a_visitor_of_a_private_server_reaches_no_storage(monkeypatch, tmp_path):
    monkeypatch.setenv(user_scope.PRIVATE_VARIABLE, "1")
    monkeypatch.setenv(user_scope.VISITOR_VARIABLE, "0" * 32)
    own = user_scope.own_folder(paths.data_folder())
    own.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(own)  # a relative path would be allowed here
    assert access.is_allowed("images") and not access.is_allowed(ADDRESS)
    assert not access.is_allowed(Path(ADDRESS)) and not access.is_allowed(Path(ADDRESS), to_write=True)
    for call in (filesystem.opened, access.locate, access.authorize):
        with pytest.raises(access.AccessError, match="not available to you"):
            call(ADDRESS)


def test_a_missing_package_is_one_sentence(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "fsspec":
            raise ImportError("no fsspec")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StorageError, match=r"needs s3fs, .* “pip install -r requirements-s3.txt”"):
        filesystem.opened(ADDRESS)


def client_error(name):
    return type(name, (Exception,), {"__module__": "botocore.exceptions"})("Unable to do it.\nAt all.")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (FileNotFoundError("bucket"), f"There is nothing at {ADDRESS}: check the bucket and the name."),
        (
            client_error("NoCredentialsError"),
            f"There are no credentials for {ADDRESS}: set AWS_ACCESS_KEY_ID",
        ),
        (PermissionError("Access Denied"), "refuses access to s3://bucket/images (Access Denied): check"),
        (client_error("EndpointConnectionError"), "failed (Unable to do it. At all): run the same command"),
        (OSError(errno.EBUSY, "Please reduce your request rate."), "(Please reduce your request rate): run"),
        (TimeoutError(), "failed (TimeoutError): run the same command to continue"),
    ],
)
def test_what_the_storage_says_is_one_sentence(error, says):
    with pytest.raises(StorageError) as raised, in_words(ADDRESS):
        raise error
    assert says in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space"), KeyError("x"), StorageError("said already")]
)
def test_a_full_disk_and_a_defect_stay_what_they_are(error):
    with pytest.raises(type(error)) as raised, in_words(ADDRESS):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--task", "points", "--data", "x", "--out", ADDRESS],
        ["predict", "--run", "x", "y", "--csv", f"{ADDRESS}/out.csv"],
        ["train", "--resume", ADDRESS],
    ],
)
def test_a_command_writes_no_address(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "s3://bucket/images" in said and "is not a path on this machine" in said and said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
