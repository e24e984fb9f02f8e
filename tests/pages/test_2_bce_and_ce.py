"""Lesson 2: the numbers on the page are torch's, for one's own logits and for a trained network's."""

import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from engine.data import example_photographs
from engine.images import open_image
from engine.inference import photo_models, photo_showcase
from pages.parts.shared import runs as run_parts
from tests.lesson_data import VOCAB, button, chart, open_page, point_app_at, texts, write_all
from tests.shown_code import shown_code

PAGE = "2_BCE_and_CE"
REAL = "A picture's real outputs"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lesson2")


@pytest.fixture(scope="module")
def made(folder):
    return write_all(folder)


@pytest.fixture
def at_home(made, folder, monkeypatch):
    point_app_at(folder, monkeypatch)


def _bars(app) -> dict[str, np.ndarray]:
    """Each activation's probabilities, as drawn, to the last digit."""
    found = re.findall(r'class="one (sigmoid|softmax)" data-prob="([^"]+)"', texts(app))
    return {name: np.array([float(p) for one, p in found if one == name]) for name in ("sigmoid", "softmax")}


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


def _loss_bars(app) -> dict[str, np.ndarray]:
    return {bar.name: np.array(bar.x) for bar in chart(app, -1).data}


def _losses(app) -> tuple[float, float]:
    said = texts(app)
    bce = re.search(r"Binary cross-entropy ([\d.]+): the mean", said)
    ce = re.search(r"Cross-entropy ([\d.]+): told", said)
    return float(bce[1]), float(ce[1])


def test_two_present_is_what_is_seen_first(at_home):
    app = open_page(PAGE)
    assert not app.exception
    bars = _bars(app)
    assert (bars["sigmoid"] > 0.9).sum() == 2
    assert (bars["softmax"] > 0.5).sum() == 1


def test_the_sentence_above_and_the_dots_say_what_is_there(at_home):
    said = texts(open_page(PAGE))
    assert "dog is left with 0.375" in said
    assert re.findall(r'class="class there">● (\w+)<', said) == ["bear", "dog"]


def test_one_answers_losses_and_gradients_are_torchs(at_home):
    app = open_page(PAGE, focus="cat", z_cat="1.3")
    rows = {name: [float(cell) for cell in cells] for name, cells in _table(app, "gradient").items()}
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


def test_cross_entropy_can_be_told_the_other_one(at_home):
    app = open_page(PAGE)
    app.segmented_control(key="told").set_value("dog").run()
    logits = torch.tensor([3.0, -2.0, 2.5, -3.0])
    assert _losses(app)[1] == pytest.approx(
        functional.cross_entropy(logits, torch.tensor(2)).item(), abs=6e-5
    )


def test_the_told_class_may_leave_the_picture(at_home):
    app = open_page(PAGE)
    app.segmented_control(key="told").set_value("dog").run()
    app.pills(key="present").set_value(["bear", "horse"]).run()
    assert not app.exception
    assert "told only “bear”" in texts(app)


def test_nothing_present_has_no_cross_entropy(at_home):
    app = open_page(PAGE)
    button(app, "Nothing present").click().run()
    assert app.pills(key="present").value == []
    assert "Cross-entropy has nothing to say" in texts(app)
    assert _bars(app)["softmax"].sum() == pytest.approx(1)
    assert (_bars(app)["sigmoid"] < 0.1).all()


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
    app = open_page(PAGE, z_bear="-1.5", present="horse", scale="×10")
    assert app.slider(key="z_bear").value == -1.5
    assert app.pills(key="present").value == ["horse"]
    assert _bars(app)["sigmoid"][0] == pytest.approx(float(torch.tensor(-15.0).sigmoid()), rel=1e-5)


def test_that_nothing_is_present_stands_in_the_address(at_home):
    app = open_page(PAGE)
    button(app, "Nothing present").click().run()
    assert app.query_params["present"] == ""
    assert open_page(PAGE, present="").pills(key="present").value == []


@pytest.mark.parametrize(
    "bad", [{"z_bear": "1e999"}, {"z_bear": "cat"}, {"present": "unicorn"}, {"scale": "x"}]
)
def test_a_bad_address_falls_back(at_home, bad):
    app = open_page(PAGE, **bad)
    assert not app.exception
    assert np.isfinite(_bars(app)["sigmoid"]).all()


def test_a_sample_picture_shows_the_networks_stored_outputs_to_the_last_digit(at_home, made):
    app = open_page(PAGE, logits=REAL, picture="train/007.jpg")
    assert not app.exception
    said = made["multi-label"].predictions
    logits = torch.tensor(said.logits[said.fnames.index("train/007.jpg")], dtype=torch.float64)
    np.testing.assert_allclose(_bars(app)["sigmoid"], logits.sigmoid(), rtol=1e-12)
    np.testing.assert_allclose(_bars(app)["softmax"], logits.softmax(-1), rtol=1e-12)


def test_every_class_has_a_loss_under_both_trained_networks(at_home, made):
    app = open_page(PAGE, logits=REAL, picture="train/005.jpg")
    several, single = made["multi-label"].predictions, made["single-label"].predictions
    place, place_single = several.fnames.index("train/005.jpg"), single.fnames.index("train/005.jpg")
    bars = _loss_bars(app)
    logits, targets = torch.tensor(several.logits[place]), torch.tensor(several.targets[place]).float()
    bce = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    np.testing.assert_allclose(bars["binary cross-entropy of this class"], bce, rtol=1e-5)
    every = torch.tensor(single.logits[place_single]).expand(4, 4)
    ce = functional.cross_entropy(every, torch.arange(4), reduction="none")
    np.testing.assert_allclose(bars["cross-entropy if this were the label"], ce, rtol=1e-5)


def test_an_own_picture_asks_both_networks(at_home, made, monkeypatch):
    asked = []

    class Model:
        def __init__(self, run):
            self.run = run

        def predict(self, pictures):
            asked.append((self.run.task, pictures[0].size))
            answer = type("Answer", (), {"logits": np.array([1.0, -1.0, 0.5, 0.0], np.float32)})
            return [answer]

    monkeypatch.setattr(run_parts, "model", Model)
    file = io.BytesIO()
    Image.new("RGB", (90, 60), (3, 200, 3)).save(file, "JPEG")
    app = open_page(PAGE, logits=REAL, picture_from="Your own")
    app.file_uploader(key="picture_upload").set_value(("mine.jpg", file.getvalue(), "image/jpeg")).run()
    assert not app.exception
    assert sorted(asked) == [("multi-label", (90, 60)), ("single-label", (90, 60))]
    assert _bars(app)["sigmoid"][0] == pytest.approx(float(torch.tensor(1.0).sigmoid()))
    assert len(_loss_bars(app)) == 2


def test_a_network_that_cannot_answer_is_one_sentence(at_home):
    """The weights of the test's runs are empty files."""
    file = io.BytesIO()
    Image.new("RGB", (50, 30), (9, 9, 9)).save(file, "JPEG")
    app = open_page(PAGE, logits=REAL, picture_from="Your own")
    app.file_uploader(key="picture_upload").set_value(("mine.jpg", file.getvalue(), "image/jpeg")).run()
    assert not app.exception
    assert "cannot answer" in app.error[0].value


def test_without_a_run_the_real_outputs_say_how_to_train_one(tmp_path, monkeypatch):
    point_app_at(tmp_path, monkeypatch)
    app = open_page(PAGE, logits=REAL)
    assert not app.exception
    assert "No multi-label run is ready" in app.info[0].value


def test_the_code_shown_runs(at_home):
    code = shown_code(open_page(PAGE))
    names: dict = {}
    exec(code, names)
    logits, targets = torch.tensor([[0.5, -2.0]]), torch.tensor([[1, 0]])
    expected = functional.binary_cross_entropy_with_logits(logits, targets.float())
    assert names["binary_cross_entropy"](logits, targets) == pytest.approx(float(expected))


def test_the_vocabulary_of_the_sliders_is_the_texts(at_home):
    app = open_page(PAGE)
    assert [slider.label for slider in app.slider] == [f"logit of {label}" for label in VOCAB]


# --- photographs ------------------------------------------------------------------------------------------------


def photograph(**address):
    return open_page(PAGE, logits=REAL, kind="Photographs", **address)


def test_a_photographs_losses_are_torchs_on_the_models_own_outputs():
    image = open_image(example_photographs.FOLDER / "chelsea.jpg")
    several = photo_models.load("multi-label").predict([image])[0]
    one = photo_models.load("single-label").label_probs(image)
    app = photograph(example="A cat")
    assert not app.exception
    bars = _loss_bars(app)
    bce, ce = (
        next(terms for name, terms in bars.items() if name.startswith(way)) for way in ("binary", "cross")
    )
    labels = list(several.logits)
    logits = torch.tensor([several.logits[label] for label in labels], dtype=torch.float64)
    targets = torch.tensor([float(label == "cat") for label in labels], dtype=torch.float64)
    expected = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    np.testing.assert_allclose(bce, expected.numpy(), rtol=1e-4)
    known = [at for at, label in enumerate(labels) if label != "person"]
    np.testing.assert_allclose(ce.astype(float)[known], [-np.log(one[labels[at]]) for at in known], rtol=1e-4)
    assert ce[labels.index("person")] is None or np.isnan(ce[labels.index("person")])


def test_the_probability_of_a_label_is_the_sum_over_its_classes():
    image = open_image(example_photographs.FOLDER / "chelsea.jpg")
    model = photo_models.load("single-label")
    probs = model.all_probs(image)
    assert probs.sum() == pytest.approx(1, abs=1e-5)
    assert model.label_probs(image)["cat"] == pytest.approx(probs[281:286].sum(), rel=1e-6)
    assert "person" not in model.label_probs(image)


def test_what_an_example_photograph_shows_is_ticked():
    app = photograph(example="A photographer")
    assert next(one for one in app.button_group if one.label == "Present in the picture").value == ["person"]


def test_missing_examples_are_one_sentence(monkeypatch):
    monkeypatch.setattr(photo_showcase, "stored", list)
    app = photograph()
    assert not app.exception and "example photographs are missing" in texts(app)


def test_every_label_that_the_multi_label_model_knows_is_on_the_page():
    app, vocab = photograph(example="A cat"), photo_models.load("multi-label").vocab
    assert len(vocab) == 20 and "zebra" in vocab
    assert [slider.label for slider in app.slider] == [f"logit of {label}" for label in vocab]
    assert [name.removeprefix("● ") for name in chart(app, -1).data[0].y] == list(vocab)
    known = photo_models.load("single-label").label_probs(
        open_image(example_photographs.FOLDER / "chelsea.jpg")
    )
    assert set(vocab) - set(known) == {"person"}


@pytest.mark.parametrize(
    ("present", "says", "never"),
    [
        ("cat", "for cat, the orange bar of the right class", "does not know"),
        ("cat,dog", "for dog: it takes only one orange bar", "does not know"),
        ("person", "does not know person: there is no orange bar", "the right class"),
        ("", "no orange bar counts", "the right class"),
    ],
)
def test_the_orange_bars_are_spoken_of_as_they_are(present, says, never):
    stem = photograph(example="A cat").slider[0].key.removeprefix("z_").removesuffix("_bear")
    said = texts(photograph(example="A cat", **{f"present_{stem}": present}))
    assert says in said and never not in said


def test_without_orange_bars_nothing_is_said_of_them(at_home, made):
    single = made["single-label"].folder / "status.json"
    kept = single.read_text()
    single.write_text('{"state": "failed"}')
    try:
        app = open_page(PAGE, logits=REAL, picture="train/005.jpg")
        assert len(_loss_bars(app)) == 1 and "orange" not in texts(app)
    finally:
        single.write_text(kept)


def test_a_button_is_only_named_where_it_is_or_with_the_way_to_it(at_home):
    own, real = open_page(PAGE), open_page(PAGE, logits=REAL, picture="train/005.jpg")
    assert "Press “Logits of 1000”" in texts(own) and button(own, "Logits of 1000")
    assert "choose “Your own logits” at the top and press “Logits of 1000”" in texts(real)
    assert "Press “Logits" not in texts(real)
