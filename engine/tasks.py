"""The three problems that the same network solves."""

SINGLE_LABEL, MULTI_LABEL, POINTS = "single-label", "multi-label", "points"
TASKS = (SINGLE_LABEL, MULTI_LABEL, POINTS)
