"""What a label may hold, how it is shown, and which labels look alike."""

import pytest

from engine.functional import label_text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ca\ud800t", "half of a character"),
        ("ca\0t", "NUL"),
        ("ca\nt", "line break"),
        ("ca\u2028t", "line break"),
        ("c" * 201, "201 characters, and the limit is 200"),
    ],
)
def test_what_no_label_may_hold_is_named(text, reason):
    assert reason in label_text.problem(text)


@pytest.mark.parametrize("text", ["cat", "Käfer 猫", "c" * 200, "a\tb", "wrong\u202e", "👨‍👩‍👧"])
def test_other_text_may_be_a_label(text):
    assert label_text.problem(text) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("wrong \u202e0.70", "wrong ⟨U+202E⟩0.70"),
        ("c\u200bat", "c⟨U+200B⟩at"),
        ("a\0\n", "a⟨U+0000⟩⟨U+000A⟩"),
        ("ca\ud800t", "ca⟨U+D800⟩t"),
        ("x\u3164", "x⟨U+3164⟩"),
        ("x\u200dy", "x⟨U+200D⟩y"),
        ("x\ufe0f", "x⟨U+FE0F⟩"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_number_and_can_be_removed(text, shown):
    assert label_text.visible(text) == shown
    assert label_text.visible(label_text.without_unseen(text)) == label_text.without_unseen(text)
    label_text.visible(text).encode()  # a page can hold it


@pytest.mark.parametrize("text", ["👨\u200d👩\u200d👧", "❤\ufe0f", "می\u200cخواهم", "क्\u200dष", "日本", "é"])
def test_joiners_of_scripts_and_emoji_stay(text):
    assert label_text.visible(text) == text == label_text.without_unseen(text)


def test_long_text_is_cut_only_where_that_is_asked_for():
    assert label_text.visible("c" * 300) == "c" * 300
    assert label_text.visible("c" * 300, 20) == "c" * 19 + "…"
    assert len(label_text.sentence("c" * 7_000_000)) == label_text.LONGEST_SENTENCE


@pytest.mark.parametrize(
    "text", ["![x](http://a.b/x.png)", "HTTPS://a.b", "www.a.b", "me@a.b", "mailto:me@a.b"]
)
def test_no_address_is_left_that_a_page_would_link(text):
    shown = label_text.unlinked(text)
    assert shown != text and shown.replace("\u2060", "") == text
    for start in ("http:", "https:", "www.", "mailto:", "me@"):
        assert start not in shown.casefold()


@pytest.mark.parametrize("other", ["c\u200bat", "\u0441at", "ｃａｔ", "CAT", "cаt", "cat\u00ad"])
def test_labels_that_look_like_cat_are_found(other):
    assert label_text.look_alikes(["cat", other, "dog"]) == [sorted({"cat", other})]


def test_different_labels_do_not_look_alike():
    assert label_text.look_alikes(["0", "O", "1", "l", "cafe", "café", "кот", "cat"]) == []


def test_two_spellings_of_an_accent_are_one_text_and_endless_accents_stay():
    assert label_text.composed("Ba\u0308r") == "B\u00e4r"
    endless = "a" + "\u0315\u0300" * 1_000_000
    assert label_text.composed(endless) is endless
