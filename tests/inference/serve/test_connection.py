"""A client that sends or reads too slowly loses its connection, and never keeps others from theirs."""

import contextlib
import json
import socket
import threading

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from engine import paths
from engine.inference.predict import load
from engine.inference.serve import app
from engine.inference.serve.connection import ENDS, FULL, LATE, MALFORMED, Awaited
from engine.runs import Run
from tests.inference.serve.listening import POST, SECONDS, body_of_reply, listening, until_closed, wait_for
from tests.inference.serve.test_app import png

SOON = 0.2
"""Seconds until a slow client is late: none of these tests compares them with a clock."""

HEADERS = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 4 * 1024**2
ENDLESS = b"Transfer-Encoding: chunked\r\n\r\n"


async def echo(scope, receive, send):
    """Reply at once to a GET, and to others how many bytes arrived."""
    if scope["type"] == "lifespan":
        return
    request = Request(scope, receive)
    if scope["method"] == "GET":
        await PlainTextResponse("hello")(scope, receive, send)
    else:
        await PlainTextResponse(str(len(await request.body())))(scope, receive, send)


def body_of(reply: bytes) -> bytes:
    return reply.split(b"\r\n\r\n", 1)[1]


def is_late(reply: bytes) -> bool:
    return reply.startswith(b"HTTP/1.1 408 ") and json.loads(body_of(reply)) == {"detail": LATE}


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HTTP/1.1\r\nHost:",
        POST + b"Content-Length: 1000000\r\n\r\na",
        POST + ENDLESS + b"1\r\na\r\n",
        POST + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 90\r\n\r\n--x\r\n",
    ],
)
def test_a_request_that_does_not_arrive_in_time_is_408(begun):
    with listening(echo, seconds=SOON) as server, server.connect(begun) as client:
        assert is_late(until_closed(client))


@pytest.mark.parametrize("before", [b"", HEADERS])
def test_a_connection_without_a_request_ends_without_a_word(before):
    with listening(echo, seconds=SOON) as server, server.connect(before) as client:
        assert b"408" not in until_closed(client)


def test_bytes_that_have_arrived_give_the_others_time():
    begun = POST + b"Content-Length: 101\r\n\r\n" + b"a" * 100
    with listening(echo, seconds=SOON, lowest_speed=1) as server, server.connect(begun) as client:
        client.settimeout(3 * SOON)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(SECONDS)
        client.sendall(b"a")
        assert body_of_reply(client) == b"101"


def test_a_second_request_has_its_own_time_and_limits():
    first = POST + b"Content-Length: 100\r\n\r\n" + b"a" * 100
    with listening(echo, seconds=SOON, lowest_speed=1) as server, server.connect(first) as client:
        assert body_of_reply(client) == b"100"
        client.sendall(first[:-102])
        assert is_late(until_closed(client))


def test_requests_that_are_sent_at_once_get_their_replies():
    with (
        listening(echo) as server,
        server.connect(HEADERS * 2 + HEADERS[:-2] + b"Connection: close\r\n\r\n") as client,
    ):
        assert until_closed(client).count(b"hello") == 3


@pytest.mark.parametrize("limits", [{"seconds": SOON}, {"unused_bytes": 200}])
def test_a_body_without_an_end_is_not_read_after_its_reply(limits):
    with listening(echo, **limits) as server, server.connect(HEADERS[:-2] + ENDLESS) as client:
        assert body_of_reply(client) == b"hello"

        def is_over_while_more_arrives():
            with contextlib.suppress(ConnectionError):
                client.sendall(b"1\r\na\r\n")
            return not server.connections()

        wait_for(is_over_while_more_arrives)


def test_a_client_that_does_not_read_loses_its_connection():
    is_asked = threading.Event()

    async def large(scope, receive, send):
        if scope["type"] == "http":
            is_asked.set()
            await Response(b"a" * LARGE)(scope, receive, send)

    with listening(large, seconds=SOON) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        client.sendall(HEADERS)
        assert is_asked.wait(SECONDS)
        wait_for(lambda: not server.connections())
        assert len(until_closed(client)) < LARGE


def test_the_connection_that_waits_longest_makes_room_for_a_new_one():
    with listening(echo, connections=4) as server, contextlib.ExitStack() as open_ones:
        waiting = [open_ones.enter_context(server.connect(HEADERS[:9])) for _ in range(4)]
        wait_for(lambda: server.connections() == 4)
        with server.connect(HEADERS) as client:
            assert body_of_reply(client) == b"hello"
        assert json.loads(body_of(until_closed(waiting[0]))) == {"detail": FULL}
        waiting[1].sendall(HEADERS[9:])
        assert body_of_reply(waiting[1]) == b"hello"


def test_bodies_beyond_what_fits_in_memory_end_the_request_that_waits_longest():
    begun = POST + b"Content-Length: 100000\r\n\r\n" + b"a" * 60_000
    with listening(echo, held_bytes=100_000) as server, server.connect(begun) as first:
        wait_for(lambda: sum(one.arrived for one in server.open_ones()) >= len(begun))
        with server.connect(begun) as second:
            assert until_closed(first).startswith(b"HTTP/1.1 503 ")
            second.sendall(b"a" * 40_000)
            assert body_of_reply(second) == b"100000"


def test_a_server_that_ends_waits_for_no_slow_client():
    with listening(echo) as server, server.connect(POST + b"Content-Length: 9\r\n\r\na") as client:
        wait_for(lambda: [one.awaited for one in server.open_ones()] == [Awaited.BODY])
        server.server.should_exit = True
        assert json.loads(body_of(until_closed(client))) == {"detail": ENDS}


@pytest.mark.parametrize("sent", [b"no request\r\n\r\n", POST + ENDLESS + b"1\r\na\r\n" * 2000])
def test_what_is_not_a_request_is_400(sent):
    with listening(echo) as server, server.connect(sent) as client:
        reply = until_closed(client)
        assert reply.startswith(b"HTTP/1.1 400 ") and json.loads(body_of(reply)) == {"detail": MALFORMED}


def test_64_slow_clients_keep_no_other_from_a_prediction():
    model = load(Run(paths.BUNDLED_RUNS / "single-label"))
    image = png()
    with listening(app.make(model), seconds=60) as server, contextlib.ExitStack() as open_ones:
        begun = (POST + b"Content-Length: 90000\r\n\r\na", b"GET /health HTTP/1.1\r\nX:")
        for number in range(64 * len(begun)):
            open_ones.enter_context(server.connect(begun[number % 2]))
        wait_for(lambda: server.connections() == 128)
        length = b"Content-Length: %d\r\n\r\n" % len(image)
        with server.connect(POST + b"Connection: close\r\n" + length, image) as client:
            reply = until_closed(client)
        assert reply.startswith(b"HTTP/1.1 200 ") and json.loads(body_of(reply))["labels"]
        assert server.connections() >= 128, "the slow ones are still there"
