"""What is true of each task, and that code asks for it instead of comparing names."""

import ast
from pathlib import Path

import pytest

from engine import tasks
from engine.functional import loss_registry

ROOT = Path(__file__).resolve().parent.parent
CONSTANTS = {"SINGLE_LABEL", "MULTI_LABEL", "POINTS", "TASKS"}
MOST_COMPARING = 8
"""So many files may compare a task with a constant; all others ask for a property, or have an entry per task."""


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


def test_a_network_gives_a_number_for_each_class_or_coordinate():
    counts = [task.output_count(("cat", "dog", "hen") if task.has_labels else ()) for task in tasks.ALL]
    assert counts == [3, 3, 2]


def compares_tasks(source: str) -> bool:
    """Whether code compares anything with a task's constant or name, or matches one."""
    nodes = ast.walk(ast.parse(source))
    return any(isinstance(node, ast.Compare | ast.match_case) and _names_a_task(node) for node in nodes)


def _names_a_task(node: ast.Compare | ast.match_case) -> bool:
    parts = [node.pattern] if isinstance(node, ast.match_case) else [node.left, *node.comparators]
    return any(_is_task(leaf) for part in parts for leaf in ast.walk(part))


def _is_task(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return node.value in tasks.TASKS
    name = getattr(node, "id", None) or getattr(node, "attr", None)
    return name in CONSTANTS


@pytest.mark.parametrize(
    "source",
    [
        "x = 1 if task == POINTS else 2",
        "if run.task != tasks.MULTI_LABEL: pass",
        "assert task in (MULTI_LABEL, POINTS)",
        "assert SINGLE_LABEL in (self.task, run.task)",
        "assert task not in TASKS",
        "y = [row for row in rows if 'single-label' == row.task]",
        "match task:\n    case 'points':\n        pass",
        "match task:\n    case tasks.POINTS | tasks.SINGLE_LABEL:\n        pass",
    ],
)
def test_a_comparison_with_a_task_is_seen(source):
    assert compares_tasks(source)


@pytest.mark.parametrize(
    "source",
    [
        "if tasks.get(task).has_points: pass",
        "encode = {SINGLE_LABEL: one_hot, POINTS: to_unit}[task]",
        "if name == 'point' or kind in KINDS: pass",
        "config = TrainConfig(POINTS, data)",
    ],
)
def test_properties_and_registrations_are_no_comparisons(source):
    assert not compares_tasks(source)


def test_few_files_compare_tasks():
    files = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "streamlit_app.py"]
    found = [str(file.relative_to(ROOT)) for file in files if compares_tasks(file.read_text("utf-8"))]
    assert len(files) > 300
    assert len(found) <= MOST_COMPARING, f"ask for a property of engine.tasks.Task instead: {sorted(found)}"
