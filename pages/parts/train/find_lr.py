"""Finding a learning rate from the form: a button, the search as it goes on, its curve, and the rates to take."""

import streamlit as st

from engine.config import TrainConfig
from engine.data.formats.phrases import counted
from engine.functional.loss_registry import choice
from engine.jobs.status import ACTIVE
from engine.plots import lr_finder as figures
from engine.runs import RunError
from engine.training import launch, lr_finder
from engine.training.lr_finder import RULES, Search
from pages.parts.shared import charts, progress, streamlit_internals
from pages.parts.shared.text import in_state, plain

SECONDS_BETWEEN_LOOKS = 1.0
HARDLY = 0.05
"""A loss that fell by less than this share says little about learning rates."""


def offer(config: TrainConfig | None) -> None:
    """The button that begins a search for what the form holds."""
    search = _look(config)
    is_active = search is not None and search.state in ACTIVE
    if st.button(
        "Search again" if search else "Find a learning rate", icon=":material/query_stats:", key="train_find_rate",
        disabled=config is None or is_active, width="stretch",
        help="fastai's lr_find: trains on up to 100 batches at rates from 1e-7 to 10 and shows where the loss falls. "
            "The network is not kept.",
    ) and config:  # fmt: skip
        try:
            lr_finder.start(config)
        except (RunError, OSError) as error:
            st.error(plain(error))
            return
        st.rerun()


def show(config: TrainConfig | None, rate_key: str) -> None:
    """The search for what the form holds, if there is one; `rate_key` is the form's field of the rate."""
    search = _look(config)
    if config is None or search is None:
        return
    with st.container(border=True):
        if search.state in ACTIVE:
            st.fragment(_watch, run_every=SECONDS_BETWEEN_LOOKS)(config)
        else:
            _ended(search, config, rate_key)


def _look(config: TrainConfig | None) -> Search | None:
    try:
        return lr_finder.look(config) if config else None
    except RunError:
        return None


def _watch(config: TrainConfig) -> None:
    search = _look(config)
    if search is None or search.state not in ACTIVE:
        st.rerun()
    message = search.status.get("message")
    st.markdown(f"**Searching for a learning rate**{': ' + plain(message) if message else ''}")
    progress.show(search)
    if progress.stop_button(search, "train_stop_search"):
        launch.stop(search)
        streamlit_internals.rerun_fragment()
    tries = search.curve
    if len(tries):
        charts.show(figures.curve(tries, {}, config.lr, _loss(config)), key="rates")


def _ended(search: Search, config: TrainConfig, rate_key: str) -> None:
    try:
        if search.state == "finished":
            _found(search, config, rate_key)
            return
    except (RunError, KeyError, TypeError, ValueError) as error:
        st.warning(plain(f"The result cannot be read ({error}). Search again."))
        return
    summary = in_state("The search for a learning rate", search.state)
    st.warning(f"{summary}: {plain(search.status.get('message'))}")
    if search.state != "stopped":
        with st.expander("Log of the search"):
            st.code(search.log or "The log is empty.", language=None)


def _found(search: Search, config: TrainConfig, rate_key: str) -> None:
    suggestions, result = search.suggestions, search.result
    charts.show(figures.curve(search.curve, suggestions, config.lr, _loss(config)), key="rates")
    if not search.is_current:
        st.warning("The dataset has changed since this search. Search again.")
    if result["fall"] < HARDLY:
        st.warning(
            f"The loss fell by only {result['fall']:.1%}, so these rates are rough guesses. More images, a smaller "
            "batch or other weights would show more."
        )
    with st.container(horizontal=True, gap="small"):
        for rule, rate in suggestions.items():
            st.button(
                f"Use {rate:g} ({rule})", key=f"train_use_{rule}", help=f"{rule.capitalize()}: {RULES[rule]}.",
                type="primary" if rule == next(iter(suggestions)) and rate != config.lr else "secondary",
                disabled=rate == config.lr, on_click=st.session_state.__setitem__, args=(rate_key, rate),
            )  # fmt: skip
    begins = (
        "with the backbone frozen, as the run begins"
        if search.config.freeze_epochs
        else "with all layers learning"
    )
    st.caption(
        f"Tried on {counted(result['pictures'], 'training image')} in {result['seconds']:.0f} s, "
        f"{begins}. Epochs, rate and threshold do not affect the result."
    )


def _loss(config: TrainConfig) -> str:
    return choice(config.task, config.loss).title
