"""Import in a real browser: a zip of own drawings arrives and survives a reload; hostile ones harm nobody else."""

import io
import shutil

import pytest
from playwright.sync_api import expect

from engine.data import imports, library
from engine.data.formats import load
from engine.data.library import LibraryDataset
from tests.browser import open_page, press, serve, wait_until_settled
from tests.browser_lists import scroll_to
from tests.data.imports.sending import zipped
from tests.dataset_files import IMAGE
from tests.tiny_data import labelled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("import")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOSS_LAB_DATA", str(folder / "data"))
        yield folder


@pytest.fixture(scope="module")
def served(home):
    """An app of this file's own, with its own library."""
    with serve(home, home / "runs") as server:
        yield server


@pytest.fixture
def own(served, home):
    """The app with an empty library."""
    yield served
    shutil.rmtree(home / "data", ignore_errors=True)


def drop(page, *files):
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files([str(file) for file in files])
    press(page, "Import")


def test_a_zip_of_own_drawings_arrives_and_goes_to_training(own, page, home):
    drawn = labelled(home / "drawn" / "my squares")
    shutil.make_archive(str(home / "squares"), "zip", drawn.parent)
    open_page(page, own, "Your_data")
    expect(page.get_by_text("You have no dataset yet")).to_be_visible()
    drop(page, home / "squares.zip")
    expect(page.get_by_text("24 images: 16 for training, 8 for validation")).to_be_visible()
    page.reload()
    wait_until_settled(page)
    expect(page.get_by_text("as PASCAL_2007 does").first).to_be_visible()
    kept = LibraryDataset(home / "data" / "squares")
    assert load(kept.data_path, kept.task).vocab == ("blue", "red")
    press(page, "Train on it")
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    assert "data=" in page.url and "squares" in page.url
    assert page.troubles == []


def test_a_second_dataset_is_scrolled_to_where_its_form_is_below_the_first(own, page, home):
    page.set_viewport_size({"width": 390, "height": 700})
    shutil.make_archive(str(home / "squares"), "zip", labelled(home / "twice"))
    library.add("first", "multi-label", in_place=home / "twice")
    open_page(page, own, "Your_data")
    drop(page, home / "squares.zip")
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("squares")
    wait_until_settled(page)
    expect(page.get_by_role("button", name="Train on it")).to_be_in_viewport()
    assert page.troubles == []


def test_columns_of_unknown_names_are_mapped_and_the_import_is_undone(own, page, home):
    rows = [(f"{n:02}.jpg", ("red", "blue")[n % 2], "ab"[n % 2]) for n in range(12)]
    table = "foto;was_drauf;gruppe\n" + "".join(f"{';'.join(row)}\n" for row in rows)
    names = {f"{n:02}.jpg": IMAGE for n in range(12)}
    (home / "mine.zip").write_bytes(zipped({"tabelle.csv": table, **names}))
    open_page(page, own, "Your_data")
    drop(page, home / "mine.zip")
    page.get_by_text("Choose the columns yourself").click()
    apply = page.locator('[class*="st-key-map_mine_apply"] button')
    expect(page.get_by_text("The table holds")).to_be_visible()
    wait_until_settled(page)
    field = page.get_by_role("combobox", name="Label column")
    scroll_to(field)
    field.fill("was_drauf")
    page.get_by_role("option", name="was_drauf (red)").click()
    expect(apply).to_be_enabled()
    wait_until_settled(page)
    apply.click()
    expect(page.get_by_text("You chose: ")).to_be_visible()
    expect(apply).to_be_disabled()
    assert LibraryDataset(home / "data" / "mine").record().vocab == ("blue", "red")
    press(page, "Undo the import")
    expect(page.get_by_text("You have no dataset yet")).to_be_visible()
    assert page.troubles == []


def test_what_has_arrived_is_shown_while_another_is_still_on_its_way(own, page, home):
    at_work = imports.take(
        [("slow.zip", io.BytesIO(zipped({"1.jpg": IMAGE})))]
    )  # this process is at work on it
    shutil.make_archive(str(home / "squares"), "zip", labelled(home / "second"))
    open_page(page, own, "Your_data")
    expect(page.get_by_text("slow.zip: reading the files")).to_be_visible()
    drop(page, home / "squares.zip")
    expect(page.get_by_text("24 images: 16 for training, 8 for validation")).to_be_visible()
    assert imports.all_imports() == [at_work] and page.troubles == []


def test_a_folder_of_the_computer_is_sent_whole(own, page, home):
    folder = labelled(home / "few", count=12)
    open_page(page, own, "Your_data")
    page.get_by_role("radio", name="A folder").click()
    expect(page.get_by_text("Choose a folder on your computer")).to_be_visible()
    wait_until_settled(page)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(folder))
    press(page, "Import 13 files")
    expect(page.get_by_text("12 images: 8 for training, 4 for validation")).to_be_visible()
    assert LibraryDataset(home / "data" / "few").name == "few"
    assert page.troubles == []


def test_a_hostile_zip_is_refused_in_words_and_the_next_visitor_is_served(own, page, another_browser, home):
    (home / "evil.zip").write_bytes(zipped({"../../<script>alert(1)</script>.jpg": IMAGE}))
    open_page(page, own, "Your_data")
    drop(page, home / "evil.zip")
    expect(page.get_by_text("was not imported")).to_be_visible()
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    open_page(another_browser().new_page(), own, "One_hot")
    press(page, "Dismiss")
    expect(page.get_by_text("was not imported")).to_have_count(0)
    assert [path.name for path in (home / "data").iterdir() if not path.name.startswith(".")] == []
    assert page.troubles == []


def test_two_visitors_of_a_private_app_do_not_see_each_other(tmp_path, another_browser, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_PRIVATE", "1")
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    shutil.make_archive(str(tmp_path / "squares"), "zip", labelled(tmp_path / "drawn"))
    with serve(tmp_path, tmp_path / "runs") as server:
        anna, bert = another_browser(), another_browser()
        first, second = anna.new_page(), bert.new_page()
        open_page(first, server, "Your_data")
        drop(first, tmp_path / "squares.zip")
        expect(first.get_by_text("24 images: 16")).to_be_visible()
        open_page(second, server, "Your_data?set=squares")
        expect(second.get_by_text("You have no dataset yet")).to_be_visible()
        again = anna.new_page()
        open_page(again, server, "Your_data")
        expect(again.get_by_text("24 images: 16")).to_be_visible()
