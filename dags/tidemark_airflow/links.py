"""The link from a task to the receipts of its run."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.sdk import BaseOperatorLink

from tidemark_airflow.summary import Summary

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

_FIELDS = ("run_id", "activation", "audience_id", "run_key")


class ReceiptsLink(BaseOperatorLink):
    """
    A button of the task, filled from the summary of its last try; without ``receipts_url`` it is dead.

    Airflow asks for it in the process that ran the task and stores the answer.
    """

    name = "Receipts"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        """The address, "" where there is none."""
        return str(getattr(operator, "receipts_link", ""))


def check_receipts_url(url: str | None) -> str | None:
    """The address as it came. Raises ValueError where it has a field that no summary has."""
    if url is not None and "{{" not in url and "{%" not in url:
        unknown = [name for _, name, _, _ in Formatter().parse(url) if name is not None and name not in _FIELDS]
        if unknown:
            raise ValueError(
                f"receipts_url={url!r}: unknown {unknown}; it takes {[f'{{{name}}}' for name in _FIELDS]}."
            )
    return url


def receipts_link(url: str | None, summary: Summary) -> str:
    """The address for the first activation of a summary; "" without an address or without an activation."""
    if not url or not summary["activations"]:
        return ""
    facts = {**summary["activations"][0], "run_key": summary["run_key"]}
    return url.format_map({name: quote(str(facts.get(name) or ""), safe="") for name in _FIELDS})
