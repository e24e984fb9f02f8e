"""Every installed package has a licence that Loss Lab may use; every exception has its reason, and is checked."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.licences import EXCEPTIONS, is_allowed, licences_of, name_of, refused


def test_every_installed_package_may_be_used():
    assert refused() == {}


class Package:
    """Something that has metadata as a package has."""

    def __init__(self, **metadata: str):
        from email.message import Message

        self.metadata = Message()
        for name, value in ({"Name": "some_package"} | metadata).items():
            self.metadata[name.replace("_", "-")] = value


@pytest.mark.parametrize(
    "metadata",
    [
        {"License_Expression": "GPL-3.0-only"},
        {"License_Expression": "MIT AND LGPL-2.1"},
        {"License": "GPLv3"},
        {"License": "MIT", "Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"},
        {"License": "UNKNOWN"},
        {},
    ],
)
def test_other_licences_and_none_are_refused(metadata):
    assert not is_allowed(Package(**metadata))


@pytest.mark.parametrize(
    ("metadata", "licences"),
    [
        ({"License_Expression": "Apache-2.0 OR GPL-2.0"}, ["Apache-2.0 OR GPL-2.0"]),
        ({"License_Expression": "MIT AND (BSD-3-Clause)"}, ["MIT", "BSD-3-Clause"]),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, ["MIT"]),
        ({"License": "MPL-2.0 AND MIT"}, ["MPL-2.0", "MIT"]),
    ],
)
def test_licences_are_read_however_they_are_written(metadata, licences):
    assert licences_of(Package(**metadata)) == licences and is_allowed(Package(**metadata))


def _licence_texts(name: str) -> str:
    try:
        package = distribution(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed")
    files = [Path(str(package.locate_file(file))) for file in package.files or [] if "LICENSE" in str(file)]
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


@pytest.mark.parametrize("name", [name for name, reason in EXCEPTIONS.items() if "Apache-2.0" in reason])
def test_the_licence_file_of_an_exception_is_the_apache_licence(name):
    assert "Apache License" in _licence_texts(name)


def test_the_lgpl_libraries_are_shared_libraries_that_can_be_replaced():
    files = [str(file) for file in distribution("pi-heif").files or []]
    assert any("libheif" in file and ".libs/" in file for file in files) or not any(
        ".so" in file for file in files
    )


def test_a_package_of_several_spellings_has_one_name():
    assert name_of(Package(Name="Pi_Heif")) == "pi-heif"
