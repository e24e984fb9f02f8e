"""A Ray cluster as the place where jobs run. Only with an address is Ray loaded, by processes of their own."""

import os

from engine.jobs.cluster import address


def use(on: str | None) -> str:
    """Let this process's jobs run on the cluster that `--on` or `LOSS_LAB_RAY` names; its address, "" without one.

    Raises `ClusterError` where the address is none, or nothing answers there.
    """
    place = address.asked_for(on)
    if place:
        address.check(place)
        os.environ[address.VARIABLE] = place
    return place
