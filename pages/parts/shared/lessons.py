"""The six lessons: their names, goals and prerequisites, in the order in which they are read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, its title and what it is about, its page file, and what to read before starting it."""

    number: int
    title: str
    about: str
    path: str
    goal: str
    prerequisites: str
    minutes: int

    @property
    def heading(self) -> str:
        """The number and the title, such as "3. Threshold"."""
        return f"{self.number}. {self.title}"

    @property
    def address(self) -> str:
        """The page's address in the app, such as "BCE_and_CE"."""
        return self.path.removeprefix("pages/").removesuffix(".py").partition("_")[2]


LESSONS = {
    lesson.number: lesson
    for lesson in (
        Lesson(
            1,
            "One-hot",
            "turn labels into numbers",
            "pages/1_One_hot.py",
            "See how the labels of an image become a vector of 0s and 1s, and why a single index cannot do the same.",
            "nothing else; this is the first lesson.",
            5,
        ),
        Lesson(
            2,
            "BCE and CE",
            "name one thing or several",
            "pages/2_BCE_and_CE.py",
            "See why cross-entropy (CE) cannot name two animals at once, and how binary cross-entropy (BCE) can.",
            "[lesson 1](One_hot), and what a logarithm is.",
            8,
        ),
        Lesson(
            3,
            "Threshold",
            "decide when a label counts",
            "pages/3_Threshold.py",
            "Find the probability above which a class counts as predicted, and see what each choice costs.",
            "[lesson 1](One_hot) and [lesson 2](BCE_and_CE).",
            8,
        ),
        Lesson(
            4,
            "Linear regression",
            "predict a number",
            "pages/4_Linear_regression.py",
            "Fit a line by hand, then let gradient descent do it, and see why the mean squared error decides.",
            "how a line is given by a slope and an intercept.",
            7,
        ),
        Lesson(
            5,
            "Head centre",
            "predict a point",
            "pages/5_Head_centre.py",
            "See a network predict a point instead of a class, and how far off it is in pixels.",
            "[lesson 4](Linear_regression).",
            6,
        ),
        Lesson(
            6,
            "Loss race",
            "see that only the loss changes",
            "pages/6_Loss_race.py",
            "Train the same network with each loss, and see that the loss decides what it learns.",
            "[lesson 2](BCE_and_CE) and [lesson 3](Threshold).",
            6,
        ),
    )
}
"""Every lesson by its number."""
