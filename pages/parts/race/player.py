"""Play, pause and step through the epochs of a race: a component that needs the server for no step.

Python sends it every epoch at once: numbers, an image, and plain words that are never read as mark-up.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from engine.experiments.loss_race import Band, Lane
from engine.plots.race import colour
from pages.parts.race import predictions

_CSS = f"""
.player {{font: 14px/1.4 var(--st-font, sans-serif); color: var(--st-text-color)}}
.controls {{display: flex; gap: .4rem; align-items: center; margin-bottom: .6rem}}
button {{font: inherit; color: inherit; background: var(--st-secondary-background-color); cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: .5rem; min-width: 2.4rem; height: 2.4rem; padding: 0}}
button.play {{background: var(--st-primary-color); color: light-dark(#fff, #101820); border-color: transparent;
  min-width: 3rem}}
button:disabled {{opacity: .4; cursor: default}}
button:focus-visible, input:focus-visible {{outline: 3px solid var(--st-primary-color); outline-offset: 2px}}
input {{flex: 1; min-width: 4rem; accent-color: var(--st-primary-color)}}
.says {{min-width: 6.8rem; font-variant-numeric: tabular-nums}}
.seen {{display: flex; gap: .8rem; align-items: flex-start; flex-wrap: wrap}}
figure {{margin: 0; flex: 1 1 7rem; max-width: 11rem}}
img {{display: block; width: 100%; border-radius: .5rem}}
figcaption {{font-size: 13px; padding-top: .25rem}}
.heads {{flex: 2 1 11rem; display: grid; gap: .55rem}}
.title {{display: flex; align-items: center; gap: .4rem; font-weight: 600}}
.score {{margin-left: auto; font-variant-numeric: tabular-nums}}
.dot {{width: .7rem; height: .7rem; border-radius: 50%}}
.bar {{height: .35rem; border-radius: .2rem; background: var(--st-border-color); margin: .15rem 0 .3rem;
  overflow: hidden}}
.filled {{display: block; height: 100%; transition: width .3s}}
{predictions.CHIPS}
.predicted {{min-height: 1.7rem; font-size: 13px}}
@media (prefers-reduced-motion: reduce) {{.filled {{transition: none}}}}
"""
_HTML = """<section class="player" aria-label="Play the race epoch by epoch">
<div class="controls"><button type="button" class="play" aria-label="Play">▶</button>
<button type="button" class="back" aria-label="One epoch back" title="One epoch back">◀</button>
<button type="button" class="on" aria-label="One epoch forward" title="One epoch forward">▶▏</button>
<input type="range" class="epoch" min="0" step="1" aria-label="Epoch"><span class="says"></span></div>
<div class="seen"><figure><img class="image" alt=""><figcaption class="caption"></figcaption></figure>
<div class="heads"></div></div></section>"""
_SCRIPT = Path(__file__).with_name("player.js").read_text(encoding="utf-8")
_PLAYER = st.components.v2.component("race_player", html=_HTML, css=_CSS, js=_SCRIPT)


@dataclass(frozen=True)
class Watched:
    """The image whose predictions are played: a JPEG, its caption and alt text, and its labels (C,) if known."""

    jpeg: bytes
    caption: str
    alt: str
    present: np.ndarray | None


@dataclass(frozen=True)
class Played:
    """What the heads predict for the watched image at each epoch, (E + 1, H, C), over `vocab`, and the threshold."""

    probs: np.ndarray
    vocab: tuple[str, ...]
    threshold: float


def show(watched: Watched, played: Played, curves: Mapping[Lane, Band], key: str = "player") -> None:
    """Show the player; `curves` are the scores of the chart that it uncovers."""
    _PLAYER(key=key, data=frames(watched, played, curves))


def frames(watched: Watched, played: Played, curves: Mapping[Lane, Band]) -> dict:
    """Every epoch as the component reads it: each head's score, None where it has none, and its chips."""
    return {
        "epochs": len(played.probs) - 1,
        "image": "data:image/jpeg;base64," + base64.b64encode(watched.jpeg).decode(),
        "alt": watched.alt,
        "caption": watched.caption,
        "heads": [
            {
                "name": lane.loss.short,
                "colour": colour(lane),
                "scores": [None if np.isnan(score) else round(float(score), 4) for score in curve.mean],
                "chips": [
                    [
                        list(chip)
                        for chip in predictions.chips(
                            probs[at], watched.present, played.vocab, played.threshold
                        )
                    ]
                    for probs in played.probs
                ],
            }
            for at, (lane, curve) in enumerate(curves.items())
        ],
    }
