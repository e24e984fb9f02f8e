"""Your data, bring: what is brought is recognised, kept, shown, and goes to training."""

import pytest

from tests.brought_data import pascal
from tests.lesson_data import button, open_page, texts

PAGE = "9_Your_data"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    return tmp_path


def test_an_empty_shelf_says_so():
    app = open_page(PAGE)
    assert not app.exception and "Nothing has been brought yet" in texts(app)


def test_a_folder_of_this_machine_is_brought_and_goes_to_training(home):
    app = open_page(PAGE)
    app.text_input(key="bring_path").set_value(str(pascal(home / "mine")))
    button(app, "Bring it").click().run()
    assert not app.exception
    assert "6 pictures" in texts(app) and "/Train?task=multi-label&data=" in texts(app)
