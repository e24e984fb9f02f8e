"""The configuration of a hosted app: from secrets.toml and the environment; a typing error closes, never opens."""

import pytest

from engine import paths
from engine.jobs import user_scope
from engine.jobs.hosting import MB, Hosting, HostingError, hosting
from engine.jobs.user_scope import Account

CARL = Account("https://accounts.example", "3", "Carl@School.example")


@pytest.fixture
def secrets(tmp_path, monkeypatch):
    """Writes the secrets file."""
    file = tmp_path / "secrets.toml"
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(file))
    monkeypatch.setattr(user_scope, "_provider", [])
    monkeypatch.delenv("LOSS_LAB_PRIVATE", raising=False)
    return file.write_text


def test_without_a_file_nobody_signs_in(tmp_path, monkeypatch):
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(tmp_path / "none.toml"))
    assert hosting() == Hosting() and not hosting().signs_in and not user_scope.is_private()


@pytest.mark.parametrize(
    ("text", "providers"),
    [
        ('[auth]\nclient_id = "a"', ("",)),
        ('[auth]\nredirect_uri = "a"', ("",)),
        ('[auth]\nredirect_uri = "a"\n[auth.google]\nclient_id = "a"', ("google",)),
        ('[auth]\nclient_id = "a"\n[auth.google]\nclient_id = "a"', ("", "google")),
        ('[auth]\nclient_id = "a"\n[auth.client_kwargs]\nscope = "openid"', ("",)),
        ("[auth]", ()),
        ("[loss_lab]\nquota_mb = 5", ()),
    ],
)
def test_the_providers_are_named(secrets, text, providers):
    secrets(text)
    assert hosting().providers == providers
    assert user_scope.is_private() == bool(providers)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[auth", "cannot be read"),
        ("auth = 1", "auth that is not a table"),
        ("loss_lab = 1", "loss_lab that is not a table"),
        ('[loss_lab]\nteachers = "ada"', "teachers as a list"),
        ("[loss_lab]\nteachers = [1]", "teachers as a list"),
        ("[loss_lab]\nquota_mb = 0", "quota_mb is 0"),
        ("[loss_lab]\nquota_items = true", "quota_items is True"),
    ],
)
def test_a_typing_error_closes_the_app(secrets, text, word):
    secrets(text)
    with pytest.raises(HostingError, match=word):
        user_scope.is_private()


def test_the_environment_counts_more(secrets, monkeypatch):
    secrets('[loss_lab]\nteachers = ["ada@x.example"]\nquota_mb = 5\nquota_items = 6')
    assert hosting() == Hosting((), frozenset({"ada@x.example"}), 5 * MB, 6)
    monkeypatch.setenv("LOSS_LAB_TEACHERS", "Bob@x.example, cy@x.example,")
    monkeypatch.setenv("LOSS_LAB_QUOTA_MB", "7")
    monkeypatch.setenv("LOSS_LAB_QUOTA_ITEMS", "8")
    assert hosting() == Hosting((), frozenset({"bob@x.example", "cy@x.example"}), 7 * MB, 8)
    monkeypatch.setenv("LOSS_LAB_QUOTA_MB", "-1")
    with pytest.raises(HostingError, match="LOSS_LAB_QUOTA_MB is '-1'"):
        hosting()


def test_where_people_sign_in_a_secret_counts_for_nothing(secrets):
    secrets('[auth]\nclient_id = "a"')
    for user, known in (("a" * 32, False), (None, False), (CARL, True)):
        user_scope.set_user_provider(lambda user=user: user)
        assert user_scope.is_known() == known and user_scope.is_restricted()
        assert user_scope.current_user() == (CARL.id if known else user_scope.NO_VISITOR)
    assert user_scope.own_folder(paths.ROOT) == paths.ROOT / "visitors" / CARL.id


def test_accounts_of_two_providers_are_two_people():
    ids = {Account(*names).id for names in (("a", "b"), ("b", "a"), ("a\0b", ""), ("", "a\0b"), ("a", "c"))}
    assert len(ids) >= 4 and all(map(user_scope.is_secret, ids))
    assert Account("a", "b", "x@y").id == Account("a", "b").id


@pytest.mark.parametrize(
    ("named", "expected"),
    [("carl@school.example", "carl@school.example"), (CARL.id, CARL.id), ("school.example", ""), ("", "")],
)
def test_a_teacher_is_named_by_address_or_account(secrets, named, expected):
    secrets(f'[auth]\nclient_id = "a"\n[loss_lab]\nteachers = ["{named}"]')
    user_scope.set_user_provider(lambda: CARL)
    assert user_scope.teacher() == expected
    user_scope.set_user_provider(lambda: Account(CARL.issuer, "4"))
    assert user_scope.teacher() == ""
    user_scope.set_user_provider(lambda: "a" * 32)
    assert user_scope.teacher() == ""
