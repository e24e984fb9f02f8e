"""Python code as plain HTML with a little colour: Streamlit's highlighter weighs 1.5 MB, before the first picture."""

import io
import keyword
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from pages.parts.shared import page_tools

TITLE = "The same in fastai"

_STYLE = """<style>
.code {background: light-dark(#f6f6f4, #22211e); border-radius: .5rem; padding: .9rem 1rem; overflow-x: auto;
  font: .85rem/1.55 "Source Code Pro", ui-monospace, monospace; user-select: all; margin: 0}
.code .comment {color: light-dark(#5f6b76, #9aa5ae)} .code .string {color: light-dark(#0a7d55, #5fd0a2)}
.code .keyword {color: light-dark(#005f95, #7cc4f2)} .code .number {color: light-dark(#a35200, #f0a860)}
</style>"""
_KINDS = {tokenize.COMMENT: "comment", tokenize.STRING: "string", tokenize.NUMBER: "number"}


def show(code: str) -> None:
    """Show Python code; one click selects all of it."""
    st.html(
        f'{_STYLE}<pre class="code" tabindex="0" title="One click selects all of it">{coloured(code)}</pre>'
    )


@contextmanager
def collapsed(code: str, title: str = TITLE) -> Iterator[None]:
    """Python code that opens on a click, with a button to copy it; what the block adds stands next to the button."""
    with st.expander(title, key=f"code_{title}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            page_tools.copy_code(code, key=f"copy_{title}")
            yield
        show(code)


def coloured(code: str) -> str:
    """The code as HTML with its comments, strings, numbers and keywords marked; nothing else is changed."""
    lines = code.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    out, at = [], 0
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        kind = "keyword" if keyword.iskeyword(token.string) else _KINDS.get(token.type)
        if kind is None:
            continue
        begin, end = (starts[row - 1] + column for row, column in (token.start, token.end))
        out += [escape(code[at:begin]), f'<span class="{kind}">{escape(code[begin:end])}</span>']
        at = end
    return "".join([*out, escape(code[at:])])
