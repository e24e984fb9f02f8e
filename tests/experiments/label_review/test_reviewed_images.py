"""What counts as decided in a review: standing decisions of its kinds, about images of its ranking."""

from engine.data.edits import KEPT, LABELS, NEW_LABEL, SPLIT, Decision
from engine.experiments.label_review.reviewed_images import decided_since, made_since

PAST = (
    (Decision(KEPT, {"early.png": None}), True),
    (Decision(LABELS, {"a.png": ["red"], "not ranked.png": ["red"]}), True),
    (Decision(KEPT, {"undone.png": None}), False),
    (Decision(SPLIT, {"b.png": True}), True),
    (Decision(NEW_LABEL, {"green": None}), True),
    (Decision(KEPT, {"c.png": None}), True),
)
RANKED = ("early.png", "a.png", "undone.png", "b.png", "c.png")


def test_only_standing_decisions_of_a_review_count_and_those_before_it_do_not():
    assert [decision.kind for decision in made_since(PAST, 1)] == [LABELS, KEPT]
    assert decided_since(PAST, 1, RANKED) == {"a.png", "c.png"}
    assert decided_since(PAST, 0, RANKED) == {"early.png", "a.png", "c.png"}
