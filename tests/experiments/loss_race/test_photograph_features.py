"""What the race over photographs runs over is written from the two datasets, and no image is in it."""

import numpy as np
import pytest
from PIL import Image

from engine.data import example_photographs
from engine.experiments.loss_race import photograph_features, photographs
from engine.tasks import MULTI_LABEL, POINTS
from engine.training.photo_models.groups import SCENE_GROUPS

NAMES = [*sorted(SCENE_GROUPS), "zebra"]


@pytest.fixture
def datasets(tmp_path):
    """Four photographs in two parts, and ten faces of five people."""
    coco, faces = tmp_path / "coco", tmp_path / "faces"
    for at, part in enumerate(("train2017", "train2017", "val2017", "val2017")):
        for kind in ("images", "labels"):
            (coco / kind / part).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), (60 * at, 9, 9)).save(coco / "images" / part / f"{at}.jpg")
        (coco / "labels" / part / f"{at}.txt").write_text(f"{at} 0.5 0.5 1 1\n12 0.5 0.5 1 1\n")
    (coco / "data.yaml").write_text(
        "names:\n" + "".join(f"  {at}: {name}\n" for at, name in enumerate(NAMES))
    )
    (faces / "images").mkdir(parents=True)
    rows = ["fname,x,y,group"]
    for at in range(10):
        Image.new("RGB", (20 + at, 30), (20 * at, 9, 9)).save(faces / "images" / f"{at}.jpg")
        rows.append(f"{at}.jpg,{at},{2 * at},p{at // 2}")
    (faces / "points.csv").write_text("\n".join(rows))
    return coco, faces


def test_features_and_targets_are_written_for_both_tasks(datasets, tmp_path, monkeypatch):
    def looked(image, sees=photographs.POOLED):
        length = 3 if sees == photographs.POOLED else 5
        return np.full(length, image.getpixel((1, 1))[0], np.float32)

    monkeypatch.setattr(photographs, "of_image", looked)
    coco, faces = map(str, datasets)
    out = tmp_path / "out"
    assert photograph_features.main(["--coco", coco, "--faces", faces, "--out", str(out)]) == 0
    labels = photographs.load(MULTI_LABEL, source=out)
    assert labels.course.train_features.shape == labels.course.valid_features.shape == (2, 3)
    assert labels.course.valid.vocab == tuple(sorted(SCENE_GROUPS))
    assert labels.course.valid.table["labels"].tolist() == [(NAMES[2],), (NAMES[3],)]
    assert set(labels.examples) == set(example_photographs.LABELS)
    points = photographs.load(POINTS, photographs.GRID, out)
    parts = points.course.train, points.course.valid
    assert [len(part.table) for part in parts] == [8, 2]
    assert not set(parts[0].table["group"]) & set(parts[1].table["group"])
    assert (parts[0].points_px()[:, 1] == 2 * parts[0].points_px()[:, 0]).all()
    assert (parts[0].sizes_wh()[:, 0] == 20 + parts[0].points_px()[:, 0]).all()
    assert points.course.train_features.shape == (8, 5) and set(points.examples) == set(
        example_photographs.HEADS_PX
    )


def test_a_missing_dataset_is_one_sentence(tmp_path, capsys):
    assert photograph_features.main(["--coco", str(tmp_path), "--faces", str(tmp_path)]) == 2
    assert "--coco and --faces should name the two datasets" in capsys.readouterr().err
