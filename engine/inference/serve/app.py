"""The HTTP API of one run: POST an image to /predict; /health, /metrics, and the OpenAPI page at /docs."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline

from engine import tasks
from engine.images import decoder
from engine.inference.predict import Model, load
from engine.inference.serve import replies
from engine.inference.serve.replies import HealthReply, LabelsReply, PointReply, Problem
from engine.inference.serve.request_body import OPENAPI
from engine.inference.serve.service import OUTCOMES, Service
from engine.runs import Run

RUN_VARIABLE = "LOSS_LAB_SERVED_RUN"
"""Tells a worker process which run to serve."""


def worker() -> FastAPI:
    """The app for a process that was told its run by `RUN_VARIABLE`."""
    decoder.set_decoder(decoder.WITH_LIMITS)
    return make(load(Run(Path(os.environ[RUN_VARIABLE]))))


def make(model: Model) -> FastAPI:
    """The API of a loaded model."""
    service = Service(model)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        yield
        await service.stop()

    app = FastAPIOffline(
        title=f"Loss Lab: {model.run.name}",
        description=f"Predictions of a run for the task {model.config.task}.",
        version="1",
        redoc_url=None,
        lifespan=running,
    )

    @app.post(
        "/predict",
        response_model=PointReply if tasks.get(model.config.task).has_points else LabelsReply,
        responses={status: {"model": Problem, "description": name} for status, name in OUTCOMES.items()},
        openapi_extra={"requestBody": OPENAPI},
    )
    async def predict(request: Request) -> LabelsReply | PointReply:
        """Predict one image: the body is the image file, or a form with the file in the field `image`."""
        return await service.reply(request)

    @app.get("/health")
    async def health() -> HealthReply:
        """What is served."""
        return replies.health(model)

    @app.get("/metrics", response_class=Response)
    async def metrics() -> Response:
        """Counts and times in Prometheus' text format."""
        return Response(service.counters.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/", include_in_schema=False)
    async def start() -> RedirectResponse:
        return RedirectResponse("docs")

    return app
