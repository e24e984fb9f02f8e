"""Numbers in titles and sentences with a minus sign, which a hyphen is not."""


def signed(number: float, form: str = "g") -> str:
    """A number in a format, such as `.2f`, as people write it; one that rounds to zero has no sign.

    >>> signed(-2.5), signed(3.0), signed(-0.25, ".3f"), signed(0.5, "+.1f"), signed(-0.0001, "+.2f")
    ('−2.5', '3', '−0.250', '+0.5', '0.00')
    """
    text = f"{number:{form}}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")
