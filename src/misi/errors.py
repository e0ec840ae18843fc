"""The few errors of the package. Each message names the file or item and the reason, in one line."""


class MisiError(Exception):
    """Base of every error that a user may cause; the command line prints its message and exits with 1."""


class StructureError(MisiError):
    """A structure file or complex that cannot be used.

    Attributes
    ----------
    reason : str
        Short machine-readable name, e.g. ``empty_file``; becomes ``Rejection.reason`` in a batch.
    detail : str
        One line for people, naming the file.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{detail} [{reason}]")
        self.reason = reason
        self.detail = detail


class RenderError(MisiError):
    """A picture that cannot be made (impossible size, empty scene, a file that cannot be written)."""


class ParseFailure(MisiError):
    """Text that does not follow the grammar.

    Attributes
    ----------
    reason : str
        Short machine-readable name, e.g. ``no_answer``, ``two_answers``, ``bad_axis``.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class DatasetError(MisiError):
    """A dataset folder that is missing, unfinished, inconsistent, or was built from something else."""
