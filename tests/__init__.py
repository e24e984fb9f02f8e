"""What proves that the rest is true."""
