"""Who follows a job: a progress bar in a terminal, a file in the job's folder, or nothing at all."""


class Listener:
    """Is told how a job goes; this one ignores it."""

    def show(self, activity: str, share: float) -> None:
        """A share (0 to 1) of an activity is done."""

    def epoch(self, row: dict) -> None:
        """An epoch is finished."""

    def note(self, sentence: str) -> None:
        """Something was decided that a person should know."""
