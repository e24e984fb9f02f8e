"""Export on page 7: a zip is made by a worker, watched, offered, made again for other thresholds, imported."""

import io
import shutil
import time
from dataclasses import replace

import pytest

from engine import paths
from engine.export.bundle import contents, job, upload, write
from engine.export.bundle.contents import BundleError
from engine.export.bundle.job import BundleJob
from engine.jobs import process, status
from engine.jobs.job import HANDLE, Job
from engine.jobs.json_file import read_record
from engine.jobs.status import FINISHED, INTERRUPTED, RUNNING, Status
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.shared import page
from tests import exportable_runs
from tests.lesson_data import button, open_page, texts

PAGE = "7_Train"


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("page-7")
    exportable_runs.draw_images(folder / "pictures")
    return {
        task: exportable_runs.write_run(folder / task, folder / "pictures", task)
        for task in (MULTI_LABEL, POINTS)
    }


@pytest.fixture(scope="module")
def zips(trained, tmp_path_factory) -> dict[str, bytes]:
    folder, found = tmp_path_factory.mktemp("zips"), {}
    for task, run in trained.items():
        write.write_pieces(run, folder / task, lambda *_: None)
        write.pack(folder / task, folder / "a.zip")
        found[task] = (folder / "a.zip").read_bytes()
    return found


@pytest.fixture
def own(tmp_path, monkeypatch, trained):
    """A user's folder with the multi-label run `mine`, no bundled runs, and a cache of its own."""
    monkeypatch.setattr(page, "HEAD_START_SECONDS", 0)
    monkeypatch.setattr(paths, "BUNDLED_RUNS", tmp_path / "none")
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "own"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    shutil.copytree(trained[MULTI_LABEL].folder, tmp_path / "own" / "mine")
    return tmp_path / "own"


def _wait(holds, seconds=200):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def _pid(run: Run) -> int:
    return read_record(BundleJob(run).job.folder / HANDLE)["pid"]


def _zips_offered(app) -> list[str]:
    labels = [found.proto.label.replace("\\", "") for found in app.get("download_button")]
    return [label for label in labels if ".zip" in label]


@pytest.mark.waits
def test_a_zip_is_made_watched_offered_and_made_again_for_other_thresholds(own):
    run = Run(own / "mine")
    app = open_page(PAGE, show="Export", run="mine")
    assert not app.exception
    button(app, "Export “mine”").click().run()
    assert not app.exception and BundleJob(run).is_active
    pid = _pid(run)
    BundleJob(run).start()
    assert _pid(run) == pid, "a second process was started for the same zip"
    assert len(open_page(PAGE, show="Export", run="mine").get("progress")) == 1, "it is found after a reload"
    _wait(lambda: not BundleJob(run).is_active)
    assert (BundleJob(run).status.state, BundleJob(run).status.message) == (FINISHED, "")
    app.run()
    (offered,) = _zips_offered(app)
    assert offered.startswith("Download mine.zip (") and not app.exception
    assert contents.digest(BundleJob(run).file) and BundleJob(run).status.progress.text == "done"
    assert [file.name for file in BundleJob(run).job.folder.glob("*.zip")] == ["mine.zip"]
    assert "Traceback" not in BundleJob(run).job.log
    run.save_thresholds(dict.fromkeys(run.vocab, 0.25))
    app.run()
    assert button(app, "Export “mine”") and not _zips_offered(app)


def test_why_there_can_be_no_zip_is_one_sentence(own):
    shutil.move(own / "mine", own / "lost")
    run = Run(own / "lost")
    text = run.config.to_json().replace(str(run.data), str(own / "gone"))
    (run.folder / "config.json").write_text(text)
    assert job.make(Run(run.folder), BundleJob(run).job.folder) == 1
    app = open_page(PAGE, show="Export", run="lost")
    assert any("put the images back" in one.value.replace("\\", "") for one in app.error)
    assert button(app, "Export “lost”") and not app.exception


def test_a_process_that_is_gone_is_told(own):
    bundle = BundleJob(Run(own / "mine"))
    gone = replace(process.identify(), started=1.0)
    status.write(bundle.job.folder, Status(RUNNING, process=gone))
    assert bundle.status.state == INTERRUPTED
    assert "exited unexpectedly" in texts(open_page(PAGE, show="Export", run="mine"))


def test_old_bundles_give_way(own, monkeypatch):
    bundle = BundleJob(Run(own / "mine"))
    for number in range(9):
        (bundle.job.folder.parent / f"old{number}").mkdir(parents=True)
    monkeypatch.setattr(Job, "start", lambda self, *command, **options: None)
    bundle.start()
    assert len(list(bundle.job.folder.parent.iterdir())) == job.KEPT - 1


def test_a_run_at_work_cannot_be_taken_away(own):
    (own / "mine" / "status.json").write_text('{"state": "failed"}')
    app = open_page(PAGE, show="Export", run="mine")
    assert "can export a run once it is finished" in texts(app) and not app.exception


def test_an_upload_becomes_a_run_and_stays_one(own, zips):
    name = upload.receive(io.BytesIO(zips[MULTI_LABEL]), "from afar.zip", "theirs")
    assert name == "theirs" and Run(own / "theirs").thresholds == exportable_runs.THRESHOLDS
    app = open_page(PAGE, show="Export", run="theirs")
    said = texts(app)
    assert "**theirs** was imported from a zip" in said and not app.exception
    assert [folder.name for folder in sorted(own.iterdir())] == ["mine", "theirs"]


@pytest.mark.parametrize(
    ("content", "called", "says"),
    [
        (b"no zip", "", "from afar.zip.* is not a zip"),
        (b"", "../up", "cannot be called"),
        (b"x" * 99, "", ".* is not a zip"),
    ],
)
def test_an_upload_that_is_no_run_is_one_sentence(own, content, called, says):
    with pytest.raises(ValueError, match=says) as told:
        upload.receive(io.BytesIO(content), "from afar.zip", called)
    assert "\n" not in str(told.value) and [folder.name for folder in own.iterdir()] == ["mine"]


def test_an_upload_that_never_ends_is_cut_off(own, monkeypatch):
    monkeypatch.setattr(upload, "MOST_MEGABYTES", 1)
    with pytest.raises(BundleError, match="more than 1 MB"):
        upload.receive(io.BytesIO(bytes(1024**2 + 1)), "big.zip")


# --- the other pages with a run whose pictures stayed elsewhere -------------------------------------------------


@pytest.fixture
def imported(own, zips, tmp_path):
    from engine.export.bundle import import_bundle

    for task, content in zips.items():
        (tmp_path / "a.zip").write_bytes(content)
        import_bundle.import_run(tmp_path / "a.zip", f"imported {task}")
    shutil.rmtree(own / "mine")
    return own


def test_page_3_says_that_the_pictures_stayed(imported):
    app = open_page("3_Threshold", kind="Your runs")
    assert not app.exception and "its validation images stayed where it was trained" in texts(app)
    assert "&lt;script&gt;" in texts(app) and "<script>" not in texts(app)


def test_page_5_says_that_the_pictures_stayed(imported):
    app = open_page("5_Head_centre", kind="Your runs")
    assert not app.exception and "its validation images stayed where it was trained" in texts(app)
    assert "is not there" not in texts(app)


def test_page_7_home_and_page_8_open_with_such_runs(imported):
    for name in (f"imported {MULTI_LABEL}", f"imported {POINTS}"):
        app = open_page(PAGE, show="Export", run=name)
        assert not app.exception and "was imported from a zip" in texts(app)
    assert all(f"imported {task}" in texts(app_home()).replace("\\", "") for task in (MULTI_LABEL, POINTS))
    app = open_page("8_Your_pictures", **{"from": "Your runs"})
    assert not app.exception
    assert all(f"imported {task}" in texts(app).replace("\\", "") for task in (MULTI_LABEL, POINTS))


def test_page_7_says_why_such_a_run_is_not_compared_picture_by_picture(own, zips, tmp_path):
    from engine.export.bundle import import_bundle

    (tmp_path / "a.zip").write_bytes(zips[MULTI_LABEL])
    import_bundle.import_run(tmp_path / "a.zip", "theirs")
    app = open_page(PAGE, show="Compare", run="mine")
    said = texts(app.multiselect(key="compare").set_value(["mine", "theirs"]).run())
    assert "theirs was imported without its images" in said and "share no validation image" not in said


def app_home():
    from streamlit.testing.v1 import AppTest

    from tests.lesson_data import APP

    return AppTest.from_file(APP, default_timeout=60).run()
