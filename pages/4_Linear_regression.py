"""The line or plane with the smallest squared error, and how gradient descent finds it."""

import streamlit as st

from pages.parts.regression import fit_by_hand, gradient_descent, outlier, people, plane
from pages.parts.shared import page

page.begin(
    "Linear regression",
    "Watch the squares: the side of each is one person's error, and the mean of their areas is the mean "
    "squared error (MSE). No line has smaller squares than the fitted one. Try to beat it with a line of "
    "your own.",
    terms=("image regression", "mean squared error", "gradient", "learning rate", "outlier"),
)


@st.fragment
def lines_and_walk() -> None:
    points = people.people()
    fitted, mine = fit_by_hand.points_and_lines(points)
    st.header("The same as a landscape: gradient descent")
    st.markdown(
        "Every place on the map is a line: a slope and an intercept. Its height is the MSE of that line. Gradient "
        "descent starts at your line and steps downhill, each step the learning rate times the slope of the ground. "
        "This is how every network of this app learns; only the map has millions of directions there."
    )
    gradient_descent.walk(points, fitted, mine)


lines_and_walk()

st.header("Two inputs: a plane")
st.markdown(
    "With a second input the line becomes a plane, with more inputs a *hyperplane*: one weight for each input, and an "
    "intercept. The sticks are the errors; least squares makes the sum of their squares small."
)
plane.plane()

st.header("One wrong number")
st.markdown(
    "Someone typed a zero too many: 35 became 350. Squaring makes a large error very large, so the line with the "
    "least MSE bends to please one point; the mean absolute error counts that point only as far as it is off."
)
outlier.outlier(people.people())

page.fastai_code(
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
""".strip()
)
