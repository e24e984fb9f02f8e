import ast
import re

import pytest

from engine import paths
from pages.parts.shared import glossary

MAX_WORDS = 25


def page_terms() -> dict[str, list[str]]:
    """The terms that each page offers, read from its call of `page.begin` or `frame.begin`."""
    found = {}
    for file in sorted((paths.ROOT / "pages").glob("*.py")):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {"page.begin", "frame.begin"}:
                found[file.stem] = [
                    term
                    for word in call.keywords
                    if word.arg == "terms"
                    for term in ast.literal_eval(word.value)
                ]
    return found


def test_every_entry_of_the_file_is_read_once():
    entries = re.findall(r"^- .*$", glossary.FILE.read_text("utf-8"), re.MULTILINE)
    assert len(entries) == len(glossary.definitions()) > 40


@pytest.mark.parametrize("term", glossary.definitions())
def test_a_definition_is_one_short_sentence_that_does_not_define_itself(term):
    definition = glossary.definitions()[term]
    assert definition.endswith(".") and ". " not in definition
    assert len(definition.split()) <= MAX_WORDS
    assert not definition.lower().startswith((term.lower(), f"a {term.lower()}"))


def test_every_page_offers_terms_that_the_glossary_defines():
    offered = page_terms()
    assert len(offered) == len(list((paths.ROOT / "pages").glob("*.py")))
    for page, terms in offered.items():
        assert terms, page
        assert glossary.define(*terms).count("\n") == len(terms) - 1


def test_a_term_that_is_missing_is_an_error():
    with pytest.raises(KeyError, match="mending"):
        glossary.define("mending")
