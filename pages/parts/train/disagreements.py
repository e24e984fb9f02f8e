"""Images on which runs disagree, the most different first, each run's prediction under its letter."""

from functools import partial
from html import escape
from io import BytesIO
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from engine.data.formats.phrases import counted
from engine.functional import coordinates
from engine.functional.label_changes import label_changes
from engine.images import ImageError
from engine.images.drawing import draw_point, draw_points, mark_radius, to_jpeg
from engine.plots import run_comparison
from engine.plots.style import TRUTH
from engine.runs import Run, RunError, disagreements
from engine.runs.disagreements import LabelDisagreements, PointDisagreements, chance
from pages.parts.shared import label_chips, run_badges, runs, thumbnails
from pages.parts.shared.text import plain
from pages.parts.train import alt_texts

A_PAGE = 9
LIKELY_CHANCE = 0.05
_WIDTH = 320
_MORE = "disagreements_shown"
_STYLE = """<style>
.disagree {display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1.2rem 1rem}
.disagree > div {min-width: 0}
.disagree img {width: 100%; aspect-ratio: 4 / 3; object-fit: contain; object-position: left; margin-bottom: .3rem}
@media (max-width: 640px) {.disagree img {aspect-ratio: auto; width: auto; max-width: 100%; max-height: 60vh}}
.disagree .predictions {display: grid; grid-template-columns: max-content minmax(0, 1fr); align-items: start;
  gap: .15rem .1rem}
.disagree .chips {min-height: 0; margin-bottom: .2rem; gap: .2rem}
.disagree .chip {font-size: .78rem; padding: .05rem .4rem}
.disagree .what {font-size: .85rem; opacity: .8; margin-bottom: .25rem}
</style>"""


def show(chosen: dict[str, Run]) -> None:
    """Where two runs or more of one task disagree; `chosen` are the runs by title, in the order of their letters."""
    st.subheader("Where they disagree")
    several = list(chosen.values())
    try:
        differences = _found(
            tuple(str(run.folder) for run in several), tuple(_version(run) for run in several)
        )
    except (RunError, OSError) as error:
        st.caption(plain(error))
        return
    if differences is None:
        st.caption(plain(_why_nothing(several)))
        return
    if isinstance(differences, LabelDisagreements):
        differing, cell = (
            int(differences.flips.any(axis=1).sum()),
            partial(_label_cell, several[0], differences),
        )
        st.markdown(_labels_in_all(differences, differing))
    else:
        differing, cell = len(differences.fnames), partial(_point_cell, several[0], differences)
        st.markdown(_points_in_all(differences))
    if differences.truth_differs:
        st.caption(
            f"{counted(differences.truth_differs, 'image')} had other labels or points when another run saw "
            f"{'it' if differences.truth_differs == 1 else 'them'}. The truth shown is that of A."
        )
    kept = f"{_MORE} {' '.join(chosen)}"
    shown = min(differing, st.session_state.get(kept, A_PAGE))
    cells = "".join(f"<div>{cell(place)}</div>" for place in range(shown))
    st.html(f'{label_chips.STYLE}{run_badges.STYLE}{_STYLE}<div class="disagree">{cells}</div>')
    if shown < differing:
        says = f"Show {min(A_PAGE, differing - shown)} more"
        st.button(says, key="more_disagreements", on_click=_show, args=(kept, shown + A_PAGE))


def _show(kept: str, count: int) -> None:
    st.session_state[kept] = count


@st.cache_resource(max_entries=8, show_spinner=False)
def _found(folders: tuple[str, ...], versions: tuple) -> LabelDisagreements | PointDisagreements | None:
    return disagreements.disagreements([Run(folder) for folder in folders])


def _version(run: Run) -> tuple:
    return runs.stamp(run), runs.version(run)


def _why_nothing(several: list[Run]) -> str:
    imported = [run.name for run in several if run.is_imported]
    if imported:
        return (
            f"{' and '.join(imported)} was imported without its images, so they may differ: the "
            "predictions cannot be compared."
        )
    return "They share no validation image, so their predictions cannot be compared."


def _labels_in_all(differences: LabelDisagreements, differing: int) -> str:
    count, flips = len(differences.fnames), int(differences.flips.sum())
    if not differing:
        return f"They give the same labels to all {counted(count, 'image')}."
    right = differences.right_where_flipped
    times_right = ", ".join(
        f"**{run_comparison.letter(place)}** {times}" for place, times in enumerate(right)
    )
    says = (
        f"They label {differing} of {counted(count, 'image')} differently; {flips} of "
        f"{differences.flips.size} labels flip. Right where they differ: {times_right}."
    )
    return says + (_by_chance(*right) if len(right) == 2 else "")


def _by_chance(first: int, second: int) -> str:
    share = chance(first, second)
    if share < LIKELY_CHANCE:
        return f" That is unlikely for two equally good runs (p = {share:.2g}, sign test)."
    return f" That can be chance: it happens in {share:.0%} of cases with two equally good runs."


def _points_in_all(differences: PointDisagreements) -> str:
    nearest = ", ".join(
        f"**{run_comparison.letter(place)}** on {count}"
        for place, count in enumerate(differences.nearest_counts)
    )
    count, middle, most = len(differences.fnames), np.median(differences.apart_px), differences.apart_px.max()
    return (
        f"Half of their predictions for {counted(count, 'image')} are more than {middle:.1f} px apart, at "
        f"most {most:.1f} px. Nearest to the truth: {nearest}."
    )


def _label_cell(run: Run, differences: LabelDisagreements, place: int) -> str:
    """The image, what all runs predict alike, and under each letter the labels that flip."""
    flips = differences.flips[place]
    alike = [
        label
        for label, is_predicted in zip(
            differences.vocab, differences.predicted[0, place] & ~flips, strict=True
        )
        if is_predicted
    ]
    rows = "".join(
        f"{run_badges.badge(of_run)}{_chips(differences, of_run, place)}"
        for of_run in range(len(differences.predicted))
    )
    image = _image(
        run.image_path(differences.fnames[place]), _alt(differences, place), thumbnails.jpeg, _WIDTH
    )
    what = f'<div class="what">all predict {escape(", ".join(alike))}</div>' if alike else ""
    return f'{image}{what}<div class="predictions">{rows}</div>'


def _chips(differences: LabelDisagreements, of_run: int, place: int) -> str:
    flips = differences.flips[place]
    predicted, truth = differences.predicted[of_run, place] & flips, differences.truth[place] & flips
    changes = label_changes(predicted, predicted, truth)
    if not changes:
        return '<div class="chips"><span class="chip nothing">right: none of them</span></div>'
    return label_chips.chips(changes, differences.vocab, differences.probs[of_run, place])


def _point_cell(run: Run, differences: PointDisagreements, place: int) -> str:
    off = "".join(
        f"{run_badges.badge(of_run)}<span>{error:.1f} px off{_unseen(differences, of_run, place)}</span>"
        for of_run, error in enumerate(differences.errors_px[:, place])
    )
    image = _image(
        run.image_path(differences.fnames[place]), alt_texts.pointed(), _with_points, differences, place
    )
    apart = f'<div class="what">{differences.apart_px[place]:.1f} px apart</div>'
    return f'{image}{apart}<div class="predictions">{off}</div>'


def _unseen(differences: PointDisagreements, of_run: int, place: int) -> str:
    is_seen = coordinates.in_frame(differences.points_px[of_run, place], differences.sizes_wh[place])
    return "" if is_seen else ", outside the image"


def _image(path: Path, alt: str, make, *how) -> str:
    try:
        return thumbnails.tag(make(path, *how), alt)
    except (ImageError, OSError):
        return f"<div>{escape(path.name)} is missing.</div>"


def _alt(differences: LabelDisagreements, place: int) -> str:
    truth = zip(differences.vocab, differences.truth[place], strict=True)
    return alt_texts.labelled([label for label, is_there in truth if is_there])


def _with_points(path: Path, differences: PointDisagreements, place: int) -> bytes:
    """The image with the truth as a ring and each run's prediction as a disc in its colour."""
    image = Image.open(BytesIO(thumbnails.jpeg(path, _WIDTH)))
    scale = np.array(image.size) / differences.sizes_wh[place]
    radius = 1.25 * mark_radius(image.size)
    ringed = draw_point(image, differences.truth_px[place] * scale, TRUTH, "ring", radius)
    colours = [run_comparison.colour(of_run) for of_run in range(len(differences.points_px))]
    return to_jpeg(
        draw_points(ringed, differences.points_px[:, place] * scale, colours, "disc", 0.7 * radius)
    )
