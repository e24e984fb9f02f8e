"""Training, validation and test as a source states them: in folders, in a column, or for some rows."""
