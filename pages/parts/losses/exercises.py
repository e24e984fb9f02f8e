"""What lesson 2 asks: a guess, tasks, and a check, made from the logits under the sliders."""

from collections.abc import Sequence

import numpy as np

from engine.functional import label_encoding, losses
from engine.plots.signed import signed
from pages.parts.shared.lesson import Question, Task

HIGH = 0.9
LOW_LOSS = 0.05


def dogs_softmax(
    logits: np.ndarray, vocab: Sequence[str], first: str = "bear", second: str = "dog"
) -> Question:
    """The guess: what softmax gives the second of two animals whose sigmoids are both high."""
    names = list(vocab)
    softmax = dict(zip(names, losses.softmax(logits), strict=True))
    sigmoid = dict(zip(names, losses.sigmoid(logits), strict=True))
    right, alone = f"{softmax[second]:.2f}", f"{sigmoid[second]:.2f}"

    def explain(choice: str) -> str:
        if choice == alone:
            return (
                f"{alone} is the sigmoid of the {second}, which looks at this one logit only. Softmax "
                f"probabilities add up to 1, and the {first} takes {softmax[first]:.2f}."
            )
        if choice == right:
            return f"Softmax probabilities add up to 1, and the {first} takes {softmax[first]:.2f} of it."
        larger, smaller = (signed(logits[names.index(name)]) for name in (first, second))
        return (
            f"Two equal logits would get 0.50 each. The {first} has {larger} and the {second} {smaller}, "
            f"so the {first} takes {softmax[first]:.2f}."
        )

    prompt = (
        f"The logits are {_listed(logits, vocab)}. Both the {first} and the {second} are in the image. "
        f"What probability does softmax give the {second}?"
    )
    return Question(prompt, list(dict.fromkeys([alone, "0.50", right])), right, explain)


def tasks(logits: np.ndarray, present: Sequence[str], vocab: Sequence[str]) -> list[Task]:
    """The tasks, by the logits (C,) and the classes that are marked as present."""
    targets = label_encoding.encode(list(present), tuple(vocab))
    there = losses.sigmoid(logits)[targets == 1]
    bce = float(losses.binary_cross_entropy(logits, targets))
    with np.errstate(all="ignore"):
        naive = float(losses.naive_binary_cross_entropy(logits, targets))
    return [
        Task(
            "three",
            "Mark **three animals** as present, and lift all three sigmoids **above 0.9**. "
            "What does softmax give them?",
            len(there) >= 3 and bool((there > HIGH).all()),
            "Press a third animal, then move its logit to the right.",
        ),
        Task(
            "nothing",
            "Mark **nothing** as present, and push binary cross-entropy **below 0.05**. "
            "What does cross-entropy say?",
            len(there) == 0 and bce < LOW_LOSS,
            "Press “Nothing present”, then move all logits further to the left.",
        ),
        Task(
            "overflow",
            "Make the **naive** formula fail: let it give `inf` or `nan`.",
            not np.isfinite(naive),
            "Press “Logits of 1000”, and open “Large logits overflow”.",
        ),
    ]


def questions(logits: np.ndarray, vocab: Sequence[str]) -> list[Question]:
    """The check, on the logits (C,) of the sliders: softmax competes, cross-entropy takes one class, and the log."""
    return [_competition(logits, vocab), _reach_zero(logits, vocab), _log(logits, vocab)]


def _competition(logits: np.ndarray, vocab: Sequence[str]) -> Question:
    first, other = vocab[0], vocab[2]
    raised = logits.copy()
    raised[2] += 5
    (before, after), sigmoid = (
        (losses.softmax(values)[0] for values in (logits, raised)),
        losses.sigmoid(logits)[0],
    )

    def explain(choice: str) -> str:
        numbers = f"softmax of the {first} goes from {before:.3f} to {after:.3f}"
        if choice == "It falls":
            return f"The {numbers}: all probabilities add up to 1. Its sigmoid stays at {sigmoid:.3f}."
        if choice == "It stays the same":
            return (
                f"Its sigmoid stays, at {sigmoid:.3f}. But the {numbers}, because all probabilities add "
                "up to 1."
            )
        return f"More for the {other} leaves less for the {first}: the {numbers}."

    prompt = (
        f"The logits are {_listed(logits, vocab)}. You raise that of the {other} by 5. What happens to the softmax "
        f"probability of the {first}?"
    )
    return Question(prompt, ["It rises", "It stays the same", "It falls"], "It falls", explain)


def _reach_zero(logits: np.ndarray, vocab: Sequence[str]) -> Question:
    first, other = vocab[0], vocab[2]
    softmax = losses.softmax(logits)

    def explain(choice: str) -> str:
        pair = " and ".join(signed(logits[at]) for at in (0, 2))
        shares = f"from logits of {pair} softmax makes {softmax[0]:.2f} and {softmax[2]:.2f}, never more than 1 in all"
        if choice == "Binary cross-entropy":
            return f"Each sigmoid can be near 1 by itself. With cross-entropy they compete: {shares}."
        if choice == "Cross-entropy":
            return f"It takes only one target. To say “{first}” it must push the {other} down: {shares}."
        return f"Only one of them. Cross-entropy makes the two compete: {shares}."

    prompt = f"An image shows a {first} and a {other}. Which loss lets a model be sure of both?"
    choices = ["Cross-entropy", "Binary cross-entropy", "Both"]
    return Question(prompt, choices, "Binary cross-entropy", explain)


def _log(logits: np.ndarray, vocab: Sequence[str]) -> Question:
    logit = -float(np.clip(abs(logits[0]), 1, 8))
    prob = float(losses.sigmoid(np.array([logit]))[0])
    right, distance, itself = f"{-np.log(prob):.2f}", f"{1 - prob:.2f}", f"{prob:.2f}"

    def explain(choice: str) -> str:
        if choice == itself:
            return f"{itself} is the probability itself. The loss is −log({prob:.4f}) = {right}."
        if choice == distance:
            return f"{distance} is the distance from 1, which `mnist_loss` gives. With the log it is {right}."
        return (
            f"−log({prob:.4f}) = {right}. The less likely the true class, the larger the loss, without limit."
        )

    prompt = (
        f"The {vocab[0]} is in the image, but its logit is {signed(logit)}, so its sigmoid is {prob:.3f}. "
        "What is its binary cross-entropy?"
    )
    return Question(prompt, [itself, distance, right], right, explain)


def _listed(logits: np.ndarray, vocab: Sequence[str]) -> str:
    return ", ".join(f"{name} {signed(logit)}" for name, logit in zip(vocab, logits, strict=True))
