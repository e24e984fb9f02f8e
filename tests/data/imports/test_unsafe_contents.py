"""Files in archives that would harm: nested, vast, lying, or made to be run."""

import io
import json
import re
import subprocess
import sys
import tracemalloc

import pytest

from engine import paths
from engine.data import library
from engine.data.formats import DatasetError, load
from engine.data.formats.read_options import ReadOptions
from engine.data.imports import take
from engine.jobs.status import FAILED, FINISHED
from tests.data.imports.sending import HONEST, refused, sent, zipped
from tests.dataset_files import IMAGE, put
from tests.format_samples import coco


def test_json_nested_ten_thousand_deep_is_one_sentence(home):
    deep = "[" * 10_000 + "]" * 10_000
    told = refused(zipped({"deep.json": deep, "deep.jsonl": deep, "1.jpg": IMAGE}))
    assert "“deep.json” is nested too deeply to be read." in told
    assert "“deep.jsonl” is nested too deeply to be read in line 1." in told


def test_xml_with_entities_reads_nothing_and_unfolds_nothing(home):
    (home / "outside" / "secret.txt").write_text("top secret")
    files = {}
    for n in range(4):
        files[f"{n}.jpg"] = IMAGE
        files[f"{n}.xml"] = "<annotation><object><name>dog</name></object></annotation>"
    secret = f"file://{home / 'outside' / 'secret.txt'}"
    files["1.xml"] = (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret}">]><annotation><object><name>&x;</name></object></annotation>'
    )
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    files["2.xml"] = (
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{lol}]><annotation><object><name>&l9;</name></object></annotation>'
    )
    assert sent(zipped(files)).state == FINISHED
    with pytest.raises(DatasetError) as raised:
        library.find("set").record()
    assert "2 annotations cannot be read: “1.xml”" in str(raised.value) and "top secret" not in str(
        raised.value
    )


def test_a_table_of_a_million_rows_is_one_sentence_in_bounded_memory(home, monkeypatch):
    put(home / "big", {"a.csv": "fname,labels\n" + "1.jpg,a b\n" * 1_000_000, "1.jpg": IMAGE})
    with pytest.raises(
        DatasetError, match=r"“a\.csv” has more than 200,000 rows, too many for a table; split it up\."
    ):
        load(home / "big", "multi-label")
    monkeypatch.setattr("engine.data.formats.tables.text_table.MOST_ROWS", 10_000)
    tracemalloc.start()
    with pytest.raises(DatasetError, match="more than 10,000 rows"):
        load(home / "big", "multi-label")
    assert tracemalloc.get_traced_memory()[1] < 16 * 1024**2
    tracemalloc.stop()


def test_a_table_of_too_many_columns_or_cells_is_one_sentence(home, monkeypatch):
    put(home / "wide", {"a.csv": ",".join(f"c{n}" for n in range(100_000)) + "\n", "1.jpg": IMAGE})
    with pytest.raises(DatasetError, match="more than 5,000 columns"):
        load(home / "wide", "multi-label")
    monkeypatch.setattr("engine.data.formats.tables.text_table.MOST_CELLS", 12)
    put(home / "full", {"a.csv": "fname,a,b\n" + "1.jpg,0,1\n" * 5, "1.jpg": IMAGE})
    with pytest.raises(DatasetError, match="more than 4 rows"):
        load(home / "full", "multi-label")


@pytest.mark.parametrize("limit", ["MOST_IMAGES", "MOST_ANNOTATIONS"])
def test_coco_with_too_many_entries_is_one_sentence(home, monkeypatch, limit):
    monkeypatch.setattr(f"engine.data.formats.coco.reader.{limit}", 4)
    status = sent(zipped({str(f.relative_to(home)): f.read_bytes() for f in coco(home).rglob("*.j*")}))
    said = r"are too many for one dataset: “annotations/instances\.json”; split it up\."
    assert status.state == FAILED and re.search(said, " ".join(status.problems))


IN_LITTLE_MEMORY = """
import sys, psutil
from dataclasses import replace
from pathlib import Path
from engine.data.imports import import_worker
from engine.data.imports.import_job import ImportJob
replace(import_worker.LIMITS, memory_bytes=psutil.Process().memory_info().vms + 48 * 1024**2).apply()
print(*import_worker.work(ImportJob(Path(sys.argv[1]))).problems)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_what_fits_into_no_memory_is_one_sentence(home):
    """The process that works on it may take only so much, so the server never gets to read it."""
    lists = "[" + ",".join(["[]"] * 2_000_000) + "]"
    one = take([("big.json", io.BytesIO(lists.encode())), ("1.jpg", io.BytesIO(IMAGE))])
    done = subprocess.run(
        [sys.executable, "-c", IN_LITTLE_MEMORY, str(one.folder)],
        capture_output=True,
        text=True,
        cwd=paths.ROOT,
    )
    assert done.stdout.strip() == "It needs more memory than an import may use: split it up.", done.stderr
    assert library.all_sets() == []


def test_an_excel_file_that_is_a_bomb_is_not_unfolded(home, monkeypatch):
    monkeypatch.setattr("engine.data.formats.files.workbook_extent.MOST_UNPACKED", 20 * 1024**2)
    sheet = b"<worksheet>" + b" " * 30 * 1024**2
    bomb = zipped({"xl/worksheets/sheet1.xml": sheet, "xl/workbook.xml": b"<workbook/>"})
    assert len(bomb) < 1024**2
    put(home / "bomb", {"a.xlsx": bomb, "1.jpg": IMAGE})
    with pytest.raises(
        DatasetError, match=r"“a\.xlsx” unpacks to too much data for a table; save it as CSV\."
    ):
        load(home / "bomb", "multi-label")


def test_xml_nested_a_hundred_thousand_deep_is_read_or_refused(home):
    deep = "<annotation>" + "<a>" * 100_000 + "</a>" * 100_000 + "</annotation>"
    put(home / "deep", {"1.jpg": IMAGE, "1.xml": deep, "2.jpg": IMAGE, "2.xml": "<annotation/>"})
    with pytest.raises(DatasetError) as raised:
        load(home / "deep", "multi-label", ReadOptions(format="voc"))
    assert all(sentence.endswith(".") for sentence in raised.value.problems)


def test_labels_are_only_text(home):
    labels = ["<script>alert(1)</script>", '=HYPERLINK("http://x")', "${jndi:ldap://x}", "__import__('os')"]
    rows = "".join(
        json.dumps({"file": f"{n}.jpg", "labels": [label]}) + "\n" for n, label in enumerate(labels)
    )
    status = sent(zipped({"t.jsonl": rows, **{f"{n}.jpg": IMAGE for n in range(4)}}))
    assert set(library.find(status.name).record().vocab) == set(labels)


def test_a_set_json_that_was_sent_is_left_out(home):
    lie = {
        "version": 1,
        "name": "x",
        "task": "points",
        "in_place": "/etc",
        "options": {},
        "chosen_options": {},
    }
    sent(zipped(HONEST | {"set.json": json.dumps(lie)}))
    assert not (library.find("set").source_path / "set.json").exists()
