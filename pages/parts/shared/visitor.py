"""Who visits: an account, or a secret in a cookie, where each visitor sees only what they imported themselves."""

from collections.abc import Mapping

import streamlit as st

from engine.images import decoder
from engine.jobs import thread_waits, user_scope
from engine.jobs.hosting import HostingError, hosting
from engine.jobs.user_scope import Account
from pages.parts.shared.streamlit_internals import is_in_a_visit

COOKIE = "loss_lab_visitor"
DAYS = 365
_KEPT, _FORGOTTEN = "visitor_secret", "visitor_forgotten"


def begin() -> None:
    """Let the browser remember its secret, and hide paths and source lines; nothing at all while all is shared.

    Stops the page where the configuration of the sign-in cannot be used.
    """
    try:
        is_private, signs_in = user_scope.is_private(), hosting().signs_in
    except HostingError:
        _refuse()
    if not is_private:
        if st.secrets.load_if_toml_exists() and "auth" in st.secrets:
            _refuse()  # Streamlit knows of accounts and the engine does not: no one may take everybody's data
        return
    st.set_option("client.showErrorDetails", "none")
    if not signs_in:
        _remember()


def _refuse() -> None:
    st.error("The sign-in of this app is not set up correctly. Ask its owner to look into secrets.toml.")
    st.stop()


def _remember() -> None:
    """Set the cookie, unless another tab has set one meanwhile; only a forgotten secret is replaced.

    A script sets it, so it cannot be HttpOnly: Streamlit lets no page set a cookie of its own.
    """
    if st.context.cookies.get(COOKIE) == secret():
        return
    forgotten = st.session_state.get(_FORGOTTEN, "none")
    st.html(
        f"<script>{{const known = document.cookie.match(/(?:^|; ){COOKIE}=([0-9a-f]*)/);"
        f" if (!known || known[1].length !== 32 || known[1] === '{forgotten}')"
        f" document.cookie = '{COOKIE}={secret()}; path=/; max-age={DAYS * 86400}; SameSite=Strict'"
        " + (location.protocol === 'https:' ? '; Secure' : '')}</script>",
        unsafe_allow_javascript=True,
    )


def forget() -> None:
    """Be a new visitor from now on; what the former one made cannot be opened again."""
    former = secret()
    for key in list(st.session_state):
        del st.session_state[key]
    st.session_state[_FORGOTTEN] = former
    st.session_state[_KEPT] = user_scope.new_secret()


def secret() -> str | None:
    """The visitor's secret: the cookie's, or a new one, kept through the visit; None outside of any visit."""
    if not is_in_a_visit():
        return None
    if not user_scope.is_secret(st.session_state.get(_KEPT)):
        cookie = st.context.cookies.get(COOKIE)
        st.session_state[_KEPT] = cookie if user_scope.is_secret(cookie) else user_scope.new_secret()
    return st.session_state[_KEPT]


def claims() -> Mapping[str, object]:
    """What the provider says about the person who signed in; nothing without a sign-in."""
    return st.user.to_dict() if is_in_a_visit() and st.user.get("is_logged_in") is True else {}


def account() -> Account | None:
    """Whose account it is. Only an address that the provider has verified names a person."""
    told = claims()
    issuer, subject, email = (told.get(name) for name in ("iss", "sub", "email"))
    if not (isinstance(issuer, str) and isinstance(subject, str) and issuer and subject):
        return None
    is_verified = told.get("email_verified") is True
    return Account(issuer, subject, email if is_verified and isinstance(email, str) else "")


def user() -> str | Account | None:
    """The visitor for the engine: their account where people sign in, else the secret."""
    return account() if hosting().signs_in else secret()


user_scope.set_user_provider(user)
decoder.set_decoder(decoder.WITH_LIMITS)
thread_waits.sleep_while_waiting()
