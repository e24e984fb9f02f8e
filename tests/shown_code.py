"""The fastai code that a page shows, as a reader would copy it."""

import re
from html import unescape

from streamlit.testing.v1 import AppTest


def shown_code(app: AppTest) -> str:
    """The code at the end of the page."""
    html = [text for text in (one.proto.body for one in app.get("html")) if '<pre class="code"' in text][-1]
    return unescape(re.sub(r"<[^>]+>", "", html.partition("<pre")[2].partition(">")[2]))
