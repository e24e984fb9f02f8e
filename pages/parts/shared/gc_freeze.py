"""What a server has loaded lasts as long as it does; the search for garbage need not look at it again.

Streamlit searches all that Python holds after every script run, while every other visitor waits: with pandas and Plotly
loaded that takes several times as long as most answers. What is set aside is still freed once nothing refers to it;
only circles of references that were alive at that moment stay, and that moment comes a few times in a server's life.
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
