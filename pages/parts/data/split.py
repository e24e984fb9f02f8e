"""Page 9, split: which images are for validation, how each label is divided, and what leaks."""

import pandas as pd
import streamlit as st

from engine.data import edits, splits
from engine.data.checks import Health
from engine.data.checks.check_input import Subject
from engine.data.edits import SPLIT, DecisionError
from engine.data.formats.parsed_source import Row
from engine.data.formats.phrases import counted, some
from engine.data.library import LibraryDataset
from engine.data.splits import Grouping, Plan, SplitError
from engine.data.splits.strategies import GROUPS, STRATIFIED, TABLE, WAYS, merged
from engine.plots import split as figures
from pages.parts.data import check_results, image_tiles
from pages.parts.shared import charts, tables
from pages.parts.shared.text import plain

KEY = "split_"
EDITABLE_GROUPS = 500
_SAYS = {
    "random": "Every image has the same chance. Use it for many unrelated images.",
    "stratified": "Both parts get about the same share of each label, so rare labels are trained on and validated.",
    "groups": (
        "All images of a person or series stay in one part. The score then holds for new people and series."
    ),
    "table": "The split that came with the dataset.",
}


def show(chosen: LibraryDataset) -> None:
    """Everything under "Split"."""
    health = check_results.of(chosen)
    if health is None:
        return
    if health.subject is None or len(health.subject.used) < 2:
        st.info("There is nothing to split yet: see **Check**.")
        return
    rows = health.subject.used
    alike = health.subject.copies + health.subject.alike
    _in_use(chosen, health.subject, rows, alike)
    st.subheader("Re-split")
    groupings = {grouping.title: grouping for grouping in splits.groupings(rows)}
    guess = next((grouping for grouping in groupings.values() if not grouping.doubt), None)
    plan, groups = _form(chosen.folder.name, rows, groupings, guess)
    try:
        parts = splits.divide(rows, plan, groups, alike, [row.source_is_valid for row in rows])
    except SplitError as error:
        st.warning(plain(error))
        return
    _result(rows, parts, plan.share)
    _leaks(health, rows, parts, alike, guess if groups is None else None)
    st.button(
        "Use this split", type="primary", key=KEY + "use", on_click=_use, args=(chosen, plan, rows, parts)
    )


def _in_use(chosen: LibraryDataset, subject: Subject, rows: list[Row], alike: list[tuple[str, ...]]) -> None:
    parts = [bool(row.is_valid) for row in rows]
    st.markdown(
        f"**In use:** {len(parts) - sum(parts):,} for training, {sum(parts):,} for validation"
        f" ({sum(parts) / len(parts):.0%}), {plain(_how(chosen, subject))}."
    )
    across = splits.alike_across(rows, parts, alike)
    if across:
        st.caption(
            f":orange[:material/warning:] In both parts: {counted(len(across), 'group')} of images that look alike."
        )
    if failed := st.session_state.pop(KEY + "failed", None):
        st.error(plain(failed))
    if any(edit.kind == SPLIT for edit in edits.read(check_results.journal_home(chosen)).standing):
        st.button(
            "Undo the last split", icon=":material/undo:", key=KEY + "undo", on_click=_undo, args=(chosen,)
        )


def _how(chosen: LibraryDataset, subject: Subject) -> str:
    home = check_results.journal_home(chosen)
    if plan := splits.kept_plan(home):
        by = f" ({plan.grouping})" if plan.way == GROUPS else ""
        return f"split here: {WAYS[plan.way].lower()}{by}, seed {plan.seed}"
    if any(edit.kind == SPLIT for edit in edits.read(home).standing):
        return "with images that you moved"
    return (
        "as the dataset defines it"
        if subject.parsed.has_split
        else "chosen by Loss Lab, because the dataset has no split"
    )


def _form(
    name: str, rows: list[Row], groupings: dict[str, Grouping], guess: Grouping | None
) -> tuple[Plan, list[str] | None]:
    has_labels = any(row.labels for row in rows)
    default = GROUPS if guess else STRATIFIED if has_labels else "random"
    ways = [way for way in WAYS if way != STRATIFIED or has_labels]
    way = st.segmented_control(
        "How", list(ways), default=default, format_func=WAYS.__getitem__, required=True, key=KEY + "way"
    )
    st.caption(_SAYS[way])
    if way == TABLE:
        return Plan(TABLE), None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        share = st.slider("For validation (%)", 5, 50, 20, key=KEY + "share", width=320) / 100
        seed = st.number_input("Seed", 0, 10_000, 0, key=KEY + "seed", width=120)
        together = st.checkbox("Keep images that look alike together", value=True, key=KEY + "together")
    if way != GROUPS:
        return Plan(way, share, seed, together=together), None
    title, renamed, groups = _groups(name, rows, groupings, guess)
    return Plan(way, share, seed, title, renamed, together), groups


def _groups(
    name: str, rows: list[Row], groupings: dict[str, Grouping], guess: Grouping | None
) -> tuple[str, tuple[tuple[str, str], ...], list[str]]:
    """How images are grouped, what the groups are, and the person's corrections."""
    if not groupings:
        st.warning("The names and folders show no series, so every image is its own group.")
        return "", (), [row.fname for row in rows]
    titles = list(groupings)
    title = st.selectbox(
        "Group by",
        titles,
        index=titles.index(guess.title) if guess else 0,
        key=f"{KEY}rule_{name}",
        width=420,
    )
    grouping = groupings[title]
    if grouping.doubt:
        st.warning(plain(f"Check this grouping: {grouping.doubt}."))
    st.caption(f"{counted(len(grouping.members), 'group')}. To merge two groups, give both the same name.")
    renamed = _corrected(grouping, f"{name}_{title}")
    return title, renamed, merged(grouping.groups, renamed)


def _corrected(grouping: Grouping, name: str) -> tuple[tuple[str, str], ...]:
    members = list(grouping.members.items())[:EDITABLE_GROUPS]
    names = [name for name, _ in members]
    edited = st.data_editor(
        pd.DataFrame({"group": names, "images": [count for _, count in members], "belongs to": names}),
        disabled=["group", "images"],
        hide_index=True,
        height=min(38 + 35 * len(members), 300),
        key=f"{KEY}groups_{name}",
    )
    pairs = zip(edited["group"], edited["belongs to"], strict=True)
    return tuple((str(old), str(new).strip()) for old, new in pairs if new and str(new).strip() != str(old))


def _result(rows: list[Row], parts: list[bool], wanted: float) -> None:
    table = splits.shares(rows, parts)
    if len(table) > 1:
        charts.show(figures.shares(table, wanted), key=KEY + "figure")
    with st.expander("In numbers", expanded=len(table) == 1):
        tables.show_rows(
            ["training", "validation", "share"],
            {
                str(label): [str(int(row["training"])), str(int(row["validation"])), f"{row['share']:.1%}"]
                for label, row in table.iterrows()
            },
        )


def _leaks(health: Health, rows, parts, alike, guess: Grouping | None) -> None:
    across = splits.alike_across(rows, parts, alike)
    if across:
        st.warning(
            f"{counted(len(across), 'group')} of images that look alike would be in both parts, so the "
            "score would be too high."
        )
        image_tiles.show(health, [fname for group in across[:3] for fname in group[:2]], key="leaks")
    if guess and (torn := splits.groups_across(guess.groups, parts)):
        st.warning(
            plain(
                f"Grouped by {guess.title}, {len(torn):,} of {len(guess.members):,} groups would be in both parts:"
                f" {some(torn)}. If these are series, split by group."
            )
        )
    elif not across:
        st.caption(":material/check: No images that look alike are in different parts.")


def _use(chosen: LibraryDataset, plan: Plan, rows: list[Row], parts: list[bool]) -> None:
    given = {row.fname: part for row, part in zip(rows, parts, strict=True)}
    try:
        splits.use(check_results.journal_home(chosen), plan, given)
        st.toast(f"In use now: {len(parts) - sum(parts):,} for training, {sum(parts):,} for validation.")
    except (DecisionError, OSError) as error:
        st.session_state[KEY + "failed"] = str(error)


def _undo(chosen: LibraryDataset) -> None:
    try:
        edits.undo(check_results.journal_home(chosen), kinds=(SPLIT,))
    except DecisionError as error:
        st.session_state[KEY + "failed"] = str(error)
