"""Label review: which labels and points look wrong, by networks that never saw the image they judge."""

from engine.experiments.label_review.ranking import Ranking, rank
from engine.experiments.label_review.recall_curve import chance_curve, found_curve

__all__ = ["Ranking", "chance_curve", "found_curve", "rank"]
