"""UI components that several pages use."""
