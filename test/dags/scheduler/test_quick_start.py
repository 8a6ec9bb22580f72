"""A new user follows docs/airflow.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conftest import Warehouse

from scheduler.quick_start import DAG_ID, TASK_ID, QuickStart


def test_the_quick_start_works_at_the_first_try(duckdb: Warehouse, simulators: dict[str, Any], tmp_path: Path) -> None:
    duckdb.sql(
        "create table high_value (customer_id varchar, email varchar)",
        "insert into high_value values ('c1', 'ada@example.com'), ('c2', 'bob@example.com')",
    )
    start = QuickStart(tmp_path, duckdb, simulators["x"])
    try:
        start.follow()
        task = start.run()
        assert (task["state"], task["try_number"]) == ("success", 1)
        path = f"dags/{DAG_ID}/dagRuns/{task['dag_run_id']}/taskInstances/{TASK_ID}/xcomEntries/return_value"
        assert start.airflow.api("GET", path)["value"]["activations"][0]["members_added"] == 2
    finally:
        start.airflow.stop()
