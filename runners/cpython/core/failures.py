"""The ways in which a case, or a task, fails."""


class Refused(Exception):
    """The case cannot be opened or run as it was asked for; its text is a sentence for the user."""

    status = "failed"


class Unsupported(Refused):
    """This cannot be done here, and that is nobody's mistake; the text says what to install, if anything."""

    status = "unsupported"


class Crashed(Refused):
    """A worker died."""

    status = "crashed"


class WrongAnswer(Exception):
    """A check found what a task did to be wrong."""


class TaskFailed(Exception):
    """A task failed in a way that is no fault of the code: a request was refused. The text says why."""
