"""Which resource limits the prediction of many images, and how many nodes are worth having.

    python -m benchmarks.cluster_model [--measure] [--images 10000000]

Predicting is a pipeline of five stages that work at the same time, so that the slowest one sets the time:

    listing   images * (page / 1000 + name)                 one task; S3 gives a page after the one before
    network   images * image_bytes / (nodes * node_bytes)   what a node's network takes in
    cores     images * core / (nodes * cores)               reading, decoding and predicting
    driver    images * row                                  one process unpacks the results and writes the table

Two more listings stand alone: one before, which counts the images, and one after, which finds what is missing.
`RATES` were measured on one core each; `ASSUMED` was not.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from math import ceil, inf

LISTINGS_ALONE = 2


@dataclass(frozen=True)
class Rates:
    """Seconds of processor time on one core for an image: to parse its name in a listing, to read it from S3, to
    decode it, to predict it, and to write its row of the table."""

    name: float
    read: float
    decode: float
    predict: float
    row: float

    @property
    def core(self) -> float:
        """All that a node's core does for an image."""
        return self.read + self.decode + self.predict


@dataclass(frozen=True)
class Cluster:
    """What the machines and the store are taken to give: bytes of an image, cores and bytes a second of a node, and
    seconds for a page of 1,000 names."""

    image_bytes: float = 70_000
    cores: int = 16
    node_bytes: float = 1.25e9
    page: float = 0.1


RATES = Rates(name=0.000_112, read=0.0032, decode=0.0013, predict=0.0041, row=0.000_121)
ASSUMED = Cluster()


def stages(images: int, nodes: int, rates: Rates = RATES, cluster: Cluster = ASSUMED) -> dict[str, float]:
    """The seconds that each stage needs."""
    return {
        "listing": images * (cluster.page / 1000 + rates.name),
        "network": images * cluster.image_bytes / (nodes * cluster.node_bytes),
        "cores": images * rates.core / (nodes * cluster.cores),
        "driver": images * rates.row,
    }


def seconds(images: int, nodes: int, rates: Rates = RATES, cluster: Cluster = ASSUMED) -> float:
    """From the command to its end, without the start of Ray and of the networks."""
    each = stages(images, nodes, rates, cluster)
    return LISTINGS_ALONE * each["listing"] + max(each.values())


def limit(images: int, nodes: int, rates: Rates = RATES, cluster: Cluster = ASSUMED) -> str:
    """The slowest stage."""
    each = stages(images, nodes, rates, cluster)
    return max(each, key=lambda name: each[name])


def most_nodes(rates: Rates = RATES, cluster: Cluster = ASSUMED) -> int:
    """With more nodes than these, another stage than the nodes' own is the slowest, however many images there are."""
    alone = max(rates.row, cluster.page / 1000 + rates.name)
    own = max(rates.core / cluster.cores, cluster.image_bytes / cluster.node_bytes)
    return ceil(own / alone)


def table(images: int, rates: Rates = RATES, cluster: Cluster = ASSUMED) -> str:
    """A row for each number of nodes."""
    lines = ["| nodes | slowest stage | hours in all | images/s |", "|---|---|---|---|"]
    most = most_nodes(rates, cluster)
    for nodes in sorted({1, 2, most, 2 * most}):
        total = seconds(images, nodes, rates, cluster)
        lines.append(
            f"| {nodes} | {limit(images, nodes, rates, cluster)} | {total / 3600:.1f} | {images / total:,.0f} |"
        )
    return "\n".join(lines)


def measured() -> Rates:
    """Decoding and predicting as this machine does them now; the others as they are in `RATES`."""
    import time

    from benchmarks.decoding import enlarged_scenes
    from engine import paths
    from engine.images import open_square
    from engine.inference import predict
    from engine.runs import Run

    run = Run(paths.BUNDLED_RUNS / "multi-label")
    model, jpegs = predict.load(run), enlarged_scenes(64)
    squares = [open_square(jpeg, run.config.size) for jpeg in jpegs]
    model.predict_squares(squares[:16], [(1, 1)] * 16)
    best: dict[str, float] = {}
    for _ in range(5):
        began = time.process_time()
        for jpeg in jpegs:
            open_square(jpeg, run.config.size)
        decoded = time.process_time()
        for start in range(0, len(squares), 16):
            model.predict_squares(squares[start : start + 16], [(1, 1)] * 16)
        ended = time.process_time()
        for name, taken in (("decode", decoded - began), ("predict", ended - decoded)):
            best[name] = min(best.get(name, inf), taken / len(jpegs))
    return replace(RATES, **best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--measure", action="store_true", help="decode and predict on this machine first")
    parser.add_argument("--images", type=int, default=10_000_000)
    options = parser.parse_args()
    rates = measured() if options.measure else RATES
    print(f"{options.images:,} images, {rates}, {ASSUMED}\n")
    print(table(options.images, rates))


if __name__ == "__main__":
    main()
