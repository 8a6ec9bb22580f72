"""Running another operator inside ``execute``."""

from __future__ import annotations

import logging
from typing import Any

from tidemark_airflow.log_lines import read_log_line


def execute_within(operator: Any, context: Any) -> Any:
    """
    Calls ``operator.execute`` without Airflow's warning that it was called outside a task runner: it is within one.

    Where Airflow does not wrap ``execute`` this is a plain call.
    """
    execute = type(operator).execute
    return getattr(execute, "__wrapped__", execute)(operator, context)


class RunnerLines(logging.Filter):
    """On a logger that is given the runner's output line by line: each at its own level, as readable text."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes; one that is a log line of the runner is rewritten."""
        line = record.getMessage()
        level, text = read_log_line(line)
        record.msg, record.args = text, ()
        if line.startswith("{"):
            record.levelno, record.levelname = level, logging.getLevelName(level)
        return True
