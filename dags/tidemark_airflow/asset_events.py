"""What an asset event of a run tells those who wait for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from airflow.sdk import Asset

from tidemark_airflow.summary import Summary, counts_of, fit


def describe(context: Any, outlets: Iterable[Any], summary: Summary) -> None:
    """
    Puts the counts of a run that succeeded on the events of its outlets.

    The extra is ``{"run_key": …, "activations": {"high_value.x": {"run_id": …, "members_added": …, …}}}``.
    """
    short = fit(summary)
    extra: Summary = {
        "run_key": summary["run_key"],
        "activations": {entry.get("activation"): counts_of(entry) for entry in short["activations"]},
    }
    if "totals" in short:
        extra["totals"] = short["totals"]
    for outlet in outlets:
        if isinstance(outlet, Asset):
            context["outlet_events"][outlet].extra = extra
