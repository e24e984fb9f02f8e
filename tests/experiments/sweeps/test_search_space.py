"""What varies is read from text, and everything that is wrong with it is named."""

import math

import pytest

from engine.experiments.sweeps.search_space import combinations, parse, parse_all


def test_a_range_of_rates_is_spaced_evenly_in_logarithms():
    lr = parse("lr", "0.0001 .. 0.1")
    steps = [math.log10(high / low) for low, high in zip(lr.grid, lr.grid[1:], strict=False)]
    assert lr.is_logarithmic and lr.grid[0] == 0.0001 and lr.grid[-1] == 0.1
    assert steps == pytest.approx([1, 1, 1])


def test_a_short_range_of_whole_numbers_has_all_of_them_on_the_grid():
    assert parse("epochs", "2..4").grid == (2, 3, 4)
    assert parse("epochs", "2..50").grid == (2, 18, 34, 50)


def test_options_keep_their_order_and_their_kind():
    assert parse("augment", "yes, no").options == (True, False)
    assert parse("size", "128,64,128").options == (128, 64)
    assert str(parse("augment", "yes,no")) == "yes,no" and str(parse("lr", "1e-3..0.1")) == "0.001..0.1"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("data", "a,b", "'data' cannot vary"),
        ("lr", "0.1..0.1", "with the lower number first"),
        ("lr", "0..0.1", "a range above 0"),
        ("lr", "fast", "lr should be a number, but is 'fast'"),
        ("dropout", "0..inf", "dropout should be a number, but is 'inf'"),
        ("epochs", "1.5..3", "epochs should be a whole number, but is '1.5'"),
        ("loss", "focal..asymmetric", "loss takes options"),
        ("augment", "maybe", "augment should be yes or no"),
        ("seed", " , ", "seed needs a range such as"),
    ],
)
def test_what_cannot_vary_is_refused(name, text, says):
    with pytest.raises(ValueError, match=says):
        parse(name, text)


def test_every_problem_is_named_at_once_and_the_rest_is_kept():
    dimensions, problems = parse_all({"lr": "2..1", "data": "x", "epochs": "1..3", "augment": "yes,no"})
    assert [dimension.name for dimension in dimensions] == ["epochs", "augment"] and len(problems) == 2
    assert combinations(dimensions) == 6
