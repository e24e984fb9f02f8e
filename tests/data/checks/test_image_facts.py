"""What was seen of an image is kept until the file changes."""

from engine.data.checks import check
from engine.data.checks.image_facts import LEAST_BYTES, look_at
from engine.data.checks.run_checks import bytes_to_look_at
from engine.jobs.array_cache import Store
from tests.data.checks.small_datasets import ROWS, SIZE_WH, labelled, saved, scene
from tests.dataset_files import put


def test_a_second_look_decodes_only_what_changed(home, monkeypatch):
    folder, kept = put(home / "set", {f"{n}.jpg": saved(scene(n)) for n in range(5)}), Store(home / "store")
    names = [f"{n}.jpg" for n in range(5)]
    first = look_at(folder, names, store=kept)
    put(folder, {"2.jpg": saved(scene(77, (80, 60)))})
    opened = []
    from engine.data.checks import image_facts

    real = image_facts.read_fact
    monkeypatch.setattr(
        image_facts, "read_fact", lambda path, state: opened.append(path.name) or real(path, state)
    )
    second = look_at(folder, list(reversed(names)), store=kept)
    assert opened == ["2.jpg"]
    assert second.sizes["2.jpg"] == (80, 60) and first.sizes["2.jpg"] == SIZE_WH
    assert second.array["look"][0] == first.array["look"][4]


def test_what_is_to_look_at_is_counted_in_bytes(home):
    folder = labelled(home / "set", ROWS)
    total = sum(max(file.stat().st_size, LEAST_BYTES) for file in (folder / "train").iterdir())
    assert bytes_to_look_at(folder, "multi-label") == total
    check(folder, "multi-label")
    assert bytes_to_look_at(folder, "multi-label") == 0
