"""A card for each image with every model's prediction and highest probabilities, as HTML. All texts are escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from engine.plots.style import PREDICTION, SIGMOID, SOFTMAX
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

COLOURS = {SINGLE_LABEL: SOFTMAX, MULTI_LABEL: SIGMOID, POINTS: PREDICTION}
BARS = 3
ABOUT_THRESHOLDS = "The grey number and the tick are a threshold: what is above it is named."

STYLE = """<style>
.photo-cards {display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1rem}
.photo-cards.single {grid-template-columns: minmax(0, 46rem)}
.photo-card {border: 1px solid light-dark(#c9ccd4, #4a4c52); border-radius: .7rem; overflow: hidden; display: flex;
  flex-direction: column}
.photo-card > img {max-width: 100%; max-height: 26rem; align-self: center; display: block}
@media (max-width: 640px) {.photo-card > img {width: 100%; max-height: none}}
.photo-card .about {padding: .6rem .8rem .8rem; display: grid; gap: .7rem; align-content: start; flex: 1}
.photo-card .file {font-size: .875rem; overflow-wrap: anywhere; color: light-dark(#595d6e, #b4b6bb)}
.photo-card .guess {font-size: .875rem; border-radius: .4rem; padding: .3rem .5rem;
  background: light-dark(#fff3d6, #4a3a10); color: light-dark(#5c4300, #ffe2a0)}
.photo-card .model {font-size: .8125rem; color: light-dark(#595d6e, #b4b6bb)}
.photo-card .predicts {font-weight: 700; font-size: 1.05rem; overflow-wrap: anywhere}
.photo-card .bar {display: grid; grid-template-columns: minmax(0, 7rem) 1fr 2.4rem; gap: .5rem; align-items: center;
  font-size: .8125rem; font-variant-numeric: tabular-nums}
.photo-card .bar.limited {grid-template-columns: minmax(0, 7rem) 1fr 5rem}
.photo-card .bar small {font-size: inherit; color: light-dark(#595d6e, #b4b6bb)}
.photo-card .bar span:first-child {overflow: hidden; text-overflow: ellipsis; white-space: nowrap}
.photo-card .bar span:last-child {text-align: right}
.photo-card .bar i {display: block; position: relative; height: .55rem; border-radius: .2rem;
  background: rgba(128,128,128,.18)}
.photo-card .bar b {display: block; height: 100%; border-radius: .2rem}
.photo-card .bar u {position: absolute; top: -.15rem; bottom: -.15rem;
  border-left: 2px solid light-dark(#595d6e, #b4b6bb)}
@media (min-width: 1000px) {
  .photo-cards.single .photo-card {flex-direction: row} .photo-cards.single {grid-template-columns: minmax(0, 1fr)}
  .photo-cards.single .photo-card > img {max-width: 50%; align-self: flex-start}
}
</style>"""


@dataclass(frozen=True)
class ModelPrediction:
    """One model's prediction: the model's name for people, its task, the prediction in words, some probabilities.

    `thresholds` are those of the labels that have one: a label is named where its probability is above it.
    """

    model: str
    task: str
    prediction: str
    probs: tuple[tuple[str, float], ...] = ()
    is_guess: bool = False
    thresholds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ImageCard:
    """An image and what the models predict for it; `image_tag` is HTML, `notice` "" or a warning above them."""

    name: str
    image_tag: str
    predictions: Sequence[ModelPrediction]
    notice: str = ""


def html(cards: Sequence[ImageCard]) -> str:
    """The cards in a grid; a lone one is as wide as the page."""
    style = "photo-cards single" if len(cards) == 1 else "photo-cards"
    return f'{STYLE}<div class="{style}">{"".join(map(_card, cards))}</div>'


def alt(name: str, predictions: Sequence[ModelPrediction]) -> str:
    """What a reader without the image needs: its name and every prediction."""
    return f"{name}. " + " ".join(f"{one.model}: {one.prediction}." for one in predictions)


def highest(probs: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """The labels with the highest probabilities, the highest first."""
    return tuple(
        sorted(((label, float(prob)) for label, prob in probs.items()), key=lambda pair: -pair[1])[:BARS]
    )


def _card(card: ImageCard) -> str:
    notice = f'<div class="guess">{escape(card.notice)}</div>' if card.notice else ""
    return (
        f'<div class="photo-card">{card.image_tag}<div class="about"><div class="file">{escape(card.name)}</div>'
        f"{notice}{''.join(map(_prediction, card.predictions))}</div></div>"
    )


def _prediction(one: ModelPrediction) -> str:
    guess = ' <span class="model">(a guess)</span>' if one.is_guess else ""
    bars = "".join(
        _bar(label, prob, COLOURS[one.task], one.thresholds.get(label)) for label, prob in one.probs
    )
    return (
        f'<div><div class="model">{escape(one.model)}</div>'
        f'<div class="predicts">{escape(one.prediction)}{guess}</div>{bars}</div>'
    )


def _bar(label: str, prob: float, colour: str, threshold: float | None) -> str:
    style, tick, limit = "bar", "", ""
    if threshold is not None:
        style, sign = "bar limited", "&gt;" if prob > threshold else "≤"
        tick = f'<u style="left:{threshold:.1%}"></u>'
        limit = f" <small>{sign} {threshold:.2f}</small>"
    return (
        f'<div class="{style}"><span title="{escape(label)}">{escape(label)}</span>'
        f'<i><b style="width:{prob:.1%};background:{colour}"></b>{tick}</i><span>{prob:.2f}{limit}</span></div>'
    )
