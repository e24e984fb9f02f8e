"""Page 9's dataset as fastai takes it: the data block of each task, over the table that Export writes."""

from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts.shared import page

SEVERAL = """
from fastai.vision.all import *

path = Path("my images")    # train.csv: fname,labels,is_valid; the images in train/
table = pd.read_csv(path/"train.csv", keep_default_na=False)
labels = table["labels"].str.split()
vocab = sorted({label for row in labels for label in row})
block = DataBlock(
    blocks=(ImageBlock, MultiCategoryBlock(vocab=vocab)),
    get_x=lambda row: path/"train"/row["fname"],
    get_y=lambda row: row["labels"].split(),
    splitter=ColSplitter("is_valid"), item_tfms=Resize(128, method="squish"))
block.summary(table)          # the first image, step by step, until something is wrong
""".strip()

ONE = """
from fastai.vision.all import *

path = Path("my images")    # train.csv: fname,labels,is_valid; the images in train/
table = pd.read_csv(path/"train.csv", keep_default_na=False)
table = table[table["labels"].str.split().str.len() == 1]
vocab = sorted(table["labels"].unique())
block = DataBlock(
    blocks=(ImageBlock, CategoryBlock(vocab=vocab)),
    get_x=lambda row: path/"train"/row["fname"],
    get_y=ColReader("labels"),
    splitter=ColSplitter("is_valid"), item_tfms=Resize(128, method="squish"))
block.summary(table)          # the first image, step by step, until something is wrong
""".strip()

A_POINT = """
from fastai.vision.all import *

path = Path("my images")    # points.csv: fname,x,y,is_valid; the images in images/
table = pd.read_csv(path/"points.csv")
block = DataBlock(
    blocks=(ImageBlock, PointBlock),
    get_x=lambda row: path/"images"/row["fname"],
    get_y=lambda row: tensor([[row["x"], row["y"]]]),    # pixels of that image
    splitter=ColSplitter("is_valid"), item_tfms=Resize(128, method="squish"))
block.summary(table)          # the first image, step by step, until something is wrong
""".strip()

FASTAI = {MULTI_LABEL: SEVERAL, SINGLE_LABEL: ONE, POINTS: A_POINT}


def show(task: str) -> None:
    """The code for the task of the dataset."""
    page.fastai_code(FASTAI[task])
