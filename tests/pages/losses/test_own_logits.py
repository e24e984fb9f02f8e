"""Lesson 2: the numbers on the page are torch's for one's own logits, and the address keeps them."""

import re

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.lesson_data import button, chart, texts
from tests.pages.losses.lesson import PAGE, drawn_bars, open_page


def _table(app, column: str) -> dict[str, list[str]]:
    """The rows of the plain table that has such a column."""
    html = next(
        text for text in texts(app).split("</table>") if 'class="plain"' in text and f">{column}<" in text
    )
    body = html.partition("<tbody>")[2]
    return {
        name: re.findall("<td>(.*?)</td>", row)
        for name, row in re.findall("<tr><th>(.*?)</th>(.*?)</tr>", body)
    }


def _losses(app) -> tuple[float, float]:
    said = texts(app)
    bce = re.search(r"Binary cross-entropy ([\d.]+): the mean", said)
    ce = re.search(r"Cross-entropy ([\d.]+): the target", said)
    return float(bce[1]), float(ce[1])


def test_two_present_is_what_is_seen_first(at_home):
    app = open_page(PAGE)
    assert not app.exception
    bars = drawn_bars(app)
    assert (bars["sigmoid"] > 0.9).sum() == 2
    assert (bars["softmax"] > 0.5).sum() == 1


def test_the_sentence_above_and_the_dots_say_what_is_there(at_home):
    said = texts(open_page(PAGE))
    assert "dog gets only 0.375" in said
    assert re.findall(r'class="class there">● (\w+)<', said) == ["bear", "dog"]


def test_one_answers_losses_and_gradients_are_torchs(at_home):
    app = open_page(PAGE, focus="cat", z_cat="1.3")
    rows = {
        name: [float(cell.replace("−", "-")) for cell in cells]
        for name, cells in _table(app, "gradient").items()
    }
    logit = torch.tensor([1.3], requires_grad=True)
    functional.binary_cross_entropy_with_logits(logit, torch.zeros(1)).backward()
    loss, gradient = rows["binary cross-entropy"]
    assert loss == pytest.approx(np.log1p(np.exp(1.3)), abs=6e-5)
    assert gradient == pytest.approx(logit.grad.item(), abs=6e-5)
    assert rows["formula as printed"][1] < 0 < gradient


def _dots(app) -> list[list[float]]:
    """How far to the right each dot stands, in percent, panel by panel."""
    marks = texts(app).partition('<div class="marks">')[2].partition("</div></div>")[0]
    return [
        [float(left) for left in re.findall(r'class="dot" style="left:([-\d.]+)%', one)]
        for one in marks.split("<div ")[1:]
    ]


def test_the_point_on_the_curves_is_the_class_in_focus(at_home):
    app = open_page(PAGE, focus="dog", z_dog="-2.2")
    low, high = chart(app).layout.xaxis.range
    by_logit, by_prob = _dots(app)
    assert by_logit == pytest.approx([100 * (-2.2 - low) / (high - low)] * 3, abs=0.01)
    low, high = chart(app).layout.xaxis2.range
    assert by_prob == pytest.approx([100 * (1 / (1 + np.exp(2.2)) - low) / (high - low)] * 3, abs=0.01)


def test_a_moved_logit_moves_the_points_and_leaves_the_curves_as_they_were(at_home):
    app = open_page(PAGE)
    still, dots = chart(app), _dots(app)
    app.slider(key="z_bear").set_value(1.3).run()
    assert chart(app) == still and _dots(app) != dots
    app.slider(key="z_bear").set_value(9.9).run()
    assert chart(app) != still


def test_both_losses_are_torchs(at_home):
    app = open_page(PAGE)
    app.slider(key="z_cat").set_value(1.3).run()
    logits, targets = torch.tensor([3.0, 1.3, 2.5, -3.0]), torch.tensor([1.0, 0.0, 1.0, 0.0])
    bce, ce = _losses(app)
    assert bce == pytest.approx(functional.binary_cross_entropy_with_logits(logits, targets).item(), abs=6e-5)
    assert ce == pytest.approx(functional.cross_entropy(logits, torch.tensor(0)).item(), abs=6e-5)


def test_the_target_of_cross_entropy_can_be_changed(at_home):
    app = open_page(PAGE)
    app.segmented_control(key="target").set_value("dog").run()
    logits = torch.tensor([3.0, -2.0, 2.5, -3.0])
    assert _losses(app)[1] == pytest.approx(
        functional.cross_entropy(logits, torch.tensor(2)).item(), abs=6e-5
    )


def test_the_target_may_leave_the_image(at_home):
    app = open_page(PAGE)
    app.segmented_control(key="target").set_value("dog").run()
    app.pills(key="in_image").set_value(["bear", "horse"]).run()
    assert not app.exception
    assert "the target is “bear” only" in texts(app)


def test_nothing_present_has_no_cross_entropy(at_home):
    app = open_page(PAGE)
    button(app, "Nothing present").click().run()
    assert app.pills(key="in_image").value == []
    assert "Cross-entropy is not defined here" in texts(app)
    assert drawn_bars(app)["softmax"].sum() == pytest.approx(1)
    assert (drawn_bars(app)["sigmoid"] < 0.1).all()


def test_logits_of_1000_overflow_only_the_naive_formulas(at_home):
    app = open_page(PAGE)
    button(app, "Logits of 1000").click().run()
    assert not app.exception
    rows = _table(app, "stable")
    assert {name: naive for name, (_, naive) in rows.items()} == {
        "binary cross-entropy": "inf",
        "cross-entropy": "nan",
    }
    logits, targets = torch.tensor([1000.0, 0.0, -1000.0, -500.0]), torch.tensor([1.0, 0.0, 1.0, 0.0])
    assert float(rows["binary cross-entropy"][0]) == pytest.approx(
        float(functional.binary_cross_entropy_with_logits(logits, targets)), rel=1e-5
    )


def test_the_worked_case_is_the_issues(at_home):
    said = texts(open_page(PAGE))
    assert "**0.6906**" in said and "**1.2573**" in said


def test_what_is_set_stands_in_the_address(at_home):
    app = open_page(PAGE, z_bear="-1.5", in_image="horse", scale="×10")
    assert app.slider(key="z_bear").value == -1.5
    assert app.pills(key="in_image").value == ["horse"]
    assert drawn_bars(app)["sigmoid"][0] == pytest.approx(float(torch.tensor(-15.0).sigmoid()), rel=1e-5)


def test_that_nothing_is_present_stands_in_the_address(at_home):
    app = open_page(PAGE)
    button(app, "Nothing present").click().run()
    assert app.query_params["in_image"] == "none"
    assert open_page(PAGE, in_image="none").pills(key="in_image").value == []


@pytest.mark.parametrize(
    "bad", [{"z_bear": "1e999"}, {"z_bear": "cat"}, {"in_image": "unicorn"}, {"scale": "x"}]
)
def test_a_bad_address_falls_back(at_home, bad):
    app = open_page(PAGE, **bad)
    assert not app.exception
    assert np.isfinite(drawn_bars(app)["sigmoid"]).all()
