"""Labels and points that look wrong, one by one: keep, correct or drop them, and see what changes."""

from pages.parts import page

page.begin(
    "Label review",
    "labels and points that networks contradict, though they never saw the picture. Some are wrong, some are merely "
    "hard: you decide, and the decision can be undone.",
)
with page.charts_loading():
    from pages.parts import review_code, review_difference, review_found, review_one, review_start

subject = review_start.choose()
if review_start.is_ready(subject):
    review_one.show(subject.key)
    review_found.show(subject)
    review_difference.show(subject)

page.fastai_code(review_code.shown(subject.task), says="The same with fastai")
