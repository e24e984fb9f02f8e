"""Who visits: a secret in a cookie, where the app is set to show each visitor only what they imported themselves."""

import streamlit as st

from engine.jobs import user_scope
from pages.parts.shared.streamlit_internals import is_in_a_visit

COOKIE = "loss_lab_visitor"
_KEPT = "visitor_secret"
_SECONDS = 365 * 24 * 3600


def begin() -> None:
    """Let the browser remember its secret, and hide paths and source lines; nothing at all while all is shared."""
    if not user_scope.is_private():
        return
    st.set_option("client.showErrorDetails", "none")
    if st.context.cookies.get(COOKIE) == secret():
        return
    st.html(
        f"<script>document.cookie = '{COOKIE}={secret()}; path=/; max-age={_SECONDS}; SameSite=Strict'"
        " + (location.protocol === 'https:' ? '; Secure' : '')</script>",
        unsafe_allow_javascript=True,
    )


def secret() -> str | None:
    """The visitor's secret: the cookie's, or a new one, kept through the visit; None outside of any visit."""
    if not is_in_a_visit():
        return None
    if not user_scope.is_secret(st.session_state.get(_KEPT)):
        cookie = st.context.cookies.get(COOKIE)
        st.session_state[_KEPT] = cookie if user_scope.is_secret(cookie) else user_scope.new_secret()
    return st.session_state[_KEPT]


user_scope.set_user_provider(secret)
