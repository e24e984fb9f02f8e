"""Image files for the tests of Your pictures, and what the page shows."""

import io

from PIL import Image

PAGE = "pages/8_Your_pictures.py"


def jpeg(size=(96, 72), colour=(120, 90, 60), **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", **options)
    return file.getvalue()


def captions(app):
    return [caption for image in app.image for caption in image.captions]


def drop(app, *files):
    app.run()
    app.file_uploader(key="files").set_value([(name, data, "image/jpeg") for name, data in files])
    return app.run()
