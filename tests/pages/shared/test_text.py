"""Text from outside is shown as it is: no markup, no link, nothing that cannot be seen."""

from pages.parts.shared.text import in_state, plain


def test_markup_is_escaped_and_lines_are_joined():
    assert plain("*a*\n[b](c)") == r"\*a\* \[b\]\(c\)"


def test_what_cannot_be_seen_is_shown_and_no_address_becomes_a_link():
    assert plain("a\u202eb") == "a⟨U\\+202E⟩b"
    for text in ("http://127.0.0.1/x.png", "www.x.de", "me@x.de"):
        assert "\u2060" in plain(text), text


def test_a_state_has_its_verb_and_the_name_is_no_markup():
    assert in_state("*a*", "stopped") == r"**\*a\*** was **stopped**"
    assert in_state("a", "finished") == "**a** is **finished**"
