"""Who visits: an account, or a secret in a cookie, where each visitor sees only what they imported themselves."""

from collections.abc import Mapping

import streamlit as st

from engine.images import decoder
from engine.jobs import thread_waits, user_scope
from engine.jobs.hosting import HostingError, hosting
from engine.jobs.user_scope import Account
from pages.parts.server import forget_visitor, sessions
from pages.parts.server.own_files import MARK
from pages.parts.server.visitor_cookie import COOKIE
from pages.parts.shared import streamlit_internals

SIGN_IN_IS_WRONG = "The sign-in of this app is not set up correctly. Ask its owner to check secrets.toml."
OTHER_SCRIPT = (
    "In private mode, this app works only when its owner starts it with `streamlit run streamlit_app.py`."
)
NO_COOKIE = (
    "Your browser keeps no cookie for this app, so images stay empty. Allow cookies, then reload the page."
)
_KEPT = "visitor_secret"


def begin() -> None:
    """Note whose page this is, and hide paths and source lines; nothing at all while all is shared.

    Stops the page where the configuration of the sign-in cannot be used.
    """
    try:
        is_private = user_scope.is_private()
    except HostingError:
        _refuse()
    if not is_private:
        if st.secrets.load_if_toml_exists() and "auth" in st.secrets:
            _refuse()  # Streamlit knows of accounts and the engine does not: no one may take everybody's data
        return
    st.set_option("client.showErrorDetails", "none")
    if streamlit_internals.is_on_a_server():
        _remember_browser()


def _refuse(reason: str = SIGN_IN_IS_WRONG) -> None:
    st.error(reason)
    st.stop()


def _remember_browser() -> None:
    """Note whose page this is, so that its images are served to no other browser.

    Stops a page of a server that does not look: one that was started with another script than the app's.
    """
    headers = st.context.headers  # none while the connection is lost
    if len(headers) and MARK not in headers:
        _refuse(OTHER_SCRIPT)
    if len(headers) and _cookie() is None:
        st.warning(NO_COOKIE, icon=":material/cookie_off:")
    if (session := streamlit_internals.session()) and (own := _cookie()):
        sessions.remember(session, own)


def forget() -> None:
    """Let the browser be a new visitor from now on; what the former one made cannot be opened again."""
    # Pages lie next to each other, below any base path.
    address = f"new URL('.{forget_visitor.PATH}', location)"
    st.html(
        f"<script>fetch({address}, {{method: 'POST'}}).then(() => location.reload())</script>",
        unsafe_allow_javascript=True,
    )


def secret() -> str | None:
    """The visitor's secret: the cookie's, or one for this visit only where there is none; None outside of any visit."""
    if not streamlit_internals.is_in_a_visit():
        return None
    if own := _cookie():
        st.session_state[_KEPT] = own  # also for the time of a lost connection
    elif not user_scope.is_secret(st.session_state.get(_KEPT)):
        st.session_state[_KEPT] = user_scope.new_secret()
    return st.session_state[_KEPT]


def _cookie() -> str | None:
    cookie = st.context.cookies.get(COOKIE)
    return cookie if user_scope.is_secret(cookie) else None


def claims() -> Mapping[str, object]:
    """What the provider says about the person who signed in; nothing without a sign-in."""
    is_signed_in = streamlit_internals.is_in_a_visit() and st.user.get("is_logged_in") is True
    return st.user.to_dict() if is_signed_in else {}


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
