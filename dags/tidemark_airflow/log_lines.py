"""The runner's log lines, JSON on standard error, as lines of the task log at their level."""

from __future__ import annotations

import json
import logging

from tidemark_airflow.masking import masked

# A line of the task log; what is longer is no log line of the runner.
LOG_CHARACTERS = 4_000

_LEVELS = {"info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
_KNOWN = ("at", "level", "event", "message")


def read_log_line(line: str) -> tuple[int, str]:
    """
    Level and readable text of one line.

    ``{"level":"warn","event":"throttled","message":"Waits 3 s","batch":4}`` is a warning that reads
    ``throttled: Waits 3 s batch=4``. Any other line is information as it stands, cut to ``LOG_CHARACTERS``.
    """
    try:
        fields = json.loads(line) if line.startswith("{") else None
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or "event" not in fields:
        return logging.INFO, cut(line)
    facts = " ".join(f"{name}={value}" for name, value in fields.items() if name not in _KNOWN)
    message = fields.get("message")
    text = str(fields["event"]) if message is None else f"{fields['event']}: {message}"
    return _LEVELS.get(str(fields.get("level")), logging.INFO), cut(f"{text} {facts}".rstrip())


def cut(line: str) -> str:
    """At most ``LOG_CHARACTERS``, and how many are missing; without secrets."""
    line = masked(line)
    if len(line) <= LOG_CHARACTERS:
        return line
    return f"{line[:LOG_CHARACTERS]}… ({len(line) - LOG_CHARACTERS} more characters)"
