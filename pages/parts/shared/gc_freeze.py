"""What a server has loaded lasts as long as it does, so garbage collection need not look at it again.

A full collection looks at everything that Python holds while every visitor waits: with pandas and Plotly loaded that
takes several times as long as most responses. What is set aside is still freed once nothing refers to it; only cycles
of references that were alive then stay, and that moment comes a few times in a server's life.
"""

import atexit
import gc
import sys

_modules = 0
atexit.register(gc.unfreeze)  # at the end everything is let go of as usual


def set_aside() -> None:
    """Exempt from the search all that is alive now; changes nothing unless a module was loaded since the last time."""
    global _modules
    if len(sys.modules) > _modules:
        gc.collect()
        gc.freeze()
        _modules = len(sys.modules)
