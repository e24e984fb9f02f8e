"""Labels and points that look wrong, one by one: keep, correct or drop them, and see what changes."""

from pages.parts.shared import page

page.begin(
    "Label review",
    "Look at the labels and points that models contradict although they never saw the image. Some are "
    "wrong, some are just hard. You decide, and you can undo every decision.",
    terms=("label", "outlier", "validation split", "probability"),
)
with page.charts_loading():
    from pages.parts.review import code, effect_of_fixes, known_errors, one_image, start_review

subject = start_review.choose()
if start_review.is_ready(subject):
    one_image.show(subject.key)
    known_errors.show(subject)
    effect_of_fixes.show(subject)

page.fastai_code(code.shown(subject.task), says="The same with fastai")
