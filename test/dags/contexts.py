"""What Airflow's task runner hands to ``execute``, as far as the operators look."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class TaskInstance(SimpleNamespace):
    """Keeps what is pushed to XCom in ``pushed``."""

    def xcom_push(self, key: str, value: Any) -> None:
        """As Airflow's."""
        self.pushed[key] = value


def context_of(**facts: Any) -> dict[str, Any]:
    """The context of the first try of the task ``x``; ``facts`` say otherwise."""
    usual = {"dag_id": "d", "task_id": "x", "run_id": "r", "map_index": -1, "try_number": 1, "max_tries": 0}
    ti = TaskInstance(**{**usual, **facts}, pushed={})
    return {"ti": ti, "run_id": ti.run_id, "dag": SimpleNamespace(dag_id=ti.dag_id)}
