"""What is wrong with a cluster, in one sentence."""


class ClusterError(OSError):
    """An address that is none, a cluster that does not answer, or a missing Ray."""
