"""The line or plane with the smallest squared error, and how gradient descent finds it."""

import streamlit as st

from pages.parts.regression import exercises, fit_by_hand, gradient_descent, outlier, people, plane
from pages.parts.shared.lesson import LESSONS, check, frame, guess, presenting, tasks

LESSON = LESSONS[4]
BY_HAND, DESCENT, TWO_INPUTS, OUTLIER = "Fit by hand", "Gradient descent", "Two inputs", "An outlier"

frame.begin(LESSON, terms=("image regression", "mean squared error", "gradient", "learning rate", "outlier"))
tasks.require(LESSON, exercises.KEYS)
by_hand, descent, two_inputs, with_outlier = st.tabs(
    [BY_HAND, DESCENT, TWO_INPUTS, OUTLIER], key="part", bind="query-params"
)
for key in ("slope", "intercept"):  # the learner's line is kept while neither of its parts is open
    if key in st.session_state:
        st.session_state[key] = st.session_state[key]
if by_hand.open:
    with by_hand:
        st.header("The line with the smallest squares")
        st.markdown(
            "The side of each square is one person's error. The mean area of the squares is the mean "
            "squared error (MSE)."
        )
        fit_by_hand.fit(guess.ask(LESSON, exercises.best_slope(people.people())))
if descent.open:
    with descent:
        st.header("Gradient descent walks to the best line")
        st.markdown(
            "Each point of the map is a line, with its slope and intercept. The height is the MSE of "
            "that line. The walk starts at your line and goes downhill. Each step is the learning rate "
            "times the map's slope. Networks learn the same way, but with millions of weights instead of "
            "two numbers."
        )
        gradient_descent.walk()
if two_inputs.open:
    with two_inputs:
        st.header("With two inputs, the line becomes a plane")
        st.markdown(
            "With more inputs it is a *hyperplane*: one weight per input, and an intercept. The "
            "vertical lines are the errors."
        )
        plane.plane()
if with_outlier.open:
    with with_outlier:
        st.header("One wrong number")
        st.markdown(
            "Someone typed one zero too many: 35 became 350. Squaring makes this error huge, so it pulls "
            "the MSE line towards one point. The mean absolute error does not square errors, so "
            "it bends far less."
        )
        outlier.outlier()

frame.what_you_saw(
    [
        "Of all lines, the fitted line has the smallest mean squared error.",
        "Gradient descent finds it step by step. If the learning rate is too large, the error grows instead.",
        "Standardized inputs need far fewer steps.",
        "Squaring gives large errors extra weight, so one outlier can tilt the line.",
    ]
)
check.ask(LESSON, exercises.questions(people.people(), fit_by_hand.current_line()))
frame.code(
    LESSON,
    """
from fastai.vision.all import *

years, salary = tensor(people).float().T.unsqueeze(-1)          # (12, 1) each
years = (years - years.mean()) / years.std(unbiased=False)      # standardize the inputs
data = DataLoader(list(zip(years, salary)), bs=len(years))
learn = Learner(
    DataLoaders(data, data), nn.Linear(1, 1),                   # one weight and an intercept
    loss_func=MSELossFlat(),                                    # or L1LossFlat(), for the outlier
    opt_func=SGD, lr=0.1,
)
learn.fit(50)                                                   # 50 steps of gradient descent
slope, intercept = learn.model.weight.item(), learn.model.bias.item()
""".strip(),
)
frame.end(LESSON)
presenting.step_through(
    [
        ("your line", {}),
        ("a good line", {"slope": "2.4", "intercept": "31", "squares": "both"}),
        ("gradient descent", {"part": DESCENT}),
        ("too large a learning rate", {"part": DESCENT, "rate": "0.0125"}),
        ("a plane", {"part": TWO_INPUTS}),
        ("an outlier", {"part": OUTLIER}),
    ]
)
