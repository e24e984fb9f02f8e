"""Parquet files with images: cells of plain bytes are images, too, and what unfolds to far too much is refused."""

import pyarrow
import pytest
from pyarrow import parquet

from engine.data.archives.limits import MB
from engine.data.formats import DatasetError
from engine.data.formats.files.parquet_images import extract
from tests.dataset_files import IMAGE


def _written(folder, count=4, image=IMAGE):
    held = {"image": [image] * count, "label": ["cat"] * count, "thumbnail": [b"\x00"] * count}
    parquet.write_table(pyarrow.table(held), folder / "train.parquet")
    (folder / "into").mkdir()
    return folder / "train.parquet", folder / "into"


def test_cells_of_plain_bytes_are_images(tmp_path):
    extract(*_written(tmp_path))
    images = sorted(path.name for path in (tmp_path / "into").rglob("*.jpg"))
    assert len(images) == 4 and (tmp_path / "into" / "train" / images[0]).read_bytes() == IMAGE


def test_more_rows_than_a_dataset_may_have_are_refused_before_any_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_FILES", "3")
    with pytest.raises(DatasetError, match="It holds 4 rows with images, and the limit is 3"):
        extract(*_written(tmp_path))
    assert list((tmp_path / "into").iterdir()) == []


def test_more_bytes_than_a_dataset_may_have_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_MB_PER_SET", "1")
    with pytest.raises(DatasetError, match="the limit is 1 MB for one dataset"):
        extract(*_written(tmp_path, 8, IMAGE + bytes(MB // 4)))
    assert sum(path.stat().st_size for path in (tmp_path / "into").rglob("*.jpg")) <= MB
