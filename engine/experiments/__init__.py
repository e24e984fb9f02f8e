"""What lessons and pages try out: the race of losses, label review, open-set recognition, and salary data."""
