"""Parts of the Train page: settings, start, progress, results, comparison, export."""
