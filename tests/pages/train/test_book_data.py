"""Train: the book's photographs, downloaded and trained on with one click."""

import pytest

from engine import paths
from engine.config import TrainConfig
from engine.data.downloads import catalog
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.train import book_data
from tests.lesson_data import texts
from tests.pages.train.form_data import PAGE, open_page, own


@pytest.fixture
def no_downloads(home, monkeypatch):
    monkeypatch.setenv("FASTAI_HOME", str(home / "fastai"))
    monkeypatch.setattr(book_data, "free_bytes", lambda folder: 50e9)
    return home


def test_the_books_photographs_say_their_cost_first_and_start_with_one_click(no_downloads, asked):
    app = open_page(PAGE)
    said = texts(app)
    assert (
        "Downloads 1.6 GB: about 3 minutes at 80 Mbit/s. Needs 4.9 GB of disk space; 50.0 GB are free" in said
    )
    assert "Trains with the recipe Quick: at least 2 minutes on two CPU cores" in said
    app.button(key="train_chapter_biwi_head_pose").click().run()
    assert not app.exception
    assert asked == [(TrainConfig(POINTS, "biwi_head_pose"), "biwi_head_pose")]
    assert app.query_params["run"] == "biwi_head_pose"
    assert not [one for one in app.button if one.key == "train_chapter_biwi_head_pose"]


def test_the_books_photographs_need_disk_space(no_downloads, monkeypatch):
    monkeypatch.setattr(book_data, "free_bytes", lambda folder: 3e9)
    app = open_page(PAGE)
    assert app.button(key="train_chapter_pascal_2007").disabled
    assert not app.button(key="train_chapter_biwi_head_pose").disabled


def test_the_books_photographs_without_a_network_are_one_sentence(no_downloads, monkeypatch):
    monkeypatch.setitem(catalog.URLS, "pascal_2007", "http://127.0.0.1:9/pascal_2007.tgz")
    app = open_page(PAGE)
    app.button(key="train_chapter_pascal_2007").click().run()
    assert not app.exception and "its server cannot be reached: connect to a network" in texts(app).replace(
        "\\", ""
    )
    assert not (no_downloads / "own").exists()


def test_a_finished_run_on_the_books_photographs_links_to_its_lesson(no_downloads):
    run = own(no_downloads, "mine")
    (run.folder / "config.json").write_text(
        TrainConfig(MULTI_LABEL, str(paths.download_folder("pascal_2007"))).to_json()
    )
    app = open_page(PAGE)
    links = [one.proto for one in app.get("page_link")]
    assert any("Threshold" in link.label and "mine" in link.label for link in links)
