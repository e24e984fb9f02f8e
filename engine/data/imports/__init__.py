"""Images on their way in: names checked, archives unpacked within limits, detected, and put into the library.

Nothing that comes in is trusted: not names, not sizes that an archive claims, not what it holds. The work is done by a
process of its own, in a folder of its own; a dataset is in the library whole, or not at all.
"""

from engine.data.archives.errors import IncomingError
from engine.data.archives.limits import Limits, limits
from engine.data.imports.import_job import ImportJob, all_imports, begin, begin_here, dismiss, stop, take

__all__ = [
    "ImportJob",
    "IncomingError",
    "Limits",
    "all_imports",
    "begin",
    "begin_here",
    "dismiss",
    "limits",
    "stop",
    "take",
]
