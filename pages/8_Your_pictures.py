"""Predictions for your own images: by ready-to-use models for photographs, or by your own runs."""

import streamlit as st

from pages.parts.shared import page

PHOTOGRAPHS, FILES, SCENE, NONE = "Photographs", "Your runs", "Draw a scene", "None of these"
EXPERIMENTS = {
    SCENE: ("Add a dog to a bear, and watch softmax and sigmoids react.", ("bear", "dog")),
    NONE: ("Show a sheep to models that know only bears, cats and dogs.", ("sheep",)),
}

page.begin(
    "Your pictures",
    "Try an image, and see what models predict for it.",
    terms=("prediction", "probability", "threshold", "out-of-distribution"),
)
origin = st.segmented_control(
    "Predict with",
    [PHOTOGRAPHS, FILES, SCENE, NONE],
    default=PHOTOGRAPHS,
    required=True,
    key="from",
    bind="query-params",
)
if origin == PHOTOGRAPHS:
    from pages.parts.predict import more_to_try, photo_uploads

    st.markdown("One model names everything in a photograph, one names a single thing, and one finds a face.")
    photo_uploads.show()
    st.header("More to try")
    more_to_try.show(EXPERIMENTS, key="from")
elif origin == FILES:
    from pages.parts.predict import uploads

    uploads.show()
elif origin == NONE:
    from pages.parts.predict import open_set

    open_set.show()
else:
    from pages.parts.predict import drawn_scene

    drawn_scene.show()

FASTAI = """
from fastai.vision.all import *

# three learners; only the target block, and with it the loss, differs
image = PILImage.create("mine.jpg")
labels, yes, probs = multi_label_learn.predict(image)    # a sigmoid for each class, at 0.5
multi_label_learn.loss_func.thresh = 0.2                 # a tuned threshold must be set here, too
label, index, probs = single_label_learn.predict(image)  # softmax: one label, whatever is there
point, unit, _ = points_learn.predict(image)

from captum.attr import LayerGradCam                     # where did it look for "bear"?
batch, = multi_label_learn.dls.test_dl([image]).one_batch()
bear = multi_label_learn.dls.vocab.o2i["bear"]
network = multi_label_learn.model
heat = LayerGradCam(network, network[0]).attribute(batch, target=bear, relu_attributions=True)
""".strip()
page.fastai_code(open_set.FASTAI if origin == NONE else FASTAI)
