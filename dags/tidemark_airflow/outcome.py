"""What an end of the runner means for the task: success, skip, fail at once or retry."""

from __future__ import annotations

from dataclasses import dataclass

from tidemark_airflow.compat import AirflowSkipException
from tidemark_airflow.exceptions import (
    TidemarkAborted,
    TidemarkBug,
    TidemarkBugAgain,
    TidemarkConfigurationError,
    TidemarkError,
    TidemarkGuarded,
    TidemarkKilled,
    TidemarkLeaseHeld,
    TidemarkNoSummary,
    TidemarkNotUnderstood,
    TidemarkPermissionError,
    TidemarkTryAgain,
    TidemarkUsageError,
)
from tidemark_airflow.summary import Summary, first_error

UNCHANGED = 99

_ERRORS: dict[int, type[TidemarkError]] = {
    64: TidemarkUsageError,
    65: TidemarkGuarded,
    70: TidemarkBug,
    75: TidemarkTryAgain,
    76: TidemarkNotUnderstood,
    77: TidemarkPermissionError,
    78: TidemarkConfigurationError,
    143: TidemarkAborted,
}
_ADVICE: dict[int, str] = {
    64: "Look at the arguments of the task.",
    65: "Look at the change; where it is right, run it with override_guards=True.",
    70: "Report it with the task log.",
    75: "It is tried again.",
    76: "Look at the receipts of the run.",
    77: "Renew the token, or give the permission, in the Airflow connection.",
    78: "Correct the configuration; `tidemark validate` says more.",
    143: "The next try goes on from there.",
}
_LEASE_HELD = "lease_held"


@dataclass(frozen=True)
class End:
    """How the runner ended. ``flaw`` says why there is no summary of this run."""

    exit_code: int
    summary: Summary | None
    flaw: str


def conclude(end: End, *, killed: bool, retried: bool) -> Summary:
    """
    The summary of a run that succeeded; raises what Airflow acts on otherwise.

    ``killed``: Airflow asked this try to end, so that it is never a success, whatever the runner said. ``retried``:
    this try is not the first one.
    """
    if killed:
        raise TidemarkAborted(f"Airflow ended this try ({describe(end)}).", exit_code=end.exit_code)
    if end.exit_code in (0, UNCHANGED):
        return proven(end)
    code, _ = first_error(end.summary) if end.summary else (None, "")
    raise error_class(end.exit_code, code, retried)(message_of(end), exit_code=end.exit_code, code=code)


def proven(end: End) -> Summary:
    """Success is never assumed: it comes with a summary of this run that says so. Raises a skip on nothing to do."""
    if end.summary is None:
        raise TidemarkNoSummary(
            f"The runner ended with {end.exit_code}, but {end.flaw}. Nothing proves that it ran: look at `command`.",
            exit_code=end.exit_code,
        )
    if end.summary.get("status") != "succeeded":
        raise TidemarkNoSummary(
            f"The runner ended with {end.exit_code}, but its summary says {end.summary.get('status')}.",
            exit_code=end.exit_code,
        )
    if end.exit_code == UNCHANGED:
        raise AirflowSkipException("Nothing changed since the last run: nothing was sent.")
    return end.summary


def error_class(exit_code: int, code: str | None, retried: bool) -> type[TidemarkError]:
    """The class for an exit code; a code without a meaning is a runner that was killed."""
    if exit_code == 70 and retried:
        return TidemarkBugAgain
    if exit_code == 75 and code == _LEASE_HELD:
        return TidemarkLeaseHeld
    return _ERRORS.get(exit_code, TidemarkKilled)


def message_of(end: End) -> str:
    """One text: what is wrong, and one thing to do."""
    advice = _ADVICE.get(end.exit_code, "It was killed; the next try settles what was sent.")
    return f"{describe(end)}. {advice}"


def describe(end: End) -> str:
    """Exit code and the summary's error."""
    if end.summary is None:
        return f"exit {end.exit_code}, and {end.flaw}"
    _, text = first_error(end.summary)
    return f"exit {end.exit_code}, {text or end.summary.get('status')}".rstrip(".")
