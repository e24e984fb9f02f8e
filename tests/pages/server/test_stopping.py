"""A server that is told to stop finishes, and ends as a program that has done its work."""

import signal

import pytest
import uvicorn

from pages.parts.server import stopping


@pytest.fixture
def handlers():
    """Puts the handlers of signals back."""
    before = {number: signal.getsignal(number) for number in stopping.SIGNALS}
    yield before
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", stopping.SIGNALS)
def test_a_signal_stops_the_server_and_is_not_raised_again(handlers, number):
    server = uvicorn.Server(uvicorn.Config("nothing:app"))
    with server.capture_signals():
        stopping.end_without_a_failure()
        signal.raise_signal(number)
        assert server.should_exit and not server.force_exit
        signal.raise_signal(signal.SIGINT)
        assert server.force_exit, "a second Ctrl+C does not wait for open connections"
    assert {number: signal.getsignal(number) for number in stopping.SIGNALS} == handlers


def test_another_servers_handlers_stay(handlers):
    stopping.end_without_a_failure()
    assert {number: signal.getsignal(number) for number in stopping.SIGNALS} == handlers
