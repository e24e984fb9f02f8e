"""Page 9, check: every finding in a dataset, with its images and the ways to fix it."""

import streamlit as st

from engine.data.checks import HARMS, NOTE, STOPS, Finding, Fix, Health
from engine.data.checks.finding import leave_out
from engine.data.checks.name_findings import UNNAMED
from engine.data.formats.apply_edits import UNLABELLED
from engine.data.formats.phrases import counted
from engine.data.library import LibraryDataset
from pages.parts.data import check_results, image_tiles
from pages.parts.shared import tables
from pages.parts.shared.text import plain

SHOWN = 6
MOST_LABELS = 30
_ICONS = {
    STOPS: ":red[:material/block:]",
    HARMS: ":orange[:material/warning:]",
    NOTE: ":gray[:material/info:]",
}
_HEADS = {
    STOPS: "Stops training",
    HARMS: "Training works, but the model may learn the wrong thing",
    NOTE: "Worth knowing",
}


def show(chosen: LibraryDataset) -> None:
    """Everything under "Check"."""
    health = check_results.of(chosen)
    if health is None:
        return
    _standing(chosen, health)
    check_results.undo_button(chosen)
    for severity, head in _HEADS.items():
        of_severity = [finding for finding in health.findings if finding.severity == severity]
        if of_severity:
            st.subheader(head)
        for number, finding in enumerate(of_severity):
            same = sum(other.kind == finding.kind for other in of_severity[:number])
            _show(chosen, health, finding, f"finding_{finding.kind}_{same}")
    if health.notes:
        with st.expander(f"What the import skipped or assumed ({len(health.notes)})"):
            st.markdown("\n".join(f"- {plain(note)}" for note in health.notes))
    _labels(health)


def _standing(chosen: LibraryDataset, health: Health) -> None:
    parts = f"{health.training:,} for training and {health.validation:,} for validation"
    stops = sum(finding.severity == STOPS for finding in health.findings)
    if stops:
        st.error(
            f"Fix {stops} of {counted(len(health.findings), 'finding')} before training."
            f" {health.image_count:,} rows were read."
        )
    else:
        st.success(f"Ready for training: {parts}.", icon=":material/check:")
    _mend_all(chosen, health)
    for baseline in health.baselines:
        st.markdown(f"**To beat:** {plain(baseline.name)} **{baseline.value}**: {plain(baseline.says)}.")
    st.button(
        "Read the files again", icon=":material/refresh:", on_click=check_results.forget, type="tertiary"
    )


def _mend_all(chosen: LibraryDataset, health: Health) -> None:
    """Where several findings stop training: the first fix of each, one decision after the other."""
    firsts = [one.fixes[0] for one in health.findings if one.severity == STOPS and one.fixes]
    if len(firsts) > 1:
        st.button(
            f"Apply the first fix to all {len(firsts)}",
            icon=":material/healing:",
            key="mend_all",
            on_click=_apply_each,
            args=(chosen, firsts),
            help="Applies the first fix that each finding below offers. You can undo each of them.",
        )


def _apply_each(chosen: LibraryDataset, fixes: list[Fix]) -> None:
    if all(check_results.keep(chosen, fix) for fix in fixes):
        st.toast(f"{len(fixes)} fixes applied. Undo reverts them one by one.", icon=":material/check:")


def _show(chosen: LibraryDataset, health: Health, finding: Finding, key: str) -> None:
    with st.container(border=True, key=key):
        st.markdown(f"{_ICONS[finding.severity]} {plain(finding.sentence)}")
        if finding.kind in (UNLABELLED, UNNAMED):
            st.button("Label them", key=f"{key}_label", icon=":material/new_label:", on_click=_to_label)
        if finding.fixes:
            with st.container(horizontal=True, gap="small"):
                for number, fix in enumerate(finding.fixes):
                    st.button(
                        plain(fix.says),
                        key=f"{key}_{number}",
                        on_click=check_results.fix,
                        args=(chosen, fix),
                    )
        if finding.fnames and health.subject:
            _images(chosen, health, finding, key)


def _to_label() -> None:
    st.session_state["do"] = "Label"


def _images(chosen: LibraryDataset, health: Health, finding: Finding, key: str) -> None:
    """The first few images at once where it matters; the others, and those of mere notes, when asked for."""
    names = finding.fnames
    is_open = finding.severity != NOTE
    most = len(names) if is_open else 0
    if len(names) > SHOWN or not is_open:
        all_of_them = "the image" if len(names) == 1 else f"all {len(names):,} images"
        if st.toggle(f"Show {all_of_them}", key=f"{key}_all"):
            names = names[_page(len(names), key)]
            most = len(names)
        else:
            most = min(SHOWN, most)
    if most:
        image_tiles.show(
            health,
            names[:most],
            key=key,
            about=lambda fname: finding.about.get(fname, ""),
            below=_leaver(chosen, health, key) if len(finding.fnames) > 1 else None,
        )


def _page(count: int, key: str, size: int = 24) -> slice:
    pages, at_key = -(-count // size), f"{key}_page"
    st.session_state[at_key] = min(st.session_state.get(at_key, 1), pages)
    at = st.number_input(f"Page of {pages}", 1, pages, key=at_key, width=140) if pages > 1 else 1
    return slice((at - 1) * size, at * size)


def _leaver(chosen: LibraryDataset, health: Health, key: str):
    def below(fname: str) -> None:
        if health.subject and fname in health.subject.by_name:
            st.button(
                "Exclude",
                key=f"{key}_out_{fname}",
                type="tertiary",
                icon=":material/close:",
                on_click=check_results.fix,
                args=(chosen, leave_out((fname,))),
            )

    return below


def _labels(health: Health) -> None:
    if health.labels.empty:
        return
    st.subheader("Labels")
    if len(health.labels) > MOST_LABELS:
        st.dataframe(health.labels, key="check_labels", height=400)
        return
    tables.show_rows(
        ["training", "validation", "all"],
        {
            str(label): [str(int(cell)) for cell in row]
            for label, row in zip(health.labels.index, health.labels.to_numpy(), strict=True)
        },
    )
