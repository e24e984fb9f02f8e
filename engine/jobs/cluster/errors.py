"""What is wrong with a cluster, in one sentence."""


class ClusterError(ValueError):
    """An address that is none, a cluster that does not answer, or a missing Ray."""
