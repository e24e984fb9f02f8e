"""The two experiments of the page, as cards that are visible from the start."""

import base64

import streamlit as st

from engine.images.drawing import to_jpeg
from engine.synthetic import scenes

_SIZE_WH = (240, 120)
_STYLE = """<style>
[class*="st-key-try_"] img {width: 100%; border-radius: .5rem; display: block}
</style>"""


def show(experiments: dict[str, tuple[str, tuple[str, ...]]], key: str) -> None:
    """A card for each experiment: its name, what it shows, the kinds in its thumbnail; `key` is the page's switch."""
    st.html(_STYLE)
    for column, (name, (about, kinds)) in zip(st.columns(len(experiments)), experiments.items(), strict=True):
        with column, st.container(border=True, key=f"try_{kinds[0]}", height="stretch"):
            st.html(f'<img src="{_thumbnail(kinds)}" alt="A drawn scene: {" and ".join(kinds)}">')
            st.markdown(f"**{name}.** {about}")
            st.button(
                name, key=f"open_{name}", on_click=_open, args=(key, name), icon=":material/play_arrow:"
            )


def _open(key: str, name: str) -> None:
    st.session_state[key] = name


@st.cache_data(max_entries=8, show_spinner=False)
def _thumbnail(kinds: tuple[str, ...]) -> str:
    image = scenes.draw(scenes.spec_with(kinds, 0, _SIZE_WH))
    return "data:image/jpeg;base64," + base64.b64encode(to_jpeg(image)).decode()
