"""How every page begins and ends: its title, the sentence of what to look for, the matching fastai code."""

import streamlit as st

from pages.parts import code as code_block

APP = "Loss Lab"
_STYLE = """<style>
[data-testid="stMainBlockContainer"] {padding-top: 3rem}
[data-testid="stSidebarNavItems"] li:first-child a p {font-size: 0}
[data-testid="stSidebarNavItems"] li:first-child a p::after {content: "Home"; font-size: .875rem}
.js-plotly-plot .annotation-text {
  paint-order: stroke; stroke: light-dark(#fff, #161513); stroke-width: 4px; stroke-linejoin: round}
</style>"""


def begin(title: str, look_for: str) -> None:
    """Set the page up and say in one sentence what to look for. Call it first."""
    name = title if title == APP else f"{title} · {APP}"
    st.set_page_config(page_title=name, layout="wide", initial_sidebar_state=220)
    st.html(_STYLE)
    st.title(title)
    st.markdown(f"**Look for:** {look_for}")


def fastai_code(code: str, says: str = "The same in fastai") -> None:
    """Show the fastai code that does what the page shows."""
    st.subheader(says)
    code_block.show(code)
