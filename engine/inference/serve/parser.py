"""The parser of HTTP requests: h11, which also refuses a body in tiny chunks."""

from __future__ import annotations

import h11

CHUNKS, BYTES_PER_CHUNK = 1000, 64
"""A body may have so many chunks of any size, and one more for each so many bytes."""


class Parser(h11.Connection):
    """h11 takes as long for a chunk of one byte as for one of 64 kB: a megabyte of them stops a server for seconds."""

    def __init__(self) -> None:
        super().__init__(h11.SERVER)
        self._chunks = self._bytes = 0

    def next_event(self):
        """The next event, as h11 describes it. Raises `h11.RemoteProtocolError` for what is no valid request."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = self._bytes = 0
        elif isinstance(event, h11.Data):
            self._chunks += event.chunk_end
            self._bytes += len(event.data)
            if self._chunks > CHUNKS + self._bytes / BYTES_PER_CHUNK:
                raise h11.RemoteProtocolError("The chunks of the body are too small.")
        return event
