"""The model of a large prediction: the slowest stage counts, and more nodes help until another stage is slower."""

import pytest

from benchmarks.cluster_model import Cluster, Rates, limit, most_nodes, seconds, stages, table

RATES = Rates(name=0.000_01, read=0.001, decode=0.002, predict=0.007, row=0.0001)
CLUSTER = Cluster(image_bytes=1e5, cores=10, node_bytes=1e9, page=0.05)
IMAGES = 1_000_000


def test_each_stage_is_its_formula():
    assert stages(IMAGES, 2, RATES, CLUSTER) == pytest.approx(
        {"listing": 60, "network": 50, "cores": 500, "driver": 100}
    )
    assert seconds(IMAGES, 2, RATES, CLUSTER) == pytest.approx(500 + 2 * 60)


def test_more_nodes_help_until_the_driver_is_the_slowest():
    most = most_nodes(RATES, CLUSTER)
    assert most == 10
    assert limit(IMAGES, most - 1, RATES, CLUSTER) == "cores"
    assert limit(IMAGES, most + 1, RATES, CLUSTER) == "driver"
    assert seconds(IMAGES, 2 * most, RATES, CLUSTER) == seconds(IMAGES, 3 * most, RATES, CLUSTER)


def test_a_thin_wire_or_a_slow_listing_can_be_the_limit():
    assert limit(IMAGES, 1, RATES, Cluster(1e6, 10, 1e8, 0.05)) == "network"
    assert limit(IMAGES, 100, RATES, Cluster(1e5, 10, 1e9, 0.5)) == "listing"


def test_the_table_has_a_row_for_each_number_of_nodes():
    assert table(IMAGES, RATES, CLUSTER).count("\n") == 5 and "| 10 |" in table(IMAGES, RATES, CLUSTER)
