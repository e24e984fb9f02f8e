"""What is wrong with a cluster, in one sentence."""


class ClusterError(OSError):
    """An address that is none, a cluster that does not answer, or a missing Ray."""


def first_line(error: Exception) -> str:
    """What Ray says of an error, as the end of a sentence; the rest of it is a trace."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"{lines[0][:300].rstrip('.')}."


def does_not_see(host: str, folder: object) -> str:
    """What a job says that came to a node which lacks the job's folder."""
    return f"The node {host} does not see {folder}: let all nodes share that folder, or remove that node."
