"""Page 10, the code: a review with fastai alone, for labels and for points."""

from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

_LABELS = """
from fastai.vision.all import *
from sklearn.model_selection import KFold

# every image judged by a model that was trained without it
probs = np.zeros((len(table), len(vocab)))
for _, held_out in KFold(5, shuffle=True, random_state=0).split(table):
    dls = DataBlock(blocks=(ImageBlock, MultiCategoryBlock(vocab=vocab)), get_x=get_x, get_y=get_y,
                    splitter=IndexSplitter(held_out), item_tfms=Resize(128, method="squish")).dataloaders(table)
    learn = vision_learner(dls, resnet18)
    learn.fit_one_cycle(4, 5e-3)
    probs[held_out] = learn.get_preds(dl=dls.valid)[0]

# confident learning (Northcutt et al. 2021), here for one class of several: no bear is 0, a bear is 1
given = targets[:, bear].astype(int)
answers = np.stack([1 - probs[:, bear], probs[:, bear]], axis=1)
usual = [answers[given == k, k].mean() for k in (0, 1)]    # how sure they are of bears that are filed as bears
reached = answers >= usual
seen = np.where(reached, answers, -1).argmax(axis=1)
looks_wrong = reached.any(axis=1) & (seen != given)
"""

_POINTS = """
from fastai.vision.all import *
from sklearn.model_selection import KFold
from sklearn.neighbors import NearestNeighbors

# every image judged by a model that was trained without it; points over -1..1
expected = np.zeros((len(table), 2))
for _, held_out in KFold(5, shuffle=True, random_state=0).split(table):
    dls = DataBlock(blocks=(ImageBlock, PointBlock), get_x=get_x, get_y=get_y,
                    splitter=IndexSplitter(held_out), item_tfms=Resize(128, method="squish")).dataloaders(table)
    learn = vision_learner(dls, resnet18, y_range=(-1, 1))
    learn.fit_one_cycle(4, 5e-3)
    expected[held_out] = learn.get_preds(dl=dls.valid)[0].reshape(-1, 2)

# a residual is unusual compared with those of the 30 images whose points are expected nearest
residuals = given - expected
near = NearestNeighbors(n_neighbors=30).fit(expected).kneighbors(return_distance=False)
usual = np.median(residuals[near], axis=1)
spread = 1.4826 * np.median(np.abs(residuals[near] - usual[:, None]), axis=1)
z = np.hypot(*((residuals - usual) / spread).T)
looks_wrong = z > 4.5
"""


_SHOWN = {SINGLE_LABEL: _LABELS, MULTI_LABEL: _LABELS, POINTS: _POINTS}


def shown(task: str) -> str:
    """The code for a task."""
    return _SHOWN[task].strip()
