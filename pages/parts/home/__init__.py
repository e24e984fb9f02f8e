"""Parts of Home: the diagram of one backbone with three heads, the two cards, and the trained runs."""
