"""The six steps from images to an exported model: what is done, what is missing, what comes next. No widget here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine import tasks
from engine.data.formats.phrases import counted

IMPORT, LABEL, TRAIN, THRESHOLD, REVIEW, EXPORT = (
    "Import", "Label", "Train", "Threshold", "Review", "Export",
)  # fmt: skip
NAMES = (IMPORT, LABEL, TRAIN, THRESHOLD, REVIEW, EXPORT)
DONE, MISSING, UNUSED = "done", "missing", "unused"
"""`UNUSED`: the task has no such step, as points have no thresholds."""

DATA_PAGE, REVIEW_PAGE = "pages/9_Your_data.py", "pages/10_Label_review.py"
TRAIN_PAGE, THRESHOLD_PAGE = "pages/7_Train.py", "pages/3_Threshold.py"
PREDICT_PAGE = "pages/8_Your_pictures.py"
LEAST_TO_TRAIN = 10
"""With fewer labelled images, labelling more is the only next step."""


@dataclass(frozen=True)
class Facts:
    """What is known of a dataset and of a run on it.

    Attributes: `task`, "" where there is neither; `dataset`, its name in the library, "" for samples and for none;
    `data`, what `--data` gets; `images` and `unlabelled`, how many; `run`, its title, "" for none; `run_state`;
    `is_ready`, whether the run can predict; `has_thresholds`, whether its thresholds were chosen, in training or
    later; `review_key`, the dataset's key on the page Label review, "" where it cannot be reviewed; `is_reviewed`;
    `is_exported`.
    """

    task: str = ""
    dataset: str = ""
    data: str = ""
    images: int = 0
    unlabelled: int = 0
    run: str = ""
    run_state: str = ""
    is_ready: bool = False
    has_thresholds: bool = False
    review_key: str = ""
    is_reviewed: bool = False
    is_exported: bool = False

    @property
    def has_data(self) -> bool:
        return bool(self.data)


@dataclass(frozen=True)
class Step:
    """One step: its name and state, a few words on it, and where it is done: a page and what its address holds."""

    name: str
    state: str
    note: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """Something to do next, in words, and where."""

    label: str
    icon: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)


def steps(facts: Facts) -> tuple[Step, ...]:
    """All six steps, in order."""
    return tuple(make(facts) for make in (_import, _label, _train, _threshold, _review, _export))


def missing(all_steps: Iterable[Step]) -> list[Step]:
    """The steps that are still to be done."""
    return [step for step in all_steps if step.state == MISSING]


def offers(facts: Facts) -> list[Offer]:
    """What to do next, the most useful first: one thing before there is a model, up to four once there is one."""
    if facts.is_ready:
        return _after_training(facts)
    if not facts.has_data:
        return [Offer("Import your images", ":material/upload:", DATA_PAGE)]
    if facts.unlabelled:
        return [_to_label(facts), *_train_on_some(facts)]
    if facts.run:
        return [Offer("Watch the run", ":material/visibility:", TRAIN_PAGE, _of_run(facts))]
    return [Offer("Train on it", ":material/model_training:", TRAIN_PAGE, _to_train(facts))]


def leads_to(offer: Offer, current: str, section: str) -> bool:
    """Whether an offer leads to where a person is, so that it offers nothing: to a step, or a section of Your data."""
    if offer.page == DATA_PAGE:
        return offer.query.get("do", IMPORT) == section
    if offer.page == TRAIN_PAGE:
        return current == (EXPORT if offer.query.get("show") == EXPORT else TRAIN)
    return current == {REVIEW_PAGE: REVIEW, THRESHOLD_PAGE: THRESHOLD}.get(offer.page)


def _to_label(facts: Facts) -> Offer:
    label = f"Label {counted(facts.unlabelled, 'image')}"
    return Offer(label, ":material/label:", DATA_PAGE, _of_dataset(facts, "Label"))


def _train_on_some(facts: Facts) -> list[Offer]:
    """Training needs labels of some images, not of all."""
    labelled = facts.images - facts.unlabelled
    if facts.run or labelled < LEAST_TO_TRAIN:
        return []
    label = f"Train on {counted(labelled, 'image')}"
    return [Offer(label, ":material/model_training:", TRAIN_PAGE, _to_train(facts))]


def _after_training(facts: Facts) -> list[Offer]:
    found = [Offer("Try a photo", ":material/image:", PREDICT_PAGE, {"from": "Your runs", "run": facts.run})]
    every = steps(facts)
    by_name = {step.name: step for step in every if step in missing(every) or _can_be_adjusted(step)}
    verb = "Adjust" if facts.has_thresholds else "Choose"
    for name, label, icon in (
        (THRESHOLD, f"{verb} thresholds", ":material/tune:"),
        (REVIEW, "Review labels", ":material/rule:"),
        (EXPORT, "Export model", ":material/package_2:"),
    ):
        if step := by_name.get(name):
            found.append(Offer(label, icon, step.page, step.query))
    return found


def _can_be_adjusted(step: Step) -> bool:
    """Thresholds are done once training or a person has chosen them, and can be chosen again at any time."""
    return step.name == THRESHOLD and step.state == DONE


def _import(facts: Facts) -> Step:
    query = _of_dataset(facts, "Import")
    if not facts.has_data:
        return Step(IMPORT, MISSING, "no images yet", DATA_PAGE, query)
    note = counted(facts.images, "image") if facts.images else facts.dataset or "sample images"
    return Step(IMPORT, DONE, note, DATA_PAGE, query)


def _label(facts: Facts) -> Step:
    query = _of_dataset(facts, "Label")
    if not facts.has_data:
        return Step(LABEL, MISSING, "needs images", DATA_PAGE, query)
    if facts.unlabelled:
        return Step(LABEL, MISSING, f"{facts.unlabelled:,} to do", DATA_PAGE, query)
    return Step(LABEL, DONE, "all labelled", DATA_PAGE, query)


def _train(facts: Facts) -> Step:
    query = _of_run(facts) if facts.run else _to_train(facts)
    if facts.is_ready:
        return Step(TRAIN, DONE, facts.run, TRAIN_PAGE, query)
    note = facts.run_state if facts.run else "no run yet"
    return Step(TRAIN, MISSING, note, TRAIN_PAGE, query)


def _threshold(facts: Facts) -> Step:
    if facts.task and not tasks.get(facts.task).allows_several_labels:
        return Step(THRESHOLD, UNUSED, f"not for {facts.task}", THRESHOLD_PAGE)
    query = {"kind": "Your runs", "run": facts.run} if facts.is_ready else {}
    if facts.has_thresholds:
        return Step(THRESHOLD, DONE, "chosen", THRESHOLD_PAGE, query)
    note = "0.5 for all" if facts.is_ready else "needs a run"
    return Step(THRESHOLD, MISSING, note, THRESHOLD_PAGE, query)


def _review(facts: Facts) -> Step:
    query = {"data": facts.review_key} if facts.review_key else {}
    if facts.is_reviewed:
        return Step(REVIEW, DONE, "ranked", REVIEW_PAGE, query)
    if facts.has_data and not facts.review_key:
        return Step(REVIEW, UNUSED, "only for imports", REVIEW_PAGE)
    return Step(REVIEW, MISSING, "not started" if facts.has_data else "needs labels", REVIEW_PAGE, query)


def _export(facts: Facts) -> Step:
    query = _of_run(facts, "Export") if facts.is_ready else {}
    if facts.is_exported:
        return Step(EXPORT, DONE, "zip is ready", TRAIN_PAGE, query)
    return Step(EXPORT, MISSING, "no zip yet" if facts.is_ready else "needs a run", TRAIN_PAGE, query)


def _of_dataset(facts: Facts, section: str) -> dict[str, str]:
    return ({"set": facts.dataset} if facts.dataset else {}) | {"do": section}


def _of_run(facts: Facts, section: str = "Watch") -> dict[str, str]:
    """A run in a section of Train, with its data in the form."""
    return {"show": section, "run": facts.run} | _to_train(facts)


def _to_train(facts: Facts) -> dict[str, str]:
    return {"task": facts.task, "data": facts.data} if facts.has_data else {}
