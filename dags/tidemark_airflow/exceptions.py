"""
How a run fails, by what Airflow does next.

Classes under ``TidemarkFailed`` fail the task at once; all others let it retry. A retry policy or a failure call-back
can tell them apart by class.
"""

from __future__ import annotations

from tidemark_airflow.compat import AirflowException, AirflowFailException


class TidemarkError(AirflowException):
    """
    A run that did not succeed, and that a later try may bring to its end.

    ``exit_code`` is the runner's, None where there was none. ``code`` is the error's code in the summary, if any.
    """

    def __init__(self, message: str = "", *, exit_code: int | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.code = code


class TidemarkFailed(TidemarkError, AirflowFailException):
    """A run that another try cannot help: somebody has to look."""


class TidemarkUsageError(TidemarkFailed):
    """Exit 64: the command line is wrong."""


class TidemarkGuarded(TidemarkFailed):
    """Exit 65: a guard stopped the run before anything was sent."""


class TidemarkNotUnderstood(TidemarkFailed):
    """Exit 76: the platform's answer is not understood, or it refused everything."""


class TidemarkPermissionError(TidemarkFailed):
    """Exit 77: a token or a permission is missing, on the platform or in the warehouse."""


class TidemarkConfigurationError(TidemarkFailed):
    """Exit 78: the configuration is wrong, the audience vanished or its name is taken."""


class TidemarkBugAgain(TidemarkFailed):
    """Exit 70 in a try that was a retry: a third would end the same way."""


class TidemarkBug(TidemarkError):
    """Exit 70: a bug of the runner. It is tried once more."""


class TidemarkTryAgain(TidemarkError):
    """Exit 75: something is left to do, and later it may work."""


class TidemarkLeaseHeld(TidemarkTryAgain):
    """Exit 75 because another run of this activation lives, or died less than a lease ago."""


class TidemarkAborted(TidemarkError):
    """Exit 143: asked to end, drained. The next try goes on from there."""


class TidemarkKilled(TidemarkError):
    """Ended by a signal (137) or in a way that has no meaning: the next try settles what was sent."""


class TidemarkNoSummary(TidemarkError):
    """The runner says success, and its summary is missing, of another run, or says otherwise."""
