"""What touches private parts of Streamlit; written for Streamlit 1.67.0.

`tests/pages/test_history_in_a_browser.py` fails when it no longer applies.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.runtime.scriptrunner import get_script_run_ctx


@contextmanager
def one_history_entry() -> Iterator[None]:
    """All changes of the address inside the block become one entry of the browser's history, made at its end.

    Streamlit 1.67 sends the address once for each bound widget whose value the script has set, and the browser makes
    each into an entry: Back then leads through combinations of values that never were on the page. Remove this when
    Streamlit sends the address once per run.
    """
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    with context.session_state.query_params() as params:
        send = params._send_query_param_msg
    changes = []
    params._send_query_param_msg = lambda: changes.append(None)
    try:
        yield
    finally:
        del params._send_query_param_msg
        if changes:
            send()


def came_by_history() -> bool:
    """Whether this run answers the browser's Back or Forward, so that the address counts more than what is held.

    Streamlit 1.67 lets bound widgets follow by itself; whatever else lives in the address has to ask. Remove this
    when Streamlit has a public way to ask.
    """
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
