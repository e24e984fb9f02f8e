"""The sidebar's last lines where visitors have folders of their own: signing in and out, and what they keep."""

import streamlit as st

from engine.jobs import quota, user_scope
from engine.jobs.hosting import hosting
from engine.jobs.quota import QuotaError
from engine.jobs.shares import ShareError
from pages.parts.server.visitor_cookie import DAYS
from pages.parts.shared import visitor
from pages.parts.shared.text import plain

SIGN_IN, SIGN_OUT, FORGET = "Sign in", "Sign out", "Forget this visitor"
DELETED = "Everything of yours is deleted."
ONLY_SAMPLES = "Sign in to import images and train. The lessons and samples are open to everyone."


def show() -> None:
    """Nothing while everything is shared by everybody."""
    if not user_scope.is_private():
        return
    if not hosting().signs_in:
        _visitor()
    elif visitor.account():
        _account()
    else:
        _sign_in()


def must_sign_in() -> bool:
    """Whether the visitor has no folder for what they make; says so."""
    if user_scope.is_known():
        return False
    st.info(ONLY_SAMPLES, icon=":material/lock:")
    return True


@st.dialog("What I keep")
def _kept() -> None:
    """The disk use, and the button that deletes everything; counted only when a person asks."""
    st.markdown(quota.use().in_words)
    st.markdown("Everything means your datasets, decisions, runs and results. It cannot be undone.")
    is_sure = st.checkbox("Delete everything of mine", key="everything_sure")
    if st.button("Delete for good", icon=":material/delete:", disabled=not is_sure, key="everything_delete"):
        try:
            quota.delete_everything()
        except (QuotaError, ShareError) as error:
            st.error(plain(error))
            return
        st.toast(DELETED, icon=":material/delete:")
        st.rerun()


def _offer_kept() -> None:
    if st.button("What I keep", icon=":material/hard_drive:", key="what_i_keep"):
        _kept()


def _sign_in() -> None:
    for name in hosting().providers:
        label = f"{SIGN_IN} with {name.capitalize()}" if name else SIGN_IN
        st.button(
            label, icon=":material/login:", key=f"sign_in_{name}", on_click=st.login, args=(name or None,)
        )


def _account() -> None:
    told = visitor.claims()
    name = str(told.get("name") or told.get("email") or told.get("sub"))
    with st.popover(plain(name[:40]), icon=":material/account_circle:", type="tertiary"):
        role = "a teacher" if user_scope.teacher() else "signed in"
        st.markdown(f"You are {role}. Your user ID is `{user_scope.current_user()}`.")
        _offer_kept()
        st.button(SIGN_OUT, icon=":material/logout:", key="sign_out", on_click=st.logout)


def _visitor() -> None:
    with st.popover("This browser", icon=":material/account_circle:", type="tertiary"):
        st.markdown(
            "A secret in this browser's cookie gives access to your datasets and runs. "
            f"The browser keeps the cookie for {DAYS} days after your last visit."
        )
        st.markdown("After you forget it, they cannot be opened again.")
        _offer_kept()
        if st.button(FORGET, icon=":material/logout:", key="forget_visitor"):
            visitor.forget()
