"""The ways to ask where a network looked, by name, and how to read the result. Imports no torch."""

GRAD_CAM, COVERING = "Grad-CAM", "covering"
WAYS = (GRAD_CAM, COVERING)

CAVEAT = (
    "A heat map shows which parts of the image raised the score of the chosen class. It does not show why, and it "
    "is there even when the class is not predicted. Trust it as far as the covering test bears it out: hiding the hot "
    "part should lower the probability, hiding the cold part should not."
)
