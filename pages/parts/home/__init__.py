"""Parts of Home: the demonstration, the ready-to-use models and the list of pages."""
