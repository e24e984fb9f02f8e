"""What a job takes of a node, and the environment in which it works there."""

from __future__ import annotations

import os

from engine import paths
from engine.jobs import user_scope
from engine.jobs.cluster.address import VARIABLE
from engine.jobs.cluster.errors import ClusterError

NO_DEVICE = "none"
"""The device of a job that only starts other jobs and waits for them."""
CPUS_VARIABLE = "LOSS_LAB_RAY_CPUS"
OWN_SHARE_VARIABLE = "LOSS_LAB_OWN_SHARE"
"""Set where the cluster has given a job a share of its machine: it need not queue for the device there."""
THREADS_VARIABLE, GPUS_VARIABLE = "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"


def needs(device: str, gpus: int) -> dict[str, float]:
    """What Ray is to reserve for a job on a device, in a cluster with so many GPUs. Raises `ClusterError`.

    >>> needs("cuda", gpus=0), needs("auto", gpus=0), needs(NO_DEVICE, gpus=8)
    ({'num_cpus': 1, 'num_gpus': 1}, {'num_cpus': 1}, {'num_cpus': 0})
    """
    if device == NO_DEVICE:
        return {"num_cpus": 0}
    if wants_gpu(device, gpus):
        return {"num_cpus": 1, "num_gpus": 1}
    return {"num_cpus": _cpus()}


def wants_gpu(device: str, gpus: int) -> bool:
    return device == "cuda" or (device == "auto" and gpus > 0)


def environment(address: str, device: str, gpus: int) -> dict[str, str]:
    """The variables that a job's process on a node needs: where Loss Lab and its folders are, and for whom it works.

    Only a job that starts others is told the cluster's address. Whether people sign in is read from the server's
    secrets.toml, which a node does not have: so the node is told that what it does is private.
    """
    mine = user_scope.child_environment()
    own = {name: value for name, value in mine.items() if name.startswith("LOSS_LAB_")}
    own.pop(VARIABLE, None)
    own["PYTHONPATH"] = os.pathsep.join(filter(None, [str(paths.ROOT), mine.get("PYTHONPATH", "")]))
    if THREADS_VARIABLE in mine:
        own[THREADS_VARIABLE] = mine[THREADS_VARIABLE]
    if user_scope.is_private():
        own[user_scope.PRIVATE_VARIABLE] = "1"
    if device == NO_DEVICE:
        return own | {VARIABLE: address}
    return own | {OWN_SHARE_VARIABLE: "1"} | ({} if wants_gpu(device, gpus) else {GPUS_VARIABLE: ""})


def has_own_share() -> bool:
    """Whether this process works in a share of the machine that a cluster has reserved for it."""
    return bool(os.environ.get(OWN_SHARE_VARIABLE))


def _cpus() -> int:
    """The cores for each job without a GPU: one, or what `LOSS_LAB_RAY_CPUS` says."""
    given = os.environ.get(CPUS_VARIABLE, "").strip()
    if not given:
        return 1
    if not given.isdecimal() or int(given) < 1:
        raise ClusterError(f"{CPUS_VARIABLE} is {given!r}: write a whole number of at least 1.")
    return int(given)
