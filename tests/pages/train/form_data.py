"""What the tests of the Train page share."""

from engine.config import TrainConfig
from engine.runs import Run
from engine.tasks import MULTI_LABEL
from tests.lesson_data import button, write_run
from tests.lesson_data import open_page as open_any_page

PAGE = "7_Train"


def open_page(name: str, **address: str):
    """The page with the whole form, which the recipe Custom shows."""
    return open_any_page(name, **({"recipe": "custom"} | address))


def start(app):
    return button(app, "Start training").click().run()


def own(home, name, seed=1, **changes) -> Run:
    run = write_run(home / "own" / name, home / "scenes", seed=seed)
    config = TrainConfig(MULTI_LABEL, str(home / "scenes"), **changes)
    (run.folder / "config.json").write_text(config.to_json())
    return Run(run.folder)
