"""A lesson as a Jupyter notebook that runs with fastai alone, without a network.

The notebooks are written as Markdown in `engine/export/notebooks/`, so that they read well as text. Each fenced
Python block becomes a code cell, and the text between two blocks a Markdown cell. A line `<!-- include FILE -->`
stands for another file of that folder: several lessons draw the same dataset.
"""

import json
import re
from pathlib import Path

FOLDER = Path(__file__).with_name("notebooks")
LESSONS = (1, 2, 3, 4, 5, 6)
_CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INCLUDE = re.compile(r"^<!-- include (\w+\.md) -->$", re.MULTILINE)


def notebook(number: int) -> bytes:
    """The notebook of a lesson, 1 to 6, in nbformat 4.5; the same bytes at each call.

    Raises ValueError for any other number.
    """
    if number not in LESSONS:
        raise ValueError(f"number must be a lesson from 1 to {LESSONS[-1]}, not {number!r}.")
    document = {
        "cells": [_cell(place, *part) for place, part in enumerate(cells(source(number)))],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def source(number: int) -> str:
    """The Markdown of a lesson's notebook, with the files that it includes."""
    text = (FOLDER / f"lesson_{number}.md").read_text("utf-8")
    return _INCLUDE.sub(lambda line: (FOLDER / line[1]).read_text("utf-8").strip(), text)


def cells(markdown: str) -> list[tuple[str, str]]:
    """The cells of a Markdown text in order, each as ("markdown" or "code", its text).

    >>> cells("# One\\n\\n```python\\nx = 1\\n```\\n\\nDone.\\n")
    [('markdown', '# One'), ('code', 'x = 1'), ('markdown', 'Done.')]
    """
    parts = _CODE.split(markdown)
    kinds = ("markdown", "code") * len(parts)
    return [(kind, part.strip()) for kind, part in zip(kinds, parts, strict=False) if part.strip()]


def _cell(place: int, kind: str, text: str) -> dict:
    cell = {
        "cell_type": kind,
        "id": f"cell-{place}",
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
