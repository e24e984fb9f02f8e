"""What reading from S3 costs this machine's processor, against a moto server on the loopback address.

    .venv/s3/bin/python -m benchmarks.storage_client

Processor time of the client alone, the shortest of the rounds: pages of 1,000 names, and images of 70 kB, sixteen at a
time. What the network and a real store take comes on top.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine.data.storage.listing import images_below
from engine.data.storage.reading import image_bytes
from engine.inference.image_stream import THREADS_FOR_STORAGE
from tests.object_storage import s3_server
from tests.object_storage.s3_server import BUCKET

NAMES, IMAGES, IMAGE_BYTES, ROUNDS = 1_000, 100, 70_000, 3


def shortest(do: Callable[[], object]) -> float:
    """Processor seconds."""
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        do()
        taken.append(time.process_time() - began)
    return min(taken)


def main() -> None:
    with s3_server.running():
        fs, content = s3_server.file_system(), os.urandom(IMAGE_BYTES)
        for number in range(NAMES):
            body = content if number < IMAGES else b""
            fs.call_s3("put_object", Bucket="bucket", Key=f"images/{number:08}.jpg", Body=body)
        names = list(images_below(f"{BUCKET}/images"))
        listing = shortest(lambda: sum(1 for _ in images_below(f"{BUCKET}/images")))
        with ThreadPoolExecutor(THREADS_FOR_STORAGE) as pool:
            reading = shortest(lambda: list(pool.map(image_bytes, names[:IMAGES])))
    print(
        f"{1e6 * listing / NAMES:.1f} µs a name, {1e3 * reading / IMAGES:.2f} ms an image of {IMAGE_BYTES:,} bytes"
    )


if __name__ == "__main__":
    main()
