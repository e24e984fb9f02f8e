"""The API replies what the run itself predicts, and one sentence to everything that is not an image."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from engine import paths
from engine.functional.coordinates import to_px
from engine.images import ImageError, decoder, heavy, open_image
from engine.inference.predict import load
from engine.inference.serve import app, request_body, service
from engine.runs import Run

TASKS = ("single-label", "multi-label", "points")


def png(size=(300, 200), seed=0) -> bytes:
    """An image of noise, which no decoder shrinks on the way."""
    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def models():
    return {task: load(Run(paths.BUNDLED_RUNS / task)) for task in TASKS}


@pytest.fixture
def client(models):
    with TestClient(app.make(models["multi-label"])) as one:
        yield one


@pytest.mark.parametrize("task", TASKS)
def test_a_reply_is_the_runs_own_prediction(models, task):
    model, data = models[task], png()
    with TestClient(app.make(model)) as client:
        reply = client.post("/predict", content=data)
    (expected,) = model.predict([open_image(data)])
    said = reply.json()
    assert reply.status_code == 200 and said["is_familiar"] == expected.is_familiar
    assert said["ood_score"] == pytest.approx(expected.ood_score)
    if task == "points":
        x, y = to_px(expected.point_unit.astype(float), (300, 200))
        assert [said["x_px"], said["y_px"]] == pytest.approx([x, y])
        assert (said["width_px"], said["height_px"]) == (300, 200)
        return
    assert said["labels"] == expected.labels
    assert said["probabilities"] == pytest.approx(
        dict(zip(model.vocab, expected.probs.tolist(), strict=True))
    )
    assert said["thresholds"] == (pytest.approx(model.run.thresholds) if task == "multi-label" else None)


def test_a_form_and_a_body_get_the_same_reply(client):
    data = png()
    by_form = client.post("/predict", files={"image": ("a.png", data, "image/png")})
    assert by_form.status_code == 200 and by_form.json() == client.post("/predict", content=data).json()


def test_requests_at_the_same_time_get_their_own_replies(client):
    images = [png(seed=seed) for seed in range(24)]
    alone = [client.post("/predict", content=image).json() for image in images]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda image: client.post("/predict", content=image).json(), images))
    scores = [[one.pop("ood_score") for one in replies] for replies in (together, alone)]
    assert together == alone and scores[0] == pytest.approx(scores[1], abs=1e-4)  # rounded as matrices are
    assert len({tuple(one["probabilities"].values()) for one in alone}) == len(images)


@pytest.mark.parametrize(
    "body, sentence",
    [
        (b"", "is empty"),
        (b"GIF89a", "cut off or damaged"),
        (b"<svg/>", "save it as JPEG or PNG"),
        (png()[:200], "cut off or damaged"),
        (b"PK\x03\x04", "unpack it"),
    ],
)
def test_what_is_no_image_is_422_and_one_sentence(client, body, sentence):
    reply = client.post("/predict", content=body)
    assert reply.status_code == 422 and list(reply.json()) == ["detail"]
    assert sentence in reply.json()["detail"] and "\n" not in reply.json()["detail"]


@pytest.mark.parametrize(
    "request_parts",
    [
        {"files": {"other": ("a.png", png(), "image/png")}},
        {"data": {"image": "text"}, "files": {"other": ("a.png", b"x")}},
        {"content": b"--x", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
    ],
)
def test_a_form_without_an_image_is_422_and_one_sentence(client, request_parts):
    reply = client.post("/predict", **request_parts)
    assert reply.status_code == 422 and isinstance(reply.json()["detail"], str)


def test_an_image_that_may_take_long_goes_to_a_process_with_limits(client, monkeypatch):
    def too_long(content, name, max_pixels):
        raise ImageError(f"{name} takes too much time.")

    monkeypatch.setattr(decoder, "decoder", lambda: too_long)
    assert client.post("/predict", content=png()).status_code == 200
    monkeypatch.setattr(heavy, "OTHER_ORDINARY_PIXELS", 100)
    reply = client.post("/predict", content=png())
    assert reply.status_code == 422 and reply.json()["detail"] == "“image” takes too much time."


@pytest.mark.parametrize("as_form", [False, True])
def test_a_file_that_is_too_large_is_turned_away(client, monkeypatch, as_form):
    monkeypatch.setattr(request_body, "MAX_BYTES", 1000)
    monkeypatch.setattr(request_body, "FORM_MARGIN", 1000)
    data = png()
    reply = client.post("/predict", **({"files": {"image": data}} if as_form else {"content": data}))
    assert reply.status_code == 413 and "save the image smaller" in reply.json()["detail"]


@pytest.mark.parametrize("headers", [{}, {"content-length": "5"}])
def test_a_form_is_measured_as_it_arrives(client, monkeypatch, headers):
    """Both a length and chunks may be named: then the chunks count, which have no end."""
    monkeypatch.setattr(request_body, "MAX_BYTES", 1000)
    monkeypatch.setattr(request_body, "FORM_MARGIN", 1000)
    sent = []

    def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
        for _ in range(100):
            sent.append(b"a" * 100)
            yield sent[-1]

    form = {"content-type": "multipart/form-data; boundary=x", "transfer-encoding": "chunked"}
    assert client.post("/predict", content=endless(), headers=form | headers).status_code == 413


@pytest.mark.parametrize(
    "charset, text", [("idna", "\xe9"), ("undefined", "a"), ("zlib_codec", "a"), ("punycode", "a" * 100_000)]
)
def test_a_form_in_an_odd_charset_is_422_and_at_once(client, charset, text):
    """Python's own codecs can be named: some of them fail in a way of their own, or take as long as they like."""
    form = f'--x\r\nContent-Disposition: form-data; name="{text[:3]}"\r\n\r\n{text}\r\n--x--\r\n'
    headers = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    reply = client.post("/predict", content=form.encode("latin-1"), headers=headers)
    assert reply.status_code == 422 and isinstance(reply.json()["detail"], str)


def test_more_requests_than_it_can_take_are_turned_away(models, monkeypatch):
    monkeypatch.setattr(service, "MOST_AT_ONCE", 0)
    with TestClient(app.make(models["single-label"])) as client:
        reply = client.post("/predict", content=png())
        assert reply.status_code == 503 and reply.headers["retry-after"] == "1"
        assert 'losslab_replies_total{outcome="busy"} 1.0' in client.get("/metrics").text


def test_health_says_what_is_served(client, models):
    said = client.get("/health").json()
    model = models["multi-label"]
    assert said == {
        "status": "ok",
        "run": "multi-label",
        "task": "multi-label",
        "labels": list(model.vocab),
        "image_size": model.config.size,
    }


def test_replies_are_counted_by_outcome(client):
    client.post("/predict", content=png())
    client.post("/predict", content=b"no image")
    text = client.get("/metrics").text
    assert 'losslab_replies_total{outcome="predicted"} 1.0' in text
    assert 'losslab_replies_total{outcome="invalid"} 1.0' in text
    assert "losslab_reply_seconds_count 2.0" in text


def test_the_page_about_the_api_needs_no_network(client):
    page = client.get("/", follow_redirects=True)
    assert page.status_code == 200 and "://" not in page.text.replace("http://testserver", "")
    paths_said = client.get("/openapi.json").json()["paths"]
    assert set(paths_said) == {"/predict", "/health", "/metrics"}
    assert set(paths_said["/predict"]["post"]["responses"]) == {"200", "408", "413", "422", "503"}


def test_a_network_that_fails_does_not_stop_the_next_request(client, models, monkeypatch):
    model, works = models["multi-label"], models["multi-label"].predict_squares
    calls = []

    def first_fails(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise MemoryError
        return works(*arguments)

    monkeypatch.setattr(model, "predict_squares", first_fails)
    with pytest.raises(MemoryError):
        client.post("/predict", content=png())
    assert client.post("/predict", content=png()).status_code == 200


def test_whoever_still_waits_at_the_end_is_let_go(models):
    async def stopped_while_waiting():
        batcher = service.Batcher(models["single-label"])
        waiting = asyncio.ensure_future(batcher.predict(None))
        await asyncio.sleep(0)
        await batcher.stop()
        return await asyncio.gather(waiting, return_exceptions=True)

    with ThreadPoolExecutor(1) as another:  # a browser of other tests may run an event loop in this thread
        (outcome,) = another.submit(asyncio.run, stopped_while_waiting()).result()
    assert isinstance(outcome, asyncio.CancelledError)
