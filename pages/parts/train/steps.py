"""The stepper on this page: about a run of the person's, or about the form's dataset."""

from engine.config import TrainConfig
from engine.data import shared_datasets
from engine.runs import Run
from pages.parts.shared import runs, workflow, workflow_facts


def show(current: str, config: TrainConfig | None, run: Run | None) -> None:
    """The steps of a run; without one, or for an example, those of the form's dataset.

    An example has done no step of the person's.
    """
    if run is not None and runs.is_bundled(run):
        run = None
    dataset = None
    if run is None and config is not None:
        dataset = workflow_facts.dataset_at(config.data, shared_datasets.usable_sets())
    workflow.show(current, dataset, run)
