"""Any labels read back as they were written, and any bytes are read or refused in sentences."""

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.formats import DatasetError, detect, load
from engine.data.formats.read_options import ReadOptions
from tests import format_samples
from tests.data.formats.reading import label_sets
from tests.dataset_files import IMAGE, put, write_table
from tests.format_samples import NAMES

WORDS = st.text("abcäßЖ猫<>=+@&'\"0123.!-", min_size=1, max_size=6).filter(
    lambda word: word == word.strip() and not word.startswith("'")
)


ANY_LABELS = st.lists(st.frozensets(WORDS, max_size=3), min_size=6, max_size=6).filter(
    lambda rows: (
        len({re.sub("[_-]+", "", label).casefold() for row in rows for label in row} - {""})
        == len({label for row in rows for label in row})
        >= 2
        and len(set(rows)) > 1
    )
)


@given(ANY_LABELS, st.sampled_from([" ", ", ", ";", "|"]))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_labels_read_back_as_they_were_written(tmp_path_factory, rows, between):
    """A cell of labels, a row for each label and JSON lines say the same, whatever the labels are."""
    folder = tmp_path_factory.mktemp("any")
    expected = dict(zip(NAMES, map(set, rows), strict=True))
    cells = [(name, between.join(sorted(row))) for name, row in zip(NAMES, rows, strict=True)]
    pairs = [(name, label) for name, row in expected.items() for label in sorted(row) or [""]]
    lines = [json.dumps({"image": name, "labels": sorted(row)}) for name, row in expected.items()]
    for kind in ("cells", "rows", "lines"):
        format_samples.write_images(folder / kind)
    write_table(folder / "cells/t.csv", "fname,labels", cells)
    write_table(folder / "rows/t.csv", "fname,label", pairs)
    put(folder, {"lines/t.jsonl": "\n".join(lines)})
    separator = {" ": "spaces", ", ": "commas", ";": "semicolons", "|": "bars"}[between]
    assert (
        label_sets(load(folder / "cells", "multi-label", ReadOptions(format="cells", separator=separator)))
        == expected
    )
    assert label_sets(load(folder / "lines", "multi-label")) == expected
    if detect(folder / "rows").form == "rows":
        assert label_sets(load(folder / "rows", "multi-label")) == expected


@given(
    st.binary(max_size=400), st.sampled_from(["csv", "tsv", "jsonl", "json", "xlsx", "xml", "txt", "yaml"])
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_read_or_refused_in_sentences(tmp_path_factory, content, ending):
    folder = put(tmp_path_factory.mktemp("any"), {f"1.{ending}": content, "1.jpg": IMAGE, "2.jpg": IMAGE})
    try:
        detect(folder)
        load(folder, "multi-label")
    except DatasetError as error:
        assert error.problems and all(sentence.endswith(".") for sentence in error.problems)
