"""The runner's last line: one JSON document that says how each activation ended."""

from __future__ import annotations

import json
from typing import Any

Summary = dict[str, Any]

SCHEMA = "tidemark.summary/1"
# XCom is a row of Airflow's database: a summary is cut to this many bytes of JSON.
XCOM_BYTES = 10_000

COUNTS = (
    "segment_members",
    "reachable_members",
    "members_added",
    "members_removed",
    "identifiers_added",
    "identifiers_removed",
    "identifiers_resent",
    "identifiers_rejected",
    "batches",
    "api_calls",
)


def read_summary(line: str, run_key: str) -> tuple[Summary | None, str]:
    """
    The summary in the last line of standard output, or None with the reason why it is none.

    It counts only when it is of this ``run_key``: the line of another run proves nothing about this one.
    """
    if line.strip() == "":
        return None, "standard output ended without a line"
    try:
        summary = json.loads(line)
    except ValueError:
        return None, f"its last line of standard output is no JSON: {shown(line)}"
    if not isinstance(summary, dict) or summary.get("schema") != SCHEMA:
        return None, f"its last line of standard output is no {SCHEMA}: {shown(line)}"
    if summary.get("run_key") != run_key:
        return None, f"its summary is of another run: {shown(str(summary.get('run_key')))} instead of {run_key}"
    activations = summary.get("activations")
    if not isinstance(activations, list) or not all(isinstance(entry, dict) for entry in activations):
        return None, f"its summary lists no activations: {shown(line)}"
    return summary, ""


def shown(text: str, length: int = 120) -> str:
    """A text for a message: quoted, without control characters, cut."""
    return repr(text if len(text) <= length else f"{text[:length]}…")


def first_error(summary: Summary) -> tuple[str | None, str]:
    """Code and text of what went wrong: of the run as a whole, else of the first activation that failed."""
    if isinstance(error := summary.get("error"), dict):
        return error.get("code"), f"{error.get('code')}: {error.get('message')}"
    failed = [entry for entry in summary["activations"] if isinstance(entry.get("error"), dict)]
    if not failed:
        return None, ""
    error = failed[0]["error"]
    text = f"{failed[0].get('activation')}: {error.get('code')}: {error.get('message')}"
    others = len(failed) - 1
    return error.get("code"), text if others == 0 else f"{text} (and {others} more of {len(summary['activations'])})"


def counts_of(entry: Summary) -> Summary:
    """An activation's entry without its error and durations: its run and what it counted."""
    return {key: entry.get(key) for key in ("run_id", "status", "audience_id", *COUNTS) if key in entry}


def fit(summary: Summary, limit: int = XCOM_BYTES) -> Summary:
    """
    The summary in at most ``limit`` bytes of JSON.

    Too long a summary keeps its head and gains ``totals`` over all activations and ``activations_left_out``; of the
    activations, those that did not succeed come first, with their messages cut.
    """
    if size(summary) <= limit:
        return summary
    entries = sorted(summary["activations"], key=lambda entry: entry.get("status") == "succeeded")
    totals = {key: sum(number(entry.get(key)) for entry in entries) for key in COUNTS}
    head = {**summary, "totals": totals, "activations": [], "activations_left_out": len(entries)}
    if isinstance(head.get("error"), dict):
        head["error"] = cut_error(head["error"])
    room = limit - size(head)
    kept: list[Summary] = []
    for entry in entries:
        short = {**entry, "error": cut_error(entry["error"])} if isinstance(entry.get("error"), dict) else entry
        room -= size(short) + 2
        if room < 0:
            break
        kept.append(short)
    return {**head, "activations": kept, "activations_left_out": len(entries) - len(kept)}


def cut_error(error: Summary) -> Summary:
    """An error whose message is at most 300 characters long."""
    return {**error, "message": str(error.get("message"))[:300]}


def size(value: Summary) -> int:
    """Bytes of its JSON."""
    return len(json.dumps(value).encode())


def number(value: object) -> int:
    """A count, 0 where there is none."""
    return value if isinstance(value, int) else 0
