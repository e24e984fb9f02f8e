"""Figures of lesson 1: a whole dataset with its labels as vectors of 0 and 1."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from engine.data.formats.phrases import counted
from engine.functional import label_encoding
from engine.plots.style import BASELINE, CURRENT, INK, TRUTH, titled

_OFF = "rgba(128,128,128,0.14)"
_DIAGONAL = "#6B6F76"
_FAINTEST = 0.06
_FEW_TO_MANY = [[0, f"rgba(0,158,115,{_FAINTEST})"], [1, "rgba(0,158,115,1)"]]
_BLACK_READS = 0.81
"""The share of the most images from which black text reads best on its colour in either theme (4.5:1 or more)."""


def images_by_classes(
    targets: np.ndarray, vocab: tuple[str, ...], names: list[str], current: str | None = None
) -> go.Figure:
    """Draw the whole 0/1 matrix `targets` (N, C): a column per image, a row per class.

    Images with the same labels are adjacent; `current` is the name of an image to point at.
    """
    order = np.lexsort(targets.T[::-1])[::-1]
    ordered = [names[i] for i in order]
    figure = go.Figure(
        go.Heatmap(
            z=targets[order].T,
            x=np.arange(1, len(names) + 1),
            y=vocab,
            customdata=np.tile(np.array(ordered), (len(vocab), 1)),
            zmin=0,
            zmax=1,
            colorscale=[[0, _OFF], [1, TRUTH]],
            showscale=False,
            hovertemplate="%{customdata}<br>%{y}: %{z}<extra></extra>",
        )
    )
    if current in names:
        _point_at(figure, ordered.index(current) + 1, len(names))
    ones, cells = int(targets.sum()), targets.size
    title = f"Only {ones:,} of {cells:,} cells are 1 ({ones / cells:.1%}): almost every cell is 0"
    titled(figure, title, f"{counted(len(names), 'image')}, sorted by label", "label", 420)
    figure.update_xaxes(showgrid=False, zeroline=False, nticks=9, range=[0.5, len(names) + 0.5])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _point_at(figure: go.Figure, at: int, count: int) -> None:
    side = "left" if at < count / 2 else "right"
    figure.add_vline(x=at, line={"color": CURRENT, "width": 2})
    figure.add_annotation(
        x=at, y=1, yref="paper", yanchor="bottom", xanchor=side, showarrow=False, text="this image",
        font={"size": 13},
    )  # fmt: skip


def labels_together(targets: np.ndarray, vocab: tuple[str, ...]) -> go.Figure:
    """Draw how many images hold each pair of classes; the grey diagonal counts the images with a class."""
    together = label_encoding.co_occurrence(targets)
    is_diagonal = np.eye(len(vocab), dtype=bool)
    most = max(1, int(together[~is_diagonal].max(initial=0)))
    is_dark = ~is_diagonal & (together > _BLACK_READS * most)
    both, diagonal = "%{y} and %{x}: %{text} images", [[0, _DIAGONAL], [1, _DIAGONAL]]
    figure = go.Figure(
        [
            _cells(together, ~is_diagonal & ~is_dark, vocab, most, _FEW_TO_MANY, INK, both),
            _cells(together, is_dark, vocab, most, _FEW_TO_MANY, "#000000", both),
            _cells(together, is_diagonal, vocab, most, diagonal, "#ffffff", "%{y}: %{text} images"),
        ]
    )
    says = "green: images with both labels;<br>grey diagonal: images with that one label"
    titled(figure, _pair_title(together, vocab), says, "", 480)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False, tickangle=-45)
    return figure


def _cells(
    counts: np.ndarray, shown: np.ndarray, vocab: Sequence[str], most: int, scale: list, text: str, says: str
) -> go.Heatmap:
    """The cells of a table of counts that are `shown`, with their numbers in one colour."""
    return go.Heatmap(
        x=vocab,
        y=vocab,
        z=np.where(shown, counts, np.nan),
        zmin=0,
        zmax=most,
        colorscale=scale,
        showscale=False,
        text=np.where(shown, counts.astype(str), ""),
        texttemplate="%{text}",
        textfont={"color": text},
        hoverongaps=False,
        hovertemplate=f"{says}<extra></extra>",
    )


def _pair_title(together: np.ndarray, vocab: tuple[str, ...]) -> str:
    pairs = np.triu(together, k=1)
    if not pairs.any():
        return "No two labels ever appear together: one index would be enough here"
    i, j = np.unravel_index(pairs.argmax(), pairs.shape)
    return f"{vocab[i]} and {vocab[j]} appear together most often: in {counted(int(pairs[i, j]), 'image')}"


def labels_per_image(targets: np.ndarray) -> go.Figure:
    """Draw how many images have 0, 1, 2, ... labels; only those with exactly one fit a single index."""
    counts = label_encoding.labels_per_image(targets)
    share = counts[1:2].sum() / counts.sum()
    figure = go.Figure(
        go.Bar(
            x=[str(k) for k in range(len(counts))],
            y=counts,
            text=[f"{n:,}" for n in counts],
            textposition="outside",
            cliponaxis=False,
            marker={"color": [TRUTH if k == 1 else BASELINE for k in range(len(counts))]},
            hovertemplate="%{y} images with %{x} labels<extra></extra>",
        )
    )
    title = f"One index fits {share:.0%} of the images: those with exactly one label"
    titled(figure, title, "labels per image", "images", 480)
    return figure.update_xaxes(dtick=1)
