"""Who may do what, as one table: `docs/permissions.md` is made from it, and each cell is tested.

Print the page with `python -m engine.jobs.permissions`.
"""

from typing import NamedTuple

NOTHING, READ, CHANGE, ADDRESS = "nothing", "read", "read and change", "read by its exact address"
VISITOR, OTHER, TEACHER, ANONYMOUS = "visitor", "other visitor", "teacher", "anonymous"
ROLES = (VISITOR, OTHER, TEACHER, ANONYMOUS)


class Permission(NamedTuple):
    """What each role may do with a thing."""

    thing: str
    visitor: str
    other: str
    teacher: str
    anonymous: str

    def of(self, role: str) -> str:
        return self[1 + ROLES.index(role)]


DATASET, RUN, JOB = "the visitor's dataset", "the visitor's run", "the visitor's job"
SWEEP = "the visitor's sweep"
FILE = "a file of the visitor's dataset or run"
URL, MEDIA = "a link that names the visitor's item", "an image on the visitor's open page"
SHARED_DATASET, SHARED_RUN = "a dataset that the teacher shares", "a run that the teacher shares"
SHARED_JOB, SHARED_FILE = "the job of a shared run", "a file of a shared item"
SHARED_URL = "a link that names a shared item"
TEACHERS, SAMPLE, PATH = (
    "an item that the teacher does not share",
    "a sample or bundled run",
    "any other path of the server",
)

PERMISSIONS = (
    *(Permission(thing, CHANGE, NOTHING, NOTHING, NOTHING) for thing in (DATASET, RUN, SWEEP, JOB, FILE)),
    Permission(URL, READ, NOTHING, NOTHING, NOTHING),
    Permission(MEDIA, READ, ADDRESS, ADDRESS, ADDRESS),
    *(
        Permission(thing, READ, READ, CHANGE, NOTHING)
        for thing in (SHARED_DATASET, SHARED_RUN, SHARED_JOB, SHARED_FILE)
    ),
    Permission(SHARED_URL, READ, READ, READ, NOTHING),
    Permission(TEACHERS, NOTHING, NOTHING, CHANGE, NOTHING),
    Permission(SAMPLE, READ, READ, READ, READ),
    Permission(PATH, NOTHING, NOTHING, NOTHING, NOTHING),
)

_INTRODUCTION = """# Permissions

Who may do what where people sign in (see [hosting](hosting.md)). The page is made from `engine/jobs/permissions.py`;
`tests/jobs/test_permissions.py` and `tests/pages/shared/test_private_app_in_a_browser.py` check every cell.

- A **visitor** has an account, and an **other visitor** has another one.
- A **teacher** is named in the configuration. Sharing is all that a teacher may do more than others.
- **Anonymous** is a person who has not signed in: the lessons and samples are open, imports and training are not.
- In private mode without sign-in a cookie stands for the account, and there is no teacher and no sharing.
- The **owner** of the machine may do everything on the command line. While everything is shared, everyone may.
"""
_NOTES = """
Anything that is not allowed gets the same message, whether it exists or not.

Streamlit serves an image on an open page at an address that is the hash of its bytes, and asks for no cookie. That
address cannot be guessed, but it works for everyone who is given it while the page is open, and for a while after. A
person who has the very same image file can find out whether a page shows it now.
"""


def to_markdown() -> str:
    """The page `docs/permissions.md`."""
    head = ["thing", *ROLES]
    rows = [head, ["---"] * len(head), *PERMISSIONS]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_INTRODUCTION}\n{table}\n{_NOTES}"


if __name__ == "__main__":
    print(to_markdown(), end="")
