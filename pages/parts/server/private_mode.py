"""Whether the server has to keep visitors apart."""

from engine.jobs import user_scope
from engine.jobs.hosting import HostingError


def is_on() -> bool:
    """Whether visitors see only their own; also while the configuration of the sign-in cannot be read."""
    try:
        return user_scope.is_private()
    except HostingError:
        return True
