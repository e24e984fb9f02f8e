"""Splits: which images are for validation, and folds for cross-validation."""
