"""Pure mathematics on arrays, without torch."""
