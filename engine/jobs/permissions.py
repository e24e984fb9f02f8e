"""Who may do what, as one table: `docs/permissions.md` is made from it, and each cell is tested.

Print the page with `python -m engine.jobs.permissions`.
"""

from typing import NamedTuple

NOTHING, READ, CHANGE = "nothing", "read", "read and change"
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
DOWNLOAD = "a file to download from the visitor's open page"
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
    *(Permission(thing, READ, NOTHING, NOTHING, NOTHING) for thing in (URL, MEDIA, DOWNLOAD)),
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
`tests/jobs/test_permissions.py` checks every cell; those of images and downloads are checked in a browser, by
`test_private_app_in_a_browser.py` and `test_sign_in_in_a_browser.py` in `tests/pages/shared/`.

- A **visitor** has an account, and an **other visitor** has another one.
- A **teacher** is named in the configuration. Sharing is all that a teacher may do more than others.
- **Anonymous** is a person who has not signed in: the lessons and samples are open, imports and training are not.
- In private mode without sign-in a cookie stands for the account, and there is no teacher and no sharing.
- The **owner** of the machine may do everything on the command line. While everything is shared, everyone may.
"""
_NOTES = """
Anything that is not allowed gets the same message, whether it exists or not.

An image or a file to download belongs to the browser whose page holds it: the server recognizes it by its cookie. For
every other browser there is no such file, even where the same person uses it, or for an image of a shared dataset.
"""


def to_markdown() -> str:
    """The page `docs/permissions.md`."""
    head = ["thing", *ROLES]
    rows = [head, ["---"] * len(head), *PERMISSIONS]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_INTRODUCTION}\n{table}\n{_NOTES}"


if __name__ == "__main__":
    print(to_markdown(), end="")
