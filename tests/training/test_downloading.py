"""The chapter's own datasets: small archives in their formats, served from the loopback address, load like samples."""

import functools
import http.server
import io
import tarfile
import threading

import fastai.data
import numpy as np
import pytest
from fastai.data.external import URLs, fastai_cfg
from fastdownload.core import checks_module, read_checks
from PIL import Image

from engine import runs
from engine.config import TrainConfig
from engine.data.downloads import catalog
from engine.data.formats import load
from engine.jobs.job import STOP
from engine.jobs.progress import Listener
from engine.training import downloading, fastai_backend, trainer
from engine.training.run_logger import Stopped


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder served over HTTP on the loopback address, and fastai's own folder moved out of the way."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    fastai_cfg.cache_clear()
    for name in fastai_backend.ARCHIVES:
        monkeypatch.setitem(
            fastai_backend.ARCHIVES, name, f"http://127.0.0.1:{server.server_port}/{name}.tgz"
        )
    yield folder
    server.shutdown()
    server.server_close()
    fastai_cfg.cache_clear()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def _archive(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def _jpeg(size=(64, 48)):
    packed = io.BytesIO()
    Image.new("RGB", size, "grey").save(packed, "JPEG")
    return packed.getvalue()


def test_pascal_2007_downloads_and_loads_like_the_samples(served):
    rows = [
        "fname,labels,is_valid",
        "000005.jpg,chair,True",
        "000007.jpg,car person,False",
        "000009.jpg,,False",
    ]
    files = {f"pascal_2007/train/{row[:10]}": _jpeg() for row in rows[1:]}
    files |= {
        "pascal_2007/train.csv": "\n".join(rows).encode(),
        "pascal_2007/test.csv": b"fname,labels\n1.jpg,cat\n",
    }
    files |= {"pascal_2007/test/1.jpg": _jpeg(), "pascal_2007/train.json": b"{}"}
    _archive(served / "pascal_2007.tgz", files)
    dataset = load(trainer.resolve("pascal_2007"), "multi-label")
    assert dataset.vocab == ("car", "chair", "person")
    assert dataset.targets().tolist() == [[0, 1, 0], [1, 0, 1], [0, 0, 0]]
    assert dataset.table["is_valid"].tolist() == [True, False, False]
    assert all(path.is_file() for path in dataset.paths())


def test_biwi_head_pose_downloads_and_loads_like_the_samples(served):
    pose = b"1 0 0 \n0 1 0 \n0 0 1 \n\n40 30 1000 \n"
    calibration = b"500 0 32 \n0 500 24 \n0 0 1 \n\n0 0 0 0 \n"
    files = {"biwi_head_pose/io_sample.cpp": b"", "biwi_head_pose/readme.txt": b"about"}
    for person in ("01", "02", "13"):
        files[f"biwi_head_pose/{person}.obj"] = b"v 0 0 0"
        files[f"biwi_head_pose/{person}/rgb.cal"] = calibration
        files[f"biwi_head_pose/{person}/depth.cal"] = calibration
        for frame in ("00003", "00004"):
            files[f"biwi_head_pose/{person}/frame_{frame}_rgb.jpg"] = _jpeg()
            files[f"biwi_head_pose/{person}/frame_{frame}_pose.txt"] = pose
    _archive(served / "biwi_head_pose.tgz", files)
    dataset = load(trainer.resolve("biwi_head_pose"), "points")
    assert len(dataset.table) == 6
    np.testing.assert_allclose(dataset.points_px(), [[40 * 500 / 1000 + 32, 30 * 500 / 1000 + 24]] * 6)
    assert set(dataset.part(valid=True).table["group"]) == {"13"}


def test_no_network_is_one_sentence_that_says_what_to_use(served):
    with pytest.raises(
        fastai_backend.LearnerError, match=r"pascal_2007 could not be downloaded.*sample_data/scenes"
    ):
        fastai_backend.fetch("pascal_2007")


def test_a_damaged_archive_is_one_sentence_and_is_not_kept(served, tmp_path):
    (served / "pascal_2007.tgz").write_bytes(b"\x1f\x8b cut off")
    with pytest.raises(
        fastai_backend.LearnerError, match=r"could not be downloaded: pascal_2007\.tgz is damaged"
    ):
        fastai_backend.fetch("pascal_2007")
    assert not list((tmp_path / "fastai").rglob("*.tgz"))


def test_where_and_what_is_downloaded_is_fastais():
    checks = read_checks(checks_module(fastai.data))
    for name, url in (("pascal_2007", URLs.PASCAL_2007), ("biwi_head_pose", URLs.BIWI_HEAD_POSE)):
        assert catalog.URLS[name] == url
        assert catalog.DOWNLOAD_MB[name] == round(checks[url][0] / 1e6)


def test_too_little_disk_space_is_one_sentence(served, monkeypatch):
    monkeypatch.setattr("engine.training.fastai_backend.downloads.free_bytes", lambda folder: 1e9)
    with pytest.raises(
        fastai_backend.LearnerError, match=r"needs 4\.9 GB of free disk space .* 1\.0 GB are free"
    ):
        fastai_backend.fetch("pascal_2007")


def _tiny_pascal(served):
    rows = ["fname,labels,is_valid", "1.jpg,car,False", "2.jpg,chair,False", "3.jpg,car,True"]
    files = {f"pascal_2007/train/{row[:5]}": _jpeg() for row in rows[1:]}
    _archive(served / "pascal_2007.tgz", files | {"pascal_2007/train.csv": "\n".join(rows).encode()})


def test_a_run_downloads_before_it_waits_and_says_how_far(served, tmp_path):
    _tiny_pascal(served)
    run = runs.create(TrainConfig("multi-label", "pascal_2007"), tmp_path / "run")
    downloading.fetch_for_run(run.folder, Listener())
    assert run.state == "queued" and catalog.downloaded("pascal_2007").is_dir()
    size = (served / "pascal_2007.tgz").stat().st_size / 1e6
    assert run.progress.text in ("downloading pascal_2007", "unpacking pascal_2007")
    assert run.job_status.details["size_mb"] == pytest.approx(size)


def test_a_stopped_download_is_a_stopped_run_that_can_be_resumed(served, tmp_path):
    _tiny_pascal(served)
    run = runs.create(TrainConfig("multi-label", "pascal_2007"), tmp_path / "run")
    (run.folder / STOP).touch()
    with pytest.raises(Stopped, match="what has arrived is kept"):
        downloading.fetch_for_run(run.folder, Listener())
    assert run.state == "stopped" and not (run.folder / STOP).exists()
    downloading.fetch_for_run(run.folder, Listener())
    assert run.state == "queued"


def test_a_download_without_a_network_is_a_failed_run_with_the_sentence(served, tmp_path):
    run = runs.create(TrainConfig("multi-label", "pascal_2007"), tmp_path / "run")
    with pytest.raises(fastai_backend.LearnerError):
        downloading.fetch_for_run(run.folder, Listener())
    assert run.state == "failed" and "pascal_2007 could not be downloaded" in run.status["message"]
