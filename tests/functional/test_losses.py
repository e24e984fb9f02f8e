import math
import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torchvision.ops import sigmoid_focal_loss

from engine import paths
from engine.functional import losses

# fastai/fastbook issue 403: one class, six pictures.
WORKED_LOGITS = [[0.5], [0.4], [0.7], [1.5], [2.4], [-2.7]]
WORKED_TARGETS = [[1.0], [1], [1], [1], [0], [0]]

BINARY = [losses.binary_cross_entropy, losses.binary_cross_entropy_as_printed, losses.mnist_loss]
HUGE = np.array([[-1000.0, 0.0, 1000.0]])


@pytest.fixture
def answers():
    rng = np.random.default_rng(0)
    return rng.normal(0, 4, (7, 5)), (rng.random((7, 5)) < 0.4).astype(np.uint8)


@pytest.fixture
def choices():
    rng = np.random.default_rng(1)
    return rng.normal(0, 4, (7, 5)), rng.integers(0, 5, 7)


def sigmoid_by_hand(logit):
    return 1 / (1 + math.exp(-logit))


def test_importing_the_maths_does_not_import_torch():
    code = (
        "import sys; from engine.functional import coordinates, label_encoding, linear_regression, losses, metrics; "
        "assert losses.sigmoid([0.0])[0] == 0.5; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT).returncode == 0


def test_the_worked_case_of_issue_403():
    assert round(float(losses.binary_cross_entropy(WORKED_LOGITS, WORKED_TARGETS)), 4) == 0.6906
    assert round(float(losses.binary_cross_entropy_as_printed(WORKED_LOGITS, WORKED_TARGETS)), 4) == 1.2573


def test_binary_losses_by_hand(answers):
    logits, targets = answers
    bce = printed = mnist = 0.0
    for logit, target in zip(logits.ravel(), targets.ravel(), strict=True):
        prob = sigmoid_by_hand(logit)
        right, wrong = (prob, 1 - prob) if target == 1 else (1 - prob, prob)
        bce, printed, mnist = bce - math.log(right), printed - math.log(wrong), mnist + wrong
    assert losses.binary_cross_entropy(logits, targets) == pytest.approx(bce / 35)
    assert losses.binary_cross_entropy_as_printed(logits, targets) == pytest.approx(printed / 35)
    assert losses.mnist_loss(logits, targets) == pytest.approx(mnist / 35)


def test_cross_entropy_by_hand(choices):
    logits, index = choices
    total = 0.0
    for row, right in zip(logits, index, strict=True):
        powers = [math.exp(logit) for logit in row]
        total -= math.log(powers[right] / sum(powers))
    assert losses.cross_entropy(logits, index) == pytest.approx(total / 7)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_binary_cross_entropy_equals_torch_with_its_gradient(answers, reduction):
    ours = torch.tensor(answers[0], requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    targets = torch.tensor(answers[1])
    a = losses.binary_cross_entropy(ours, targets, reduction)
    b = F.binary_cross_entropy_with_logits(theirs, targets.double(), reduction=reduction)
    a.sum().backward()
    b.sum().backward()
    torch.testing.assert_close(a, b)
    torch.testing.assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_cross_entropy_equals_torch_with_its_gradient(choices, reduction):
    ours = torch.tensor(choices[0], requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    index = torch.tensor(choices[1])
    a = losses.cross_entropy(ours, index, reduction)
    b = F.cross_entropy(theirs, index, reduction=reduction)
    a.sum().backward()
    b.sum().backward()
    torch.testing.assert_close(a, b)
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_fractions_are_legal_targets_as_in_torch(answers):
    logits, targets = torch.tensor(answers[0]), torch.tensor(answers[1]).double() * 0.8 + 0.1
    expected = F.binary_cross_entropy_with_logits(logits, targets)
    torch.testing.assert_close(losses.binary_cross_entropy(logits, targets), expected)


def test_mnist_loss_and_the_printed_formula_equal_the_books_code(answers):
    logits, targets = torch.tensor(answers[0]), torch.tensor(answers[1])
    inputs = logits.sigmoid()
    torch.testing.assert_close(
        losses.mnist_loss(logits, targets), torch.where(targets == 1, 1 - inputs, inputs).mean()
    )
    torch.testing.assert_close(
        losses.binary_cross_entropy_as_printed(logits, targets),
        -torch.where(targets == 1, 1 - inputs, inputs).log().mean(),
    )


def test_the_printed_formula_is_smallest_when_every_answer_is_wrong():
    targets = np.array([[1, 0]])
    all_right, all_wrong = np.array([[5.0, -5.0]]), np.array([[-5.0, 5.0]])
    assert losses.binary_cross_entropy(all_right, targets) < losses.binary_cross_entropy(all_wrong, targets)
    assert losses.binary_cross_entropy_as_printed(
        all_right, targets
    ) > losses.binary_cross_entropy_as_printed(all_wrong, targets)


def focal_by_hand(logit, target, gamma, alpha):
    """Equation 5 of Lin et al. 2017."""
    prob = sigmoid_by_hand(logit)
    p_t, alpha_t = (prob, alpha) if target == 1 else (1 - prob, 1 - alpha)
    return -alpha_t * (1 - p_t) ** gamma * math.log(p_t)


def asymmetric_by_hand(logit, target, gamma_pos, gamma_neg, margin):
    """Equations 5 to 7 of Ridnik et al. 2021."""
    prob = sigmoid_by_hand(logit)
    if target == 1:
        return -((1 - prob) ** gamma_pos) * math.log(prob)
    shifted = max(prob - margin, 0)
    return -(shifted**gamma_neg) * math.log(1 - shifted)


def each_by_hand(formula, answers, *settings):
    """The terms (N, C) of a formula, one answer after the other."""
    pairs = [zip(*row, strict=True) for row in zip(*answers, strict=True)]
    return np.array([[formula(logit, target, *settings) for logit, target in row] for row in pairs])


@pytest.mark.parametrize(("gamma", "alpha"), [(2, 0.25), (0.5, 0.6), (0, 0.5), (5, 1.0)])
def test_focal_loss_is_the_papers_formula_and_torchvisions(answers, gamma, alpha):
    expected = each_by_hand(focal_by_hand, answers, gamma, alpha)
    assert np.allclose(losses.focal_loss(*answers, gamma, alpha, "none"), expected)
    ours = torch.tensor(answers[0], requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    targets = torch.tensor(answers[1]).double()
    a = losses.focal_loss(ours, targets, gamma, alpha)
    b = sigmoid_focal_loss(theirs, targets, alpha, gamma, reduction="mean")
    a.backward()
    b.backward()
    torch.testing.assert_close(a, b)
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_focal_loss_without_focus_or_weights_is_binary_cross_entropy(answers):
    bce = losses.binary_cross_entropy(*answers, "none")
    assert np.allclose(losses.focal_loss(*answers, gamma=0, alpha=None, reduction="none"), bce)
    assert np.allclose(2 * losses.focal_loss(*answers, gamma=0, alpha=0.5, reduction="none"), bce)


def test_focal_loss_of_a_nearly_right_answer_as_the_paper_says():
    """Section 3.2: with gamma 2 an example at p_t = 0.9 costs 100 times less than with cross-entropy."""
    logit = losses.logit([0.9])
    bce, focal = losses.binary_cross_entropy(logit, [1]), losses.focal_loss(logit, [1], 2, None)
    assert bce / focal == pytest.approx(100)


ASYMMETRIC = [(0, 4, 0.05), (1, 4, 0.05), (0, 0, 0.2), (0, 0.5, 0.3), (2, 1, 0)]


@pytest.mark.parametrize("settings", ASYMMETRIC)
def test_asymmetric_loss_is_the_papers_formula(answers, settings):
    expected = each_by_hand(asymmetric_by_hand, answers, *settings)
    assert np.allclose(losses.asymmetric_loss(*answers, *settings, "none"), expected)
    assert losses.asymmetric_loss(*answers, *settings) == pytest.approx(expected.mean())


@pytest.mark.parametrize("settings", ASYMMETRIC)
def test_the_gradient_of_asymmetric_loss_is_its_slope(answers, settings):
    logits, targets = torch.tensor(answers[0], requires_grad=True), torch.tensor(answers[1])
    losses.asymmetric_loss(logits, targets, *settings, reduction="sum").backward()
    step = 1e-6
    above, below = (
        losses.asymmetric_loss(answers[0] + d, answers[1], *settings, "none") for d in (step, -step)
    )
    assert np.allclose(logits.grad, (above - below) / (2 * step), atol=1e-6)


def test_asymmetric_loss_with_nothing_asymmetric_is_binary_cross_entropy_or_focal(answers):
    bce = losses.binary_cross_entropy(*answers, "none")
    assert np.allclose(losses.asymmetric_loss(*answers, 0, 0, 0, "none"), bce)
    focal = losses.focal_loss(*answers, 2, None, "none")
    assert np.allclose(losses.asymmetric_loss(*answers, 2, 2, 0, "none"), focal)


def test_asymmetric_loss_charges_nothing_for_an_absent_class_within_the_margin():
    logits = losses.logit([0.04, 0.05, 0.5])
    assert losses.asymmetric_loss(logits, [0, 0, 0], reduction="none").tolist() == [
        0,
        0,
        pytest.approx(0.45**4 * -math.log(0.55)),
    ]


def test_shared_cross_entropy_equals_torch_with_shared_targets(answers):
    logits, targets = torch.tensor(answers[0], requires_grad=True), torch.tensor(answers[1])
    targets[0], targets[1] = 0, torch.tensor([1, 1, 1, 0, 0])
    shares = targets / targets.sum(1, keepdim=True).clamp(min=1)
    theirs = logits.detach().clone().requires_grad_()
    a, b = losses.shared_cross_entropy(logits, targets), F.cross_entropy(theirs, shares)
    a.backward()
    b.backward()
    torch.testing.assert_close(a, b)
    torch.testing.assert_close(logits.grad, theirs.grad)
    assert (logits.grad[0] == 0).all(), "a picture with nothing teaches nothing"


def test_shared_cross_entropy_of_one_label_each_is_cross_entropy(choices):
    logits, index = choices
    one_hot = np.eye(5)[index]
    assert np.allclose(
        losses.shared_cross_entropy(logits, one_hot, "none"), losses.cross_entropy(logits, index, "none")
    )


def test_sigmoid_mean_squared_error_equals_torch(answers):
    logits, targets = torch.tensor(answers[0]), torch.tensor(answers[1])
    expected = F.mse_loss(logits.sigmoid(), targets.double())
    torch.testing.assert_close(losses.sigmoid_mean_squared_error(logits, targets), expected)


MULTI_LABEL_LOSSES = [
    losses.focal_loss,
    losses.asymmetric_loss,
    losses.shared_cross_entropy,
    losses.sigmoid_mean_squared_error,
]


@pytest.mark.parametrize("loss", MULTI_LABEL_LOSSES)
@pytest.mark.parametrize("targets", [[[1, 1, 1]], [[0, 0, 0]], [[1, 0, 0]]])
def test_losses_and_gradients_at_a_thousand_are_finite(loss, targets):
    logits = torch.tensor(HUGE, dtype=torch.float32, requires_grad=True)
    value = loss(logits, torch.tensor(targets))
    value.backward()
    assert torch.isfinite(value) and torch.isfinite(logits.grad).all()
    assert float(value.detach()) == pytest.approx(float(loss(HUGE, targets)))


def test_focal_and_asymmetric_at_a_thousand_are_exact():
    assert losses.focal_loss(HUGE, [[1, 0, 0]], 2, None, "none")[0, [0, 2]].tolist() == [1000, 1000]
    assert losses.asymmetric_loss(HUGE, [[1, 0, 0]], margin=0, reduction="none")[0, [0, 2]].tolist() == [
        1000,
        1000,
    ]
    assert losses.asymmetric_loss(HUGE, [[0, 0, 0]], 0, 0, 0.05, "none")[0, 2] == pytest.approx(
        -math.log(0.05)
    )


@pytest.mark.parametrize("delta", [1.0, 0.1])
def test_huber_equals_torch_with_its_gradient(delta):
    rng = np.random.default_rng(3)
    ours = torch.tensor(rng.normal(0, delta, (9, 2)), requires_grad=True)
    theirs, targets = ours.detach().clone().requires_grad_(), torch.zeros(9, 2).double()
    a, b = losses.huber(ours, targets, delta), F.huber_loss(theirs, targets, delta=delta)
    a.backward()
    b.backward()
    torch.testing.assert_close(a, b)
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_numpy_and_torch_give_the_same_numbers(answers, choices):
    for loss in [*BINARY, *MULTI_LABEL_LOSSES]:
        assert loss(*answers) == pytest.approx(float(loss(*map(torch.tensor, answers))))
    assert losses.cross_entropy(*choices) == pytest.approx(
        float(losses.cross_entropy(*map(torch.tensor, choices)))
    )


def test_probabilities_equal_torch(answers):
    logits = torch.tensor(answers[0])
    torch.testing.assert_close(losses.sigmoid(logits), logits.sigmoid())
    torch.testing.assert_close(losses.log_sigmoid(logits), F.logsigmoid(logits))
    torch.testing.assert_close(losses.softmax(logits), logits.softmax(-1))
    torch.testing.assert_close(losses.log_softmax(logits), logits.log_softmax(-1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_a_thousand_are_exact(dtype):
    logits = HUGE.astype(dtype)
    assert losses.sigmoid(logits).tolist() == [[0, 0.5, 1]]
    assert losses.softmax(logits).tolist() == [[0, 0, 1]]
    assert losses.log_softmax(logits).tolist() == [[-2000, -1000, 0]]
    assert losses.binary_cross_entropy(logits, [[1, 0, 0]], "none") == pytest.approx(
        np.array([[1000, math.log(2), 1000]])
    )
    assert losses.binary_cross_entropy(logits, [[0, 1, 1]], "none")[0, [0, 2]].tolist() == [0, 0]
    assert losses.cross_entropy(logits, [0]) == 2000
    assert losses.sigmoid(logits).dtype == dtype


def test_gradients_at_a_thousand_and_at_zero_are_finite_and_right():
    logits = torch.tensor([-1000.0, 0.0, 1000.0], requires_grad=True)
    losses.sigmoid(logits).sum().backward()
    assert logits.grad.tolist() == [0, 0.25, 0]
    logits.grad = None
    losses.binary_cross_entropy(logits, torch.tensor([1, 1, 0]), "sum").backward()
    assert logits.grad.tolist() == [-1, -0.5, 1]


def test_the_naive_formulas_agree_until_they_overflow(answers, choices):
    logits, targets = answers
    assert np.allclose(losses.naive_sigmoid(logits), losses.sigmoid(logits))
    assert np.allclose(losses.naive_softmax(logits), losses.softmax(logits))
    assert losses.naive_binary_cross_entropy(logits, targets) == pytest.approx(
        losses.binary_cross_entropy(logits, targets)
    )
    assert losses.naive_cross_entropy(*choices) == pytest.approx(losses.cross_entropy(*choices))
    assert np.isnan(losses.naive_softmax(HUGE)[0, 2])
    assert np.isinf(losses.naive_binary_cross_entropy(HUGE, [[1, 0, 0]]))
    assert not np.isfinite(losses.naive_cross_entropy(HUGE, [2]))


@pytest.mark.parametrize("loss", [*BINARY, *MULTI_LABEL_LOSSES])
def test_hand_written_gradients_equal_autograd(loss, answers):
    targets = answers[1].copy()
    targets[0] = 0
    assert_gradient(loss, answers[0], targets)


@pytest.mark.parametrize("settings", ASYMMETRIC)
def test_hand_written_gradients_equal_autograd_at_every_setting(answers, settings):
    names = ("gamma_pos", "gamma_neg", "margin")
    assert_gradient(losses.asymmetric_loss, *answers, **dict(zip(names, settings, strict=True)))
    assert_gradient(losses.focal_loss, *answers, gamma=settings[1], alpha=None)


@pytest.mark.parametrize("loss", [losses.mean_squared_error, losses.mean_absolute_error, losses.huber])
def test_hand_written_gradients_of_numbers_equal_autograd(loss):
    rng = np.random.default_rng(5)
    predictions, targets = rng.normal(0, 2, (2, 9, 2))
    predictions[0] = targets[0]
    assert_gradient(loss, predictions, targets)


def test_cross_entropy_gradient_equals_autograd(choices):
    assert_gradient(losses.cross_entropy, *choices)


@pytest.mark.parametrize("loss", [*BINARY, *MULTI_LABEL_LOSSES])
@pytest.mark.parametrize("targets", [[[1, 1, 1]], [[0, 0, 0]], [[1, 0, 0]]])
def test_hand_written_gradients_at_a_thousand_are_those_of_autograd(loss, targets):
    assert_gradient(loss, HUGE, np.array(targets))


def assert_gradient(loss, outputs, targets, **settings):
    tensor = torch.tensor(outputs, requires_grad=True)
    loss(tensor, torch.tensor(targets), **settings).backward()
    by_hand = getattr(losses, f"{loss.__name__}_gradient")(outputs, targets, **settings)
    np.testing.assert_allclose(by_hand, tensor.grad, rtol=1e-6, atol=1e-12)
