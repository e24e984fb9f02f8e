"""What happens to a request: its image is read, decoded in a thread, predicted in a batch, and counted."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import HTTPException, Request
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import ClientDisconnect

from engine import tasks
from engine.images import ImageError, image_size, open_square
from engine.inference.image_stream import THREADS, DecodedImage
from engine.inference.predict import Model
from engine.inference.serve import counters, replies
from engine.inference.serve.batching import Batcher
from engine.inference.serve.counters import Counters
from engine.inference.serve.replies import LabelsReply, PointReply
from engine.inference.serve.request_body import SLOW, TOO_LARGE, read_image

MOST_AT_ONCE = 64
"""So many images that have arrived may wait for their reply; more are turned away, if possible before they arrive."""

INVALID, BUSY = 422, 503
OUTCOMES = {
    SLOW: "The image takes too long to arrive",
    TOO_LARGE: "The file is too large",
    INVALID: "No readable image",
    BUSY: "Too many images are waiting",
}
_COUNTED_AS = {
    TOO_LARGE: counters.TOO_LARGE,
    INVALID: counters.INVALID,
    BUSY: counters.BUSY,
}


class Service:
    """Answers the requests of one process. `start` and `stop` it in the event loop that calls `reply`."""

    def __init__(self, model: Model):
        self.counters, self._model = Counters(), model
        self._in_work = 0
        self._batcher, self._decoders = Batcher(model), ThreadPoolExecutor(THREADS, "decode")

    def start(self) -> None:
        """Begin to predict."""
        self._batcher.start()

    async def stop(self) -> None:
        """Finish the batch in work and end all threads."""
        await self._batcher.stop()
        self._decoders.shutdown(cancel_futures=True)

    async def reply(self, request: Request) -> LabelsReply | PointReply:
        """The prediction for the image in a request. Raises HTTPException with a status of `OUTCOMES`."""
        with self.counters.reply() as made:
            try:
                prediction = await self._predicted(request)
            except ClientDisconnect:
                made.outcome = counters.INCOMPLETE
                raise _incomplete() from None
            except (ImageError, AnyHTTPException) as error:
                problem = _as_http(error)
                made.outcome = _COUNTED_AS[problem.status_code]
                raise problem from None
            made.outcome = counters.PREDICTED
            return prediction

    async def _predicted(self, request: Request) -> LabelsReply | PointReply:
        self._require_place()
        data, name = await read_image(request)
        self._require_place()
        self._in_work += 1
        try:
            loop = asyncio.get_running_loop()
            image = await loop.run_in_executor(self._decoders, _decoded, self._model, data, name)
            predicted = await self._batcher.predict(image)
            return replies.reply(predicted.prediction, image.size_wh)
        finally:
            self._in_work -= 1

    def _require_place(self) -> None:
        if self._in_work >= MOST_AT_ONCE:
            raise HTTPException(
                BUSY, "Too many images are waiting: send this one again in a moment.", {"Retry-After": "1"}
            )


def _decoded(model: Model, data: bytes, name: str) -> DecodedImage:
    """The square that the network sees, and the size of the upright image. Raises `ImageError`."""
    square = open_square(data, model.config.size, model.config.resize, name)
    has_points = tasks.get(model.config.task).has_points
    return DecodedImage(name, square, image_size(data, name) if has_points else (0, 0))


def _incomplete() -> HTTPException:
    """No client sees it: the connection has ended, because of its client or because it was slow."""
    return HTTPException(SLOW, "The connection ended before the whole image had arrived.")


def _as_http(error: Exception) -> HTTPException:
    """What is wrong, as a status and a sentence; a request that cannot be parsed holds no readable image either."""
    if isinstance(error, HTTPException) and error.status_code in OUTCOMES:
        return error
    return HTTPException(INVALID, error.detail if isinstance(error, AnyHTTPException) else str(error))
