"""A Ray cluster as the place where jobs run. Ray itself is loaded in processes of their own, and with an address only."""
