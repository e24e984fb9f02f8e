"""What training needs and cannot have."""


class LearnerError(RuntimeError):
    """Something that training needs and cannot have; one sentence that says what to use instead."""


def reason(error: BaseException) -> str:
    """The first line of what an error says."""
    reason = getattr(error, "reason", None) or error
    return str(reason).splitlines()[0] if str(reason) else type(error).__name__
