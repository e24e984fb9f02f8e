"""A loopback server for tests: it serves byte ranges, can cut the connection, and remembers what was asked."""

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Served:
    """What is served by path, whether ranges are, after how many bytes to cut, and the ranges that were asked for."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    takes_ranges: bool = True
    cut_after: int | None = None
    asked: list[str | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def serving() -> Iterator[Served]:
    """A server on a free port of the loopback address until the block ends."""
    served = Served()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self._answer(with_body=False)

        def do_GET(self):
            served.asked.append(self.headers.get("Range"))
            self._answer(with_body=True)

        def _answer(self, with_body):
            content = served.files.get(self.path.lstrip("/"))
            if content is None:
                self.send_error(404)
                return
            told = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(told[1]) if told and served.takes_ranges else 0
            if start and start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            for name, value in served.headers.items():
                self.send_header(name, value)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            if with_body:
                self.wfile.write(content[start : served.cut_after])

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
