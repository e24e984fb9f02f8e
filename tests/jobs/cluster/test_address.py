"""The address of a cluster: which text is one, which source counts, and one sentence for what does not work."""

import importlib.util
import socket
import subprocess
import sys
import threading

import pytest

from engine.jobs.cluster import address
from engine.jobs.cluster.errors import ClusterError


@pytest.fixture(autouse=True)
def _no_cluster(monkeypatch):
    monkeypatch.delenv(address.VARIABLE, raising=False)


def test_without_an_address_there_is_no_cluster(monkeypatch):
    assert address.asked_for() == ""
    monkeypatch.setenv(address.VARIABLE, "  ")
    assert address.asked_for() == ""


def test_the_option_counts_more_than_the_variable(monkeypatch):
    monkeypatch.setenv(address.VARIABLE, " head.example:6379 ")
    assert address.asked_for() == "head.example:6379"
    assert address.asked_for("[::1]:1") == "[::1]:1"


@pytest.mark.parametrize(
    "text", ["", "nonsense", "host", ":6379", "host:", "host:0", "host:65536", "host:6379/x", "a b:1", "-h:1"]
)
def test_what_is_no_address_is_refused_in_one_sentence(text):
    with pytest.raises(ClusterError, match=r"^--on is .*: write HOST:PORT of the cluster's head"):
        address.asked_for(text)


def test_the_sentence_names_the_variable_and_ray_client(monkeypatch):
    monkeypatch.setenv(address.VARIABLE, "ray://head:10001")
    with pytest.raises(ClusterError, match=r"^LOSS_LAB_RAY is .*ray:// addresses do not work"):
        address.asked_for()


def test_a_head_that_does_not_listen_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"No Ray cluster answers at {place}"):
            address.check(place)
        bound.listen()
        monkeypatch.setattr(address, "SECONDS_TO_ANSWER", 0.1)
        with pytest.raises(ClusterError, match=f"No Ray cluster answers at {place}"):
            address.check(place)  # a server that says nothing


@pytest.mark.parametrize(
    ("reply", "is_head"),
    [
        (bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]), True),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        (b"-ERR", False),
        (b"", False),
    ],
)
def test_another_server_is_not_taken_for_a_head(reply, is_head, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_reply, args=(server, reply), daemon=True).start()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        if is_head:
            address.check(place)
            return
        with pytest.raises(ClusterError, match=r"is not the head of a Ray cluster: give the port"):
            address.check(place)


def _reply(server: socket.socket, reply: bytes) -> None:
    with server.accept()[0] as connection:
        connection.recv(1024)
        connection.sendall(reply)


def test_a_missing_ray_is_one_sentence(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ClusterError, match=r"Ray is not installed.*requirements-ray.txt"):
        address.check("127.0.0.1:1")


def test_nothing_of_ray_is_loaded_without_an_address():
    code = "import sys, engine.jobs.job, engine.jobs.cluster.address; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
