"""Pure math on arrays, without torch."""
