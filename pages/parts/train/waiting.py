"""What a run that has not begun waits for, where it stands, for how long, and how long it will take. No widget here."""

from engine.data.formats.phrases import counted
from engine.training.time_estimate import Estimate

_PREFIX = "waiting for "


def ahead(message: str) -> list[str]:
    """The runs ahead in the queue, by what the run's status says.

    >>> ahead("waiting for first, second")
    ['first', 'second']
    """
    return message.removeprefix(_PREFIX).split(", ") if message.startswith(_PREFIX) else []


def in_words(message: str, elapsed: float, takes: Estimate | None) -> str:
    """Reason, position, elapsed and remaining time of a queued run, in short sentences.

    `message` is that of the status, `elapsed` the seconds since the start was asked for, `takes` what the run itself
    will take, None where that is not known.
    """
    before = ahead(message)
    if before:
        behind = "behind" if len(before) == 1 else f"behind {counted(len(before), 'run')}:"
        reason = f"Waiting in the queue at position {len(before) + 1}, {behind} {', '.join(before)}."
    else:
        reason = "Starting: loading the libraries."
    sentences = [reason, f"Requested {ago(elapsed)} ago."]
    if takes is not None:
        sentences.append(f"{'Training then' if before else 'In all, it'} takes {takes.in_words()}.")
    return " ".join(sentences)


def ago(seconds: float) -> str:
    """A duration to the second, as a clock that runs shows it.

    >>> ago(1), ago(75), ago(3700)
    ('1 second', '1 min 15 s', '1 h 1 min')
    """
    whole = max(0, int(seconds))
    if whole < 60:
        return counted(whole, "second")
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
