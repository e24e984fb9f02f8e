"""What reaches into torch's or fastai's private parts, or replaces something of theirs; one patch per module.

Each names the versions it was written for (`WRITTEN_FOR`) and when it can go (`REMOVE_WHEN`). After an update of a
library `tests/training/patches` fails until each patch has been checked again.
"""
