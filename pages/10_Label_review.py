"""Labels and points that look wrong, one by one: keep, mend or drop them, and see what it changes."""

from pages.parts import page

page.begin(
    "Label review",
    "labels and points that networks contradict, though they never saw the picture. Some are wrong, some are merely "
    "hard: you decide, and the decision can be undone.",
)
with page.charts_loading():
    from pages.parts import review_difference, review_found, review_one, review_start

subject = review_start.choose()
if review_start.is_ready(subject):
    review_one.show(subject.key)
    review_found.show(subject)
    review_difference.show(subject)

page.fastai_code(
    """
from fastai.vision.all import *
from sklearn.model_selection import KFold

# every picture judged by a learner that was trained without it
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
""".strip(),
    says="The same with fastai",
)
