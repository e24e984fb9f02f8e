"""The example of lesson 4: yearly salaries, made up, against years of experience and of school."""

import numpy as np

EXPERIENCE = "experience (years)"
SCHOOL = "school (years)"
SALARY = "salary (thousand € per year)"
EXPERIENCE_RANGE = (0.0, 20.0)
SALARY_RANGE = (0.0, 120.0)

_SAMPLE = (
    (0.5, 31),
    (1, 37),
    (2, 32),
    (3.2, 43),
    (4.5, 36),
    (6, 51),
    (7.5, 44),
    (9, 59),
    (11, 52),
    (13, 69),
    (15.5, 62),
    (18, 80),
)


def sample() -> np.ndarray:
    """Return twelve people as `(12, 2)`: years of experience, and salary in thousand € a year."""
    return np.array(_SAMPLE, dtype=float)


def two_inputs(
    scatter: float, overlap: float, people: int = 40, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Make people whose salary depends on experience and on school.

    Each year of experience is worth 1.8 and each year of school 2.4 thousand €, on top of 5, give or take
    `scatter` thousand €. `overlap`, in [0, 1], is how far school follows experience: at 1 the two inputs are
    one. Returns `(people, 2)` inputs in years, and `(people,)` salaries. Raises ValueError for an overlap outside.
    """
    if not 0 <= overlap <= 1:
        raise ValueError(
            f"overlap is {overlap}; expected a number in [0, 1]: 0 for unrelated inputs, 1 for one."
        )
    rng = np.random.default_rng(seed)
    first, second = rng.uniform(-1, 1, (2, people))
    noise = rng.normal(size=people)
    experience = 10 + 9 * first
    school = 13 + 4 * (overlap * first + (1 - overlap) * second)
    inputs = np.stack([experience, school], axis=1)
    return inputs, 5 + inputs @ [1.8, 2.4] + scatter * noise
