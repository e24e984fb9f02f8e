"""What the tests of lesson 6 share: the race as the engine runs it, and what the page shows."""

from engine.data import formats
from engine.experiments.loss_race import Course, RaceConfig, train_heads
from engine.functional.loss_registry import choices
from engine.tasks import MULTI_LABEL
from engine.training import features
from tests.lesson_data import chart

PAGE = "6_Loss_race"


NAMES = [one.short for one in choices(MULTI_LABEL)]


def title(app, place: int) -> str:
    bold = [one.value.replace("\\", "") for one in app.markdown if one.value.startswith("**")]
    return [text for text in bold if "Train this" not in text][place]


def raced(task: str, folder, **changes):
    """The race that the page should have run, by the engine itself."""
    dataset = formats.load(folder, task)
    course = Course.of(dataset, features.of_dataset(dataset))
    return train_heads.run(RaceConfig(task, **changes), course), course


def ends(app, place: int) -> list[float]:
    return [float(trace.y[-1]) for trace in chart(app, place).data]
