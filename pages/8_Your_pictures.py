"""Pictures of one's own, or a scene drawn to order, answered by every trained network."""

import streamlit as st

from pages.parts import page

FILES, SCENE = "Your files", "Draw a scene"

page.begin(
    "Your pictures",
    "three kinds of answer to one picture. The networks are alike; one may name several things or none, one must "
    "name exactly one, and one must point at a head even where there is none.",
)
origin = st.segmented_control(
    "Picture from", [FILES, SCENE], default=FILES, required=True, key="from", bind="query-params"
)
if origin == FILES:
    from pages.parts import own_files

    own_files.show()
else:
    from pages.parts import drawn_scene

    drawn_scene.show()

page.fastai_code(
    """
from fastai.vision.all import *

# one learner for each question; only the target block, and with it the loss, differs
several, one, where = multi_label_learn, single_label_learn, points_learn
picture = PILImage.create("mine.jpg")

labels, yes, probs = several.predict(picture)   # a sigmoid each; fastai decodes at the loss's own threshold, 0.5
several.loss_func.thresh = 0.2                  # ...so a threshold tuned for the metric must be set here as well
label, index, probs = one.predict(picture)      # softmax: one label, whatever the picture holds
point, unit, _ = where.predict(picture)

from captum.attr import LayerGradCam            # where did it look for "bear"?
batch = several.dls.test_dl([picture]).one_batch()[0]
heat = LayerGradCam(several.model, several.model[0]).attribute(batch, target=several.dls.vocab.o2i["bear"])
""".strip()
)
