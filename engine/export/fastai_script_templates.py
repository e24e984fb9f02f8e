"""The pieces of an exported fastai script: fastai's names for what a run was asked, and texts."""

from engine.config import DRAWINGS, GRID_HEAD, LINEAR_HEAD, PHOTOGRAPHS
from engine.functional.loss_registry import HUBER_DELTA
from engine.tasks import CROP, MULTI_LABEL, POINTS, SINGLE_LABEL, SQUISH

FASTAI_MODELS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
"""Architectures that `from fastai.vision.all import *` has; others come from torchvision, or by name from timm."""

DOWNLOADS = {
    "pascal_2007": "untar_data(URLs.PASCAL_2007)",
    "biwi_head_pose": "untar_data(URLs.BIWI_HEAD_POSE)",
}
BLOCKS = {
    SINGLE_LABEL: "CategoryBlock(vocab=vocab)",
    MULTI_LABEL: "MultiCategoryBlock(vocab=vocab)",
    POINTS: "PointBlock",
}
TARGETS = {
    SINGLE_LABEL: "row.labels",
    MULTI_LABEL: 'row.labels.split("|") if row.labels else []',
    POINTS: "[[row.x, row.y]]",
}
PICKED = {SINGLE_LABEL: "CrossEntropyLossFlat", MULTI_LABEL: "BCEWithLogitsLossFlat", POINTS: "MSELossFlat"}
SOFTMAX_LOSS = (MULTI_LABEL, "cross_entropy")
OTHER_LOSSES = {
    SOFTMAX_LOSS: """
def loss(outputs, targets):
    return F.cross_entropy(outputs, targets / targets.sum(1, keepdim=True).clamp(min=1))


def accuracy_of_softmax(outputs, targets):
    return accuracy_multi(outputs.softmax(1), targets, thresh={threshold}, sigmoid=False)
""",
    (MULTI_LABEL, "binary_cross_entropy_as_printed"): """
def loss(outputs, targets):  # inverted, as the book prints it: it teaches to be wrong
    return F.binary_cross_entropy_with_logits(-outputs, targets)
""",
    (MULTI_LABEL, "focal"): """
def loss(outputs, targets):
    return sigmoid_focal_loss(outputs, targets, alpha=0.25, gamma=2, reduction="mean")
""",
    (MULTI_LABEL, "asymmetric"): """
def loss(outputs, targets):
    return asymmetric_loss(outputs, targets)
""",
    (MULTI_LABEL, "mean_squared_error"): """
def loss(outputs, targets):
    return F.mse_loss(outputs.sigmoid(), targets)
""",
    (POINTS, "mean_absolute_error"): """
loss = L1LossFlat()
""",
    (POINTS, "huber"): f"""
loss = BaseLoss(nn.HuberLoss, delta={HUBER_DELTA:g}, floatify=True, is_2d=False)
""",
}
OUR_LOSS = """
def loss(outputs, targets):
    return choice({task!r}, {name!r}).function(outputs, targets.reshape(outputs.shape).float())
"""
"""A loss that is written here in no other way: taken from this program."""
LOAD_BODY = {
    DRAWINGS: "learn.model.load_state_dict(load_file(BODY), strict=False)\n",
    PHOTOGRAPHS: "learn.model[0].model.load_state_dict(load_file(BODY), strict=False)\n",
}
"""How the body's file, under its own names, fills fastai's network."""

POOLED_FEATURES = {PHOTOGRAPHS: 2560, DRAWINGS: 1024}
GRID_CHANNELS, GRID_STRIDE = {PHOTOGRAPHS: 112, DRAWINGS: 256}, 16
HEADS = {
    LINEAR_HEAD: "nn.Sequential(AdaptiveConcatPool2d(), Flatten(), nn.Dropout(0), nn.Linear({count}, {n_out}))",
    GRID_HEAD: "nn.Sequential(Flatten(), nn.Dropout(0), nn.Linear({count}, {n_out}))",
}
CUTS = {
    (
        GRID_HEAD,
        DRAWINGS,
    ): "learn.model[0] = learn.model[0][:7]  # the head sees the grid before the last stage\n",
    (GRID_HEAD, PHOTOGRAPHS): """body = learn.model[0].model  # the head sees the grid before the last stages
body.blocks, body.conv_head, body.bn2 = body.blocks[:5], nn.Identity(), nn.Identity()
""",
}
NETWORK_WITH_HEAD = """
head = {head}
learn = vision_learner(
    dls, {arch},
    pretrained=False, normalize=False, custom_head=head{metrics},
)
{cut}{load}learn.model.load_state_dict(load_file(RUN / "weights.safetensors"), strict=False)
"""

HEIF_ENDINGS = (".heic", ".heif")
IMPORTS = {
    "focal": "from torchvision.ops import sigmoid_focal_loss",
    "asymmetric": "sys.path.append({root!r})\nfrom engine.functional.losses import asymmetric_loss",
}
IMPORT_OUR_LOSS = "sys.path.append({root!r})\nfrom engine.functional.loss_registry import choice"
FIGURES = {
    SINGLE_LABEL: """
valid_loss, reached = learn.validate()
nothing = (valid.labels == table[~table.is_valid].labels.mode()[0]).mean()  # of the training images
figures = dict(valid_loss=valid_loss, accuracy=reached, most_frequent_accuracy=nothing)
""",
    MULTI_LABEL: """
valid_loss, reached = learn.validate()
has = np.array([[label in cell.split("|") for label in vocab] for cell in table.labels])
train, truth = has[~table.is_valid], has[table.is_valid]
figures = dict(valid_loss=valid_loss, accuracy_multi=reached, do_nothing_accuracy=1 - truth.mean(),
               majority_accuracy=(truth == (train.mean(0) > 0.5)).mean())
""",
    POINTS: """
answers, truth = (to_np(points).reshape(-1, 2) for points in learn.get_preds())
px = valid[["width", "height"]].values / 2  # points run over -1..1
train = table[~table.is_valid]
mean = (2 * train[["x", "y"]].values / train[["width", "height"]].values - 1).mean(0)  # of the training images
errors, from_mean = (np.hypot(*((guess - truth) * px).T) for guess in (answers, mean))
figures = dict(valid_loss=learn.validate()[0], median_error_px=np.median(errors),
               mean_point_median_error_px=np.median(from_mean))
""",
}
WHOLE, MIDDLE = (
    """
def get_x(row):
    return ImageOps.exif_transpose(Image.open(PICTURES / row.fname)).convert("RGB")
""",
    """
def get_x(row):
    image = ImageOps.exif_transpose(Image.open(PICTURES / row.fname)).convert("RGB")
    width, height, side = *image.size, min(image.size)
    left, top = (width - side) // 2, (height - side) // 2
    return image.crop((left, top, left + side, top + side))  # the middle: Resize alone crops at random in training
""",
)
GET_X = {SQUISH: WHOLE, CROP: MIDDLE}
GET_Y = """
def get_y(row):
    return {target}
"""
SEEDS = """
class SeedEveryEpoch(Callback):
    "Order of the images, augmentation and dropout: drawn from the seed and the epoch's number."
    order, done = -20, 0

    def before_epoch(self):
        seed = int(np.random.SeedSequence([SEED, self.done]).generate_state(1)[0])
        set_seed(seed)
        self.dls.train.rng = random.Random(seed)
        self.done += 1
"""
BODY_AS_IT_IS = """
class FrozenBodyAsItIs(Callback):
    "Without augmentation the frozen body sees each image once: its batch norm does not follow the batches."
    def before_train(self):
        if not next(self.model[0].parameters()).requires_grad:
            self.model[0].eval()
"""
