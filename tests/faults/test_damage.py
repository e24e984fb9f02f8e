"""Damaged files of runs and datasets are shown on the pages, and can be removed there."""

import shutil

import pytest

from engine.data import library
from tests.faults import checks, damage, pages, work
from tests.faults.children import Child

pytestmark = pytest.mark.skipif("sys.platform != 'linux'", reason="the faults are made with Linux's means")


def test_a_damaged_run_is_listed_and_can_be_removed(bench, tally):
    damage.run_files(bench, tally, 1)


def test_a_damaged_dataset_is_listed_and_can_be_removed(bench, tally):
    damage.dataset_files(bench, tally, 1)


def test_the_pages_show_what_is_damaged(bench):
    home = bench.home("import")
    assert Child(work.import_zip, home).outcome().is_done
    runs = home / "runs"
    for name in ("no config", "no status", "other weights", "whole"):
        shutil.copytree(bench.trained("quick"), runs / name)
    (runs / "no config" / "config.json").write_text("{")
    (runs / "no status" / "status.json").unlink()
    weights = runs / "other weights" / "weights.safetensors"
    weights.write_bytes(damage._flip(weights.read_bytes(), bench.rng))
    with checks.at_home(home):
        (library.all_sets()[0].folder / "set.json").write_text("{")
        app = pages.opened("7_Train", show="Runs")
        assert not app.exception
        shown = pages.text(app)
        assert all(f"'{name}'" in shown for name in ("no config", "no status", "other weights"))
        assert "'whole'" not in shown and "weights.safetensors has changed since it ended" in shown
        for name in ("no config", "no status", "other weights"):
            app.button(key=f"train_remove_{name}").click().run()
            assert not app.exception and not (runs / name).exists()
        assert "damaged" not in pages.text(app) and (runs / "whole").is_dir()
        app = pages.opened("9_Your_data")
        assert not app.exception and "pets" in pages.text(app)
        assert [one for one in app.button if one.label.startswith("Remove")]
