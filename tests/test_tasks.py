"""What is true of each task, and that code asks for it instead of comparing names."""

import pytest

from engine import tasks
from engine.functional import loss_registry


def test_a_task_is_found_by_its_name():
    assert [tasks.get(name).name for name in tasks.TASKS] == ["single-label", "multi-label", "points"]


def test_an_unknown_task_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="one of single-label, multi-label, points, but is 'boxes'"):
        tasks.get("boxes")


def test_only_known_names_are_accepted():
    assert not any(map(tasks.problem_with, tasks.TASKS))
    assert all(map(tasks.problem_with, ("", "boxes", None, [], 3)))


@pytest.mark.parametrize("task", tasks.ALL, ids=lambda task: task.name)
def test_a_task_has_points_or_one_label_or_several(task):
    assert task.has_points + task.has_one_label + task.allows_several_labels == 1
    assert task.has_points != task.has_labels


@pytest.mark.parametrize("task", tasks.ALL, ids=lambda task: task.name)
def test_every_loss_of_a_task_is_registered(task):
    assert [choice.name for choice in loss_registry.choices(task.name)] == list(task.losses)
