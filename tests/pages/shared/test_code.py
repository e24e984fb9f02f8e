"""Code is shown as it is, only coloured."""

import re
from html import unescape

import pytest

from pages.parts.shared.code import coloured

CODES = [
    'from a import *  # all\n\nx = "<b>" if 3 < 4 else f(1.5)',
    "def f(x):\n    return x ** 2\n",
    "t = '''two\nlines'''  # – and an umlaut: ü\ny = 0x1f",
]


@pytest.mark.parametrize("code", CODES)
def test_without_its_marks_it_is_the_code(code):
    assert unescape(re.sub(r"<[^>]+>", "", coloured(code))) == code


def test_each_kind_is_marked():
    html = coloured(CODES[0])
    assert '<span class="keyword">import</span>' in html
    assert '<span class="comment"># all</span>' in html
    assert '<span class="string">&quot;&lt;b&gt;&quot;</span>' in html
    assert '<span class="number">1.5</span>' in html
