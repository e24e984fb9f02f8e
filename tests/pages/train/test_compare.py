"""Train: runs are filtered, laid over each other, and compared image by image."""

import json
import re

import pandas as pd

from engine import runs
from engine.runs.disagreements import disagreements
from engine.runs.published_results import REFERENCES
from engine.tasks import MULTI_LABEL, SINGLE_LABEL
from pages.parts.train import disagreements as train_disagreements
from pages.parts.train.alt_texts import labelled
from tests.lesson_data import VOCAB, button, chart, texts
from tests.pages.train.form_data import PAGE, open_page, own


def test_two_runs_are_laid_over_each_other_with_what_differs(home):
    for name, lr, values in (("slow", 1e-3, [0.5, 0.4]), ("fast", 5e-3, [0.4, 0.1])):
        run = own(home, name, lr=lr)
        runs.save_table(
            run.folder,
            "history.csv",
            pd.DataFrame({"epoch": [1, 2], "train_loss": values, "valid_loss": values}),
        )
    app = open_page(PAGE, show="Compare")
    app.multiselect(key="compare").set_value(["slow", "fast"]).run()
    assert not app.exception
    figure = chart(app, -1)
    assert {trace.name: list(trace.y) for trace in figure.data[:2]} == {
        "slow": [0.5, 0.4],
        "fast": [0.4, 0.1],
    }
    assert list(figure.data[2].y) == REFERENCES[MULTI_LABEL].history["valid_loss"].tolist()
    assert "fast ends lowest" in texts(app)
    table = texts(app).rpartition("<th>learning rate</th>")[2]
    assert table.startswith("<td>0.001</td><td>0.005</td>") and "<th>task</th>" not in texts(app)


def test_a_run_named_like_a_bundled_one_is_compared_with_it(home):
    own(home, MULTI_LABEL, lr=5e-3)
    app = open_page(PAGE, show="Compare")
    app.multiselect(key="compare").set_value([f"{MULTI_LABEL} (bundled)", MULTI_LABEL]).run()
    assert not app.exception
    assert texts(app).rpartition("<th>learning rate</th>")[2].startswith("<td>0.003</td><td>0.005</td>")


def _shown_names(app) -> list[str]:
    return app.dataframe[0].value["run"].tolist()


def test_the_table_has_no_holes_and_is_filtered_from_the_address(home):
    own(home, "focal one", loss="focal")
    own(home, "other", lr=1e-2)
    (own(home, "stopped", arch="resnet34", weights="none").folder / "status.json").write_text(
        '{"state": "stopped"}'
    )
    app = open_page(PAGE, show="Runs")
    assert not app.exception and len(_shown_names(app)) == 5
    assert not app.dataframe[0].value.isna().all().any()
    app.selectbox(key="runs_state").set_value("stopped").run()
    assert _shown_names(app) == ["stopped"]
    app = open_page(PAGE, show="Runs", runs_task=SINGLE_LABEL, runs_state="no such state")
    assert _shown_names(app) == [f"{SINGLE_LABEL} (bundled)"]
    app = open_page(PAGE, show="Runs", runs_search="focal ONE")
    assert _shown_names(app) == ["focal one"]
    app.text_input(key="runs_search").set_value("no such thing").run()
    assert "No run matches" in texts(app) and not app.exception


def test_where_runs_disagree_is_shown_most_different_first(home, monkeypatch):
    monkeypatch.setattr(train_disagreements, "A_PAGE", 3)
    runs_ = [own(home, "first", seed=1), own(home, "second", seed=2)]
    found = disagreements(runs_)
    differing = int(found.flips.any(axis=1).sum())
    assert differing > 3
    app = open_page(PAGE, show="Compare")
    app.multiselect(key="compare").set_value(["first", "second"]).run()
    said = texts(app)
    assert not app.exception and f"They label {differing} of 16 images differently" in said
    right = found.right_where_flipped
    assert f"**A** {right[0]}, **B** {right[1]}" in said
    gallery = said.rpartition('<div class="disagree">')[2]
    shown = re.findall(r'alt="([^"]+)"', gallery)
    truths = [
        [label for label, is_there in zip(VOCAB, row, strict=True) if is_there] for row in found.truth[:3]
    ]
    assert shown == [labelled(labels) for labels in truths]
    button(app, "more").click().run()
    gallery = texts(app).rpartition('<div class="disagree">')[2]
    assert len(re.findall(r'alt="([^"]+)"', gallery)) == min(6, differing)


def test_runs_that_answer_alike_say_so(home):
    for name in ("first", "second"):
        own(home, name)
    app = open_page(PAGE, show="Compare")
    app.multiselect(key="compare").set_value(["first", "second"]).run()
    assert "They give the same labels to all 16 images" in texts(app) and not app.exception


def test_a_picture_that_is_gone_is_told_in_its_place(home):
    for seed, name in enumerate(("first", "second")):
        own(home, name, seed=seed)
    for picture in (home / "scenes" / "train").iterdir():
        picture.unlink()
    app = open_page(PAGE, show="Compare")
    app.multiselect(key="compare").set_value(["first", "second"]).run()
    assert "is missing" in texts(app) and not app.exception


def test_runs_of_two_tasks_are_compared_by_what_they_share(home):
    app = open_page(PAGE, show="Compare")
    app.multiselect(key="compare").set_value(
        [f"{task} (bundled)" for task in (MULTI_LABEL, SINGLE_LABEL)]
    ).run()
    assert not app.exception and "Choose runs of one task" in texts(app)


def test_three_runs_with_figures_are_drawn_by_their_settings(home):
    for name, lr, reached in (("a", 1e-3, 0.91), ("b", 1e-2, 0.97), ("c", 1e-4, 0.9)):
        run = own(home, name, lr=lr)
        figures = {"accuracy_multi": reached, "majority_accuracy": 0.9, "seconds": 3.0}
        (run.folder / "metrics.json").write_text(json.dumps(figures))
    app = open_page(PAGE, show="Compare")
    app.multiselect(key="compare").set_value(["a"]).run()
    assert not app.exception and "b has the highest accuracy_multi of 3 runs: 0.97" in texts(app).replace(
        "\\", ""
    )
    axes = chart(app, -1).data[0].dimensions
    assert [axis.label for axis in axes] == ["learning<br>rate (log)", "accuracy_multi"]
