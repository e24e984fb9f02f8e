"""What a page promises to take, the server takes: a file as large as a run's own zip arrives."""

import tomllib

import pytest
from playwright.sync_api import expect

from engine.export.bundle import upload
from engine.inference import uploads
from pages.parts.data.imports import sources
from tests.browser import ROOT, open_page, press

MORE_THAN_A_PICTURE = (uploads.MAX_MB + 2) * 1024**2


def test_the_server_takes_what_every_page_promises():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    promised = (sources.MOST_MB_SENT, upload.MOST_MEGABYTES, uploads.MAX_MB)
    assert config["server"]["maxUploadSize"] == max(promised)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_large_zip_of_a_run_arrives_and_is_judged_by_what_it_holds(app, page, tmp_path):
    large = tmp_path / "large.zip"
    large.write_bytes(bytes(MORE_THAN_A_PICTURE))
    open_page(page, app, "Train?show=Import")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(large))
    press(page, "Import")
    expect(page.get_by_text("large.zip is not a zip")).to_be_visible()
    assert page.troubles == []
