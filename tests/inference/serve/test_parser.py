"""h11 refuses a body in tiny chunks, and takes every other."""

import h11
import pytest

from engine.inference.serve.parser import BYTES_PER_CHUNK, CHUNKS, Parser

HEADERS = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def events(parser):
    while (event := parser.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
        yield event


def chunks(count, size):
    return (b"%x\r\n%s\r\n" % (size, b"a" * size)) * count


@pytest.mark.parametrize("count, size", [(CHUNKS, 1), (4 * CHUNKS, BYTES_PER_CHUNK), (1, 10**6)])
def test_ordinary_chunks_arrive(count, size):
    parser = Parser()
    parser.receive_data(HEADERS + chunks(count, size) + b"0\r\n\r\n")
    arrived = sum(len(event.data) for event in events(parser) if isinstance(event, h11.Data))
    assert arrived == count * size


def test_tiny_chunks_end_early():
    parser = Parser()
    parser.receive_data(HEADERS + chunks(4 * CHUNKS, 1))
    taken = 0
    with pytest.raises(h11.RemoteProtocolError):
        for _ in events(parser):
            taken += 1
    assert CHUNKS < taken < 1.1 * CHUNKS


def test_each_request_has_its_own_count():
    parser = Parser()
    for _ in range(2):
        parser.receive_data(HEADERS + chunks(CHUNKS, 1) + b"0\r\n\r\n")
        assert len(list(events(parser))) == CHUNKS + 2
        parser.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
        parser.send(h11.EndOfMessage())
        parser.start_next_cycle()
