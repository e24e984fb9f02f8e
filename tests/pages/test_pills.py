"""Pills that do not wrap hide the last ones beyond the edge of a narrow column."""

import ast

from engine import paths


def test_all_pills_wrap():
    files = [paths.ROOT / "streamlit_app.py", *sorted((paths.ROOT / "pages").rglob("*.py"))]
    calls = [
        (f"{file.name}:{node.lineno}", {keyword.arg for keyword in node.keywords})
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.pills"
    ]
    assert len(calls) > 5
    assert [place for place, given in calls if "wrap" not in given] == []
