"""Numbers in titles and sentences with a minus sign, which a hyphen is not."""


def signed(number: float, form: str = "g") -> str:
    """A number in a format, such as `.2f`, as people write it.

    >>> signed(-2.5), signed(3.0), signed(-0.25, ".3f")
    ('−2.5', '3', '−0.250')
    """
    return f"{number:{form}}".replace("-", "−")
