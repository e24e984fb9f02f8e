"""Streamlit shows a text or value that stands alone in a page's script, a note about a constant among them."""

import ast

import pytest

from tests.browser import app_pages


@pytest.mark.parametrize("file", app_pages().values(), ids=lambda file: file.name)
def test_nothing_stands_alone_in_a_page_script_but_its_docstring(file):
    body = ast.parse(file.read_text(encoding="utf-8")).body
    alone = [node for node in body[1:] if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call)]
    assert not alone, f"{file.name} shows what stands in line {alone[0].lineno}"
