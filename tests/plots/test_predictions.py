"""Bars of one image's probabilities: every number stands where it can be read."""

from engine.plots import predictions

VOCAB = ("bear", "cat", "dog", "horse")


def test_no_ticks_cover_a_number():
    thresholds = [0.5, 0.05, 1.0, 0.4]
    bars, numbers, ticks = predictions.sigmoid_bars(VOCAB, [0.48, 0.02, 0.97, 0.5], thresholds).data
    assert [text.strip() for text in numbers.text] == ["48%", "2%", "97%", "50%"]
    assert min(numbers.x) >= max(1, *ticks.x, *bars.x)


def test_a_softmax_has_its_numbers_at_the_ends_of_its_bars():
    bars, numbers = predictions.softmax_bars(VOCAB, [0.7, 0.1, 0.1, 0.1]).data
    assert list(numbers.x) == list(bars.x)
