"""Drawn scenes: the same from the same seed, labelled as drawn, and the shipped set is what it says."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from engine.paths import ROOT, SCENES
from engine.synthetic import scenes
from engine.synthetic.contact_sheet import contact_sheet, spread
from engine.synthetic.samples import COUNT, SIZE_WH, table, write_scenes
from engine.synthetic.scenes import (
    FRESH,
    KINDS,
    SAMPLE,
    SceneSpec,
    draw,
    labels,
    random_spec,
    spec_with,
    stream_spec,
)

SMALL = (96, 72)


def bytes_of(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def pixels(spec):
    return np.asarray(draw(spec)).astype(int)


def without(spec, thing):
    kept = tuple(other for other in spec.things if other != thing)
    return SceneSpec(spec.size_wh, spec.background, spec.light, kept)


def test_twelve_kinds_in_order():
    assert len(KINDS) == 12
    assert list(KINDS) == sorted(KINDS)
    assert {"bear", "dog", "cat", "horse", "person", "car", "bicycle", "chair"} <= set(KINDS)


def test_another_process_draws_the_same_bytes():
    code = (
        "import hashlib; from engine.synthetic.scenes import draw, stream_spec;"
        f"print(hashlib.sha256(draw(stream_spec(2, 5, 3, {SMALL})).tobytes()).hexdigest())"
    )
    here = hashlib.sha256(draw(stream_spec(FRESH, 5, 3, SMALL)).tobytes()).hexdigest()
    for threads in ("1", "2"):
        environment = os.environ | {
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "PYTHONHASHSEED": threads,
        }
        there = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert there.stdout.strip() == here, there.stderr


def test_the_set_is_the_same_at_any_number_of_processes(tmp_path):
    write_scenes(tmp_path / "one", seed=3, count=6, processes=1)
    write_scenes(tmp_path / "two", seed=3, count=6, processes=2)
    write_scenes(tmp_path / "other", seed=4, count=2, processes=1)
    assert len(bytes_of(tmp_path / "one")) == 8
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    first = "train/000001.jpg"
    assert (tmp_path / "one" / first).read_bytes() != (tmp_path / "other" / first).read_bytes()


def visible(spec) -> list[tuple[str, int, int]]:
    """For every thing of the vocabulary: its kind, the pixels it takes, and those that nothing nearer hides."""
    owner = np.full(spec.size_wh[::-1], -1)
    drawn = []
    for i, thing in enumerate(scenes._from_back(spec)):
        each = scenes._sprite(spec, thing)
        solid = each.cover > 0.5
        scenes._window(owner, each.corner, solid.shape)[solid] = i
        drawn.append((thing.kind, int(solid.sum()), i))
    return [(kind, taken, int((owner == i).sum())) for kind, taken, i in drawn if kind in KINDS]


@pytest.mark.parametrize("index", range(20))
def test_every_label_can_be_seen_and_nothing_else_is_there(index):
    spec = stream_spec(FRESH, 11, index, SMALL)
    seen = visible(spec)
    assert {kind for kind, _, _ in seen} == set(labels(spec)) <= set(KINDS)
    for kind, drawn, in_sight in seen:
        assert in_sight >= 0.2 * drawn, kind
        assert in_sight >= 0.01 * SMALL[0] * SMALL[1], kind


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn_where_its_cover_says(kind):
    """The pixels that change when the thing goes away are those of its cover and its shadow, and not few."""
    spec = random_spec(np.random.default_rng(1), SMALL, [kind])
    thing = next(thing for thing in spec.things if thing.kind == kind)
    changed = np.abs(pixels(spec) - pixels(without(spec, thing))).max(2) > 0
    touched = _touched(spec, thing)
    assert changed[touched].sum() > 0.01 * SMALL[0] * SMALL[1]
    assert not changed[~touched].any()


def _touched(spec, thing):
    each = scenes._sprite(spec, thing)
    touched = np.zeros(spec.size_wh[::-1], bool)
    for layer, corner in ((each.cover, each.corner), (each.shadow, each.shadow_corner)):
        rows, columns = (
            slice(corner[1], corner[1] + layer.shape[0]),
            slice(corner[0], corner[0] + layer.shape[1]),
        )
        touched[rows, columns] |= layer > 0
    return touched


def test_adding_a_dog_leaves_the_bear_and_the_place_as_they_were():
    for seed in range(3):
        alone, both = spec_with(["bear"], seed, (120, 90)), spec_with(["dog", "bear"], seed, (120, 90))
        assert labels(alone) == ["bear"]
        assert labels(both) == ["bear", "dog"]
        assert both.background == alone.background
        assert set(alone.things) < set(both.things)
        dog = next(thing for thing in both.things if thing.kind == "dog")
        changed = (pixels(alone) != pixels(both)).any(2)
        assert changed.any()
        assert not changed[~_touched(both, dog)].any()


def test_all_kinds_at_once_are_all_to_be_seen():
    for seed in range(3):
        seen = visible(spec_with(KINDS, seed, (120, 90)))
        assert sorted(kind for kind, _, _ in seen) == list(KINDS)
        assert min(visible / drawn for _, drawn, visible in seen) > 0.15


def test_no_kind_gives_an_empty_place_and_an_unknown_kind_an_error():
    assert labels(spec_with([], 0)) == []
    assert labels(random_spec(np.random.default_rng(0), SMALL, [])) == []
    with pytest.raises(ValueError, match="dragon"):
        spec_with(["dragon"], 0)


def test_a_figure_stays_within_its_reckoned_extent():
    for kind in KINDS:
        solid = scenes.figure(kind, 3)
        camera = scenes.Camera((130.0, 170.0), 60.0, scenes.ELEVATION, 35.0)
        light = stream_spec(FRESH, 0, 0, SMALL).light
        each = scenes.sprite(solid, camera, light, (260, 200))
        rows, columns = np.nonzero(each.cover > 0.5)
        left, top, right, bottom = scenes.extent(solid, camera)
        found = np.array((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        found += np.array(each.corner * 2)
        np.testing.assert_allclose(found, (left, top, right, bottom), atol=0.07 * 120, err_msg=kind)


def test_light_comes_from_one_side_of_the_whole_scene():
    spec = next(s for i in range(99) if abs((s := stream_spec(FRESH, 2, i, SMALL)).light.towards[0]) > 0.5)
    ball = scenes.figure("sheep", 1)
    each = scenes.sprite(ball, scenes.Camera((48.0, 60.0), 45.0, 13.0, 0.0), spec.light, SMALL)
    middle = each.cover.shape[1] // 2
    left, right = (part.sum() for part in (each.colour[:, :middle], each.colour[:, -middle:]))
    assert (right > left) == (spec.light.towards[0] > 0)


def test_both_orientations_and_as_many_as_asked():
    made = list(scenes.fresh(0, 12, SMALL))
    assert {picture.size for picture, _ in made} == {SMALL, SMALL[::-1]}
    assert all(picture.mode == "RGB" and names == sorted(set(names)) for picture, names in made)


def test_fresh_scenes_are_never_those_of_the_sample():
    sample = {stream_spec(SAMPLE, 0, i, SMALL).background.seed for i in range(20)}
    fresh = {stream_spec(FRESH, seed, i, SMALL).background.seed for seed in (0, 1) for i in range(20)}
    assert len(sample) == 20
    assert len(fresh) == 40
    assert not sample & fresh


def test_wrong_labels_are_few_in_training_rows_and_dogs_under_bear_first():
    rows = table([("dog",), ("cat",), ("person", "dog"), (), ("bear",)] * 100, seed=0)
    wrong = [row for row in rows if row.given != row.right]
    assert len(wrong) == 10
    assert not any(row.is_valid for row in wrong)
    assert sum(row.right == ("dog",) and row.given == ("bear",) for row in wrong) >= 3
    assert all(len(row.given) == len(row.right) for row in wrong)
    assert sum(row.is_valid for row in rows) == 100


def test_contact_sheet_has_a_cell_for_every_picture():
    sheet = contact_sheet([Image.new("RGB", (40, 30), "red")] * 5, columns=3, cell_wh=(20, 10), gap=2)
    assert sheet.size == (3 * 22 + 2, 2 * 12 + 2)
    assert sheet.getpixel((2 + 5, 2 + 5)) == (255, 0, 0)
    assert sheet.getpixel((2 + 2 * 22 + 5, 2 + 12 + 5)) == (255, 255, 255)
    assert spread(list(range(11)), 3) == [0, 5, 10]


@pytest.fixture(scope="module")
def shipped():
    frame = pd.read_csv(SCENES / "train.csv", keep_default_na=False)
    return frame.assign(names=frame.labels.str.split().map(tuple))


@pytest.fixture(scope="module")
def wrong():
    return pd.read_csv(SCENES / "wrong_labels.csv", keep_default_na=False)


def test_shipped_table_and_pictures_belong_together(shipped):
    assert list(shipped.columns[:3]) == ["fname", "labels", "is_valid"]
    assert len(shipped) == COUNT == 800
    assert sorted(shipped.fname) == sorted(path.name for path in (SCENES / "train").iterdir())
    assert shipped.is_valid.mean() == pytest.approx(0.2, abs=0.01)
    assert {name for names in shipped.names for name in names} == set(KINDS)


def test_shipped_set_is_small(shipped):
    sizes = [path.stat().st_size for path in (SCENES / "train").iterdir()]
    assert sum(sizes) <= 6.5e6
    assert np.mean(sizes) <= 8_000


def test_shipped_labels_have_the_variety_of_real_data(shipped):
    count = shipped.names.map(len)
    assert 0.06 <= (count == 0).mean() <= 0.10
    assert 1.35 <= count.mean() <= 1.65
    assert 3 <= count.max() <= 4
    frequency = shipped.names.explode().value_counts()
    assert frequency.index[0] == "person"
    assert frequency.min() >= 40
    validation = shipped[shipped.is_valid]
    assert set(validation.names.explode().dropna()) == set(KINDS)
    assert (validation.labels == "").sum() >= 5


def test_shipped_pictures_stand_and_lie():
    sizes = [Image.open(path).size for path in (SCENES / "train").iterdir()]
    assert set(sizes) == {SIZE_WH, SIZE_WH[::-1]}
    assert 0.25 < np.mean([high > wide for wide, high in sizes]) < 0.42


def test_shipped_wrong_labels_are_listed_and_all_in_training(shipped, wrong):
    assert len(wrong) / len(shipped) == pytest.approx(0.02, abs=0.005)
    rows = shipped.set_index("fname").loc[wrong.fname]
    assert not rows.is_valid.any()
    assert (rows.labels.values == wrong.given.values).all()
    assert (wrong.given != wrong.right).all()
    assert ((wrong.right == "dog") & (wrong.given == "bear")).sum() >= 5


def test_shipped_labels_are_right_but_for_those_listed(shipped, wrong):
    """Every fifth image, and all that are listed."""
    truth = dict(zip(shipped.fname, shipped.labels, strict=True)) | dict(
        zip(wrong.fname, wrong.right, strict=True)
    )
    looked_at = sorted({*range(0, COUNT, 5), *(int(fname[:6]) - 1 for fname in wrong.fname)})
    drawn = {f"{i + 1:06d}.jpg": " ".join(labels(stream_spec(SAMPLE, 0, i, SIZE_WH))) for i in looked_at}
    assert drawn == {fname: truth[fname] for fname in drawn}


def blocks(picture):
    """Means of 4 x 4 pixels, in which the losses of JPEG average out."""
    return np.asarray(picture.reduce(4)).astype(float)


@pytest.mark.parametrize("index", [0, 1, 2, 399, 799])
def test_shipped_pictures_are_what_is_drawn(index):
    shipped = Image.open(SCENES / "train" / f"{index + 1:06d}.jpg")
    drawn = draw(stream_spec(SAMPLE, 0, index, SIZE_WH))
    assert shipped.size == drawn.size
    assert np.abs(blocks(shipped) - blocks(drawn)).mean() < 2.5


def test_the_command_writes_the_shipped_pictures_again(tmp_path):
    write_scenes(tmp_path, seed=0, count=2)
    for path in sorted((tmp_path / "train").iterdir()):
        again, shipped = Image.open(path), Image.open(SCENES / "train" / path.name)
        assert again.size == shipped.size
        assert np.abs(blocks(again) - blocks(shipped)).mean() < 1
