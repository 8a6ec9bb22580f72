"""Which failures are tried again, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tidemark_airflow.exceptions import TidemarkKilled, TidemarkLeaseHeld

# On top of the lease: its end is the warehouse's clock's, the retry the scheduler's.
MARGIN_SECONDS = 10


def policy_after_lease(retry_delay: timedelta, lease_seconds: int) -> Any:
    """
    A retry policy that waits for the end of a lease, where Airflow has policies (3.3); None where none is needed.

    After a runner that was killed its lease still holds: a try before its end would end with nothing done. On older
    versions ``retry_delay`` alone says when, and its default, 5 minutes, is longer than a lease.
    """
    delay = timedelta(seconds=lease_seconds + MARGIN_SECONDS)
    if retry_delay >= delay:
        return None
    try:
        from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule
    except ImportError:
        return None
    rule = RetryRule(
        exception=[TidemarkLeaseHeld, TidemarkKilled],
        action=RetryAction.RETRY,
        retry_delay=delay,
        reason="The lease of the run before has to end first.",
    )
    return ExceptionRetryPolicy(rules=[rule])
