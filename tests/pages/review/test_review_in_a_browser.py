"""Label review in a real browser: asked for, watched, decided with keys, there after a reload, and undone."""

import re

import pytest
from playwright.sync_api import expect

from engine.data import edits, formats, library
from engine.data.annotation import label_keys
from engine.data.edits import KEPT, LABELS, LEFT_OUT, POINT
from engine.experiments.label_review import job
from engine.experiments.label_review.session import ReviewSession
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.review import start_review
from tests.browser import IN_BACKGROUND, open_page, serve, wait_until_keys_are_heard, wait_until_settled
from tests.tiny_data import labelled, pointed

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def reviewed(app, page, one: library.LibraryDataset) -> list[str]:
    """Ask for the review of a dataset, wait for it, and return its pictures in the order of doubt."""
    open_page(page, app, f"Label_review?data={one.folder.name}")
    page.get_by_role("button", name=re.compile("Find wrong (labels|points)")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=IN_BACKGROUND)
    wait_until_settled(page)
    return ReviewSession.of(start_review.find(one.folder.name)).fnames


def kinds(one: library.LibraryDataset) -> dict[str, str]:
    return edits.read(one.folder).now.last


def stands(page, place: int, fname: str) -> None:
    """The picture is on the page, in the address, and nothing is under way."""
    expect(page.get_by_text(re.compile(rf"^{place}\. {re.escape(fname.split('/')[-1])}"))).to_be_visible()
    page.wait_for_url(lambda url: fname.split("/")[-1] in url)
    wait_until_settled(page)


def test_decisions_with_keys_survive_a_reload_and_are_undone(app, page, tmp_path):
    one = library.add("squares to review", MULTI_LABEL, in_place=labelled(tmp_path / "squares", count=40))
    order = reviewed(app, page, one)
    wait_until_keys_are_heard(page)
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stMainBlockContainer").get_by_text(re.compile(r"^1\. "))).to_have_count(0)
    page.goto(f"{page.url.split('&at')[0]}&at={order[1]}")
    stands(page, 2, order[1])
    wait_until_keys_are_heard(page)
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("stMainBlockContainer").get_by_text(re.compile(r"^2\. "))).to_have_count(0)
    wait_until_settled(page)
    assert kinds(one) == {order[0]: KEPT, order[1]: LEFT_OUT}
    page.goto(f"{page.url.split('&at')[0]}&at={order[3]}")
    page.reload()
    stands(page, 4, order[3])
    expect(page.get_by_text("1 kept, 1 excluded")).to_be_visible()
    wait_until_keys_are_heard(page)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stMainBlockContainer").get_by_text(re.compile(r"^4\. "))).to_have_count(0)
    wait_until_settled(page)
    assert kinds(one)[order[3]] in (LABELS, KEPT)
    for back in (3, 1, 0):
        page.keyboard.press("Backspace")
        stands(page, back + 1, order[back])
    assert kinds(one) == {}
    assert page.troubles == []


def ranked(one: library.LibraryDataset) -> list[str]:
    """The pictures of a dataset in the order of doubt, ranked in this process."""
    subject = start_review.find(one.folder.name)
    job.work(subject.job, subject.data, subject.task, False, lambda *_: None)
    return ReviewSession.of(subject).fnames


def relabelling_key(one: library.LibraryDataset) -> str:
    """The key of a label whose tick makes the answer to the most doubtful picture another than the given one."""
    ranking = ReviewSession.of(start_review.find(one.folder.name)).ranking
    first = ranking.table.iloc[0]
    keys = label_keys(ranking.vocab)
    return next(keys[label] for label in ranking.vocab if {*first.seen} ^ {label} != {*first.given})


def test_what_was_relabelled_moved_and_dropped_by_keys_outlives_the_server(page, tmp_path):
    heads = library.add("points to keep", POINTS, in_place=pointed(tmp_path / "points", count=30))
    squares = library.add("squares to keep", MULTI_LABEL, in_place=labelled(tmp_path / "squares", count=40))
    at = f"Label_review?data={squares.folder.name}&at="
    moved, (relabelled, dropped) = ranked(heads)[0], ranked(squares)[:2]
    with serve(tmp_path, tmp_path / "runs") as first:
        open_page(page, first, f"Label_review?data={heads.folder.name}&at={moved}")
        wait_until_keys_are_heard(page)
        page.keyboard.press("Shift+ArrowRight")
        expect(page.get_by_text("point moved to")).to_be_visible()
        open_page(page, first, at + relabelled)
        wait_until_keys_are_heard(page)
        page.keyboard.press(relabelling_key(squares))
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("stMainBlockContainer").get_by_text(re.compile(r"^1\. "))).to_have_count(0)
        open_page(page, first, at + dropped)
        wait_until_keys_are_heard(page)
        page.keyboard.press("Delete")
        expect(page.get_by_test_id("stMainBlockContainer").get_by_text(re.compile(r"^2\. "))).to_have_count(0)
        wait_until_settled(page)
        page.goto("about:blank")  # an open page would complain of the server's end
    with serve(tmp_path, tmp_path / "runs") as second:
        open_page(page, second, f"Label_review?data={heads.folder.name}&at={moved}")
        expect(page.get_by_text("point moved to")).to_be_visible()
        for fname, says in ((relabelled, "Decided: relabelled to"), (dropped, "Decided: excluded")):
            open_page(page, second, at + fname)
            expect(page.get_by_text(says)).to_be_visible()
        wait_until_keys_are_heard(page)
        page.keyboard.press("Backspace")
        expect(page.get_by_text("Decided: excluded")).to_have_count(0)
        stands(page, 2, dropped)
    assert kinds(squares) == {relabelled: LABELS} and kinds(heads) == {moved: POINT}
    assert page.troubles == []


def test_a_click_on_the_picture_moves_its_point(app, page, tmp_path):
    one = library.add("points to review", POINTS, in_place=pointed(tmp_path / "points", count=30))
    fname = reviewed(app, page, one)[0]
    frame = page.locator(".frame img")
    box = frame.bounding_box()
    frame.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.5})
    expect(page.get_by_text("point moved to (16, 24)")).to_be_visible()
    wait_until_settled(page)
    assert kinds(one) == {fname: POINT}
    wait_until_keys_are_heard(page)
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("point moved to (17, 24)")).to_be_visible()
    table = formats.load(one.data_path, POINTS).table.set_index("fname")
    assert table.loc[fname, ["x", "y"]].tolist() == pytest.approx([17, 24], abs=0.3)
    assert page.troubles == []
