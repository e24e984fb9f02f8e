"""What each network of the exercise predicts for one image: right or wrong, and every probability."""

from collections.abc import Sequence
from html import escape

import numpy as np

from engine import tasks
from engine.experiments.open_set.networks import Network, predictions
from engine.experiments.open_set.scenes import ANIMALS
from engine.plots.style import BASELINE, RIGHT, SIGMOID, SOFTMAX, WRONG

STYLE = f"""<style>
.nets {{display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .9rem}}
.net {{border: 1px solid rgba(128,128,128,.35); border-radius: .6rem; padding: .6rem .8rem}}
.net .name {{font-size: .85rem; opacity: .8; min-height: 1.3rem}}
.net .says {{font-weight: 700; margin: .15rem 0 .4rem}}
.net .right {{color: #2E8BC9}} .net .wrong {{color: #E0532F}}
.net .row {{display: grid; grid-template-columns: 3rem 1fr 2.6rem; gap: .4rem; font-size: .85rem; align-items: center;
  font-variant-numeric: tabular-nums}}
.net .bar {{height: .7rem; border-radius: .2rem; background: rgba(128,128,128,.15); position: relative}}
.net .bar i {{display: block; height: 100%; border-radius: .2rem}}
.net .bar b {{position: absolute; left: 50%; top: -.1rem; bottom: -.1rem; border-left: 2px solid {BASELINE}}}
.net .right::before {{content: "✓ "; color: {RIGHT}}} .net .wrong::before {{content: "✗ "; color: {WRONG}}}
</style>"""


def cards(networks: Sequence[Network], features: np.ndarray, present: Sequence[str] | None) -> str:
    """A card for each network; `present` are the animals that are there, None where that is not known."""
    return (
        f'{STYLE}<div class="nets">{"".join(_card(network, features, present) for network in networks)}</div>'
    )


def in_words(animals: Sequence[str]) -> str:
    """Animals as a prediction: "bear and dog", "none of these"."""
    return " and ".join(animals) or "none of these"


def answer(network: Network, features: np.ndarray) -> list[str]:
    """The animals that a network names for one picture's features (F,)."""
    predicted = predictions(network.kind, network.probs(features[None]))[0]
    return [name for name, is_predicted in zip(ANIMALS, predicted, strict=True) if is_predicted]


def _card(network: Network, features: np.ndarray, present: Sequence[str] | None) -> str:
    predicted, probs = answer(network, features), network.probs(features[None])[0]
    verdict = "" if present is None else "right" if set(predicted) == set(present) else "wrong"
    rows = "".join(
        _row(network, label, float(prob)) for label, prob in zip(network.kind.vocab, probs, strict=True)
    )
    return (
        f'<div class="net"><div class="name">{escape(network.kind.name)}</div>'
        f'<div class="says {verdict}">{escape(in_words(predicted))}</div>{rows}</div>'
    )


def _row(network: Network, label: str, prob: float) -> str:
    is_several = tasks.get(network.kind.task).allows_several_labels
    colour, tick = (SIGMOID, "<b></b>") if is_several else (SOFTMAX, "")
    bar = f'<div class="bar"><i style="width:{prob:.1%};background:{colour}"></i>{tick}</div>'
    return f'<div class="row"><span>{escape(label)}</span>{bar}<span>{prob:.2f}</span></div>'
