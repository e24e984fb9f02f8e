"""Label review: which labels and points look wrong, by networks that never saw the picture they judge."""

from engine.review.found import chance_curve, found_curve
from engine.review.ranking import Ranking, rank

__all__ = ["Ranking", "chance_curve", "found_curve", "rank"]
