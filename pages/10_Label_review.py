"""Labels and points that look wrong, one by one: keep, correct or drop them, and see what changes."""

from pages.parts.shared import page

page.begin(
    "Label review",
    "Look at the labels and points that models contradict although they never saw the image. Some are "
    "wrong, some are just hard. You decide, and you can undo every decision.",
    terms=("label", "outlier", "validation split", "probability"),
)
with page.charts_loading():
    from pages.parts.review import code as review_code
    from pages.parts.review import difference as review_difference
    from pages.parts.review import matches
    from pages.parts.review import one as review_one
    from pages.parts.review import start as review_start

subject = review_start.choose()
if review_start.is_ready(subject):
    review_one.show(subject.key)
    matches.show(subject)
    review_difference.show(subject)

page.fastai_code(review_code.shown(subject.task), says="The same with fastai")
