"""Image files for the tests of Your pictures, and what the page shows."""

import io
import re
from html import unescape

from PIL import Image

PAGE = "pages/8_Your_pictures.py"


def jpeg(size=(96, 72), colour=(120, 90, 60), **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", **options)
    return file.getvalue()


def captions(app):
    return [caption for image in app.image for caption in image.captions]


def cards(app) -> dict[str, str]:
    """The card of each image as HTML without its tags, by the image's name."""
    html = next((one.proto.body for one in app.get("html") if 'class="photo-card"' in one.proto.body), "")
    parts = [re.sub(r"<[^>]+>", "\n", part) for part in html.split('<div class="file">')[1:]]
    return {unescape(part.split("\n")[0]): unescape(part) for part in parts}


def drop(app, *files):
    app.run()
    app.file_uploader(key="files").set_value([(name, data, "image/jpeg") for name, data in files])
    return app.run()
