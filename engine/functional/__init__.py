"""Pure mathematics on arrays. Nothing here loads torch."""
