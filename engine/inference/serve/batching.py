"""Requests that arrive while the network is busy are predicted together, at once when it is free."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from engine.inference.image_stream import BATCH_SIZE, DecodedImage, PredictedImage, predict_batch
from engine.inference.predict import Model

Waiting = tuple[DecodedImage, "asyncio.Future[PredictedImage]"]


class Batcher:
    """Predicts images in batches of what is waiting, up to `BATCH_SIZE`. It never waits for a batch to fill.

    `start` and `stop` it in the event loop that calls `predict`.
    """

    def __init__(self, model: Model):
        self._model = model
        self._waiting: asyncio.Queue[Waiting] = asyncio.Queue()
        self._network = ThreadPoolExecutor(1, "network")
        self._task: asyncio.Task[None] | None = None

    async def predict(self, image: DecodedImage) -> PredictedImage:
        """The prediction for a decoded image."""
        answer: asyncio.Future[PredictedImage] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((image, answer))
        return await answer

    def start(self) -> None:
        """Begin to predict what is waiting."""
        self._task = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """Finish the batch in work; whatever still waits is cancelled."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        while not self._waiting.empty():
            self._waiting.get_nowait()[1].cancel()
        self._network.shutdown()

    async def _work(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < BATCH_SIZE and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._answer([one for one in batch if not one[1].done()])  # whoever left is not waited for

    async def _answer(self, batch: list[Waiting]) -> None:
        images = [image for image, _ in batch]
        loop = asyncio.get_running_loop()
        try:
            predicted = await loop.run_in_executor(self._network, predict_batch, self._model, images)
        except Exception as error:  # goes to whoever asked; the next batch is a new one
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), prediction in zip(batch, predicted, strict=True):
            if not answer.done():
                answer.set_result(prediction)
