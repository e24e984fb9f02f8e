"""Ready-to-use models for photographs: what they compute, how they were fitted, and their files."""
