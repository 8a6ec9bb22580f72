"""
The key of a run: equal keys have one effect.

It stays the same over the automatic retries of a task, and over a clear of it: the runner then answers with the stored
summary of the run that succeeded, and sends nothing. A clear that asks for another run gives the key a part of its own.
"""

from __future__ import annotations

from typing import Any, Literal

AfterClear = Literal["ask", "same", "again"]

DEFAULT_RUN_KEY = (
    "{{ dag.dag_id }}/{{ run_id }}/{{ ti.task_id }}/{{ ti.map_index }}{{ task.rerun_part(ti, var.value) }}"
)
# A Variable of Airflow: DAG ids, separated by commas, whose clears ask. A clear itself can carry nothing that a task
# could read: the configuration of the DAG run stays, and its note is not handed to tasks (seen on 3.3.2: always None).
ASKING_VARIABLE = "tidemark_run_again"


def tries_before_clear(max_tries: int, retries: int) -> int:
    """
    How many tries a task had before it was cleared last; 0 before the first clear.

    A clear sets ``max_tries`` to the tries there were plus the retries of the task, and nothing else changes it: so the
    number is the same for every automatic retry after that clear.
    """
    return max(0, max_tries - retries)


def rerun_part(after_clear: AfterClear, before: int, dag_id: str, variables: Any) -> str:
    """
    What a clear adds to the key: ``/after-3-tries``, or nothing.

    ``variables`` has a ``get(name, default)`` over Airflow's Variables; they are asked only where it matters.
    """
    if before == 0 or after_clear == "same":
        return ""
    asked = after_clear == "again" or dag_id in named_dags(variables)
    return f"/after-{before}-tries" if asked else ""


def named_dags(variables: Any) -> list[str]:
    """The DAG ids, separated by commas, in the Variable that asks."""
    return [name.strip() for name in str(variables.get(ASKING_VARIABLE, "")).split(",")]
