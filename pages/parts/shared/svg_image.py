"""Small drawings of our own as HTML images: Streamlit removes `<svg>` from HTML, but shows an SVG file as an image."""

import base64
from html import escape


def tag(view_box: str, inside: str, style: str = "", stretched: bool = False) -> str:
    """An image that is decoration only; `inside` is SVG, `style` the names of its CSS classes."""
    ratio = ' preserveAspectRatio="none"' if stretched else ""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}"{ratio}>{inside}</svg>'
    source = base64.b64encode(svg.encode()).decode()
    return f'<img class="{escape(style)}" alt="" src="data:image/svg+xml;base64,{source}">'
