"""The pictures of docs/airflow.md, from the real UI: ``npm run pictures``. Needs Debian's chromium."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from conftest import NODE, ROOT, Warehouse

from scheduler.quick_start import DAG_ID, TASK_ID, QuickStart


def test_pictures(duckdb: Warehouse, simulators: dict[str, Any], tmp_path: Path) -> None:
    """Twelve people, of whom one has no e-mail address; a second run has nothing to do."""
    duckdb.sql(
        "create table high_value (customer_id varchar, email varchar)",
        "insert into high_value select 'c' || i, case when i < 12 then 'p' || i || '@example.com' end "
        "from range(1, 13) as t(i)",
    )
    start = QuickStart(tmp_path, duckdb, simulators["x"])
    try:
        start.follow()
        run_id = start.run()["dag_run_id"]
        start.run()
        of_task = f"dags/{DAG_ID}/runs/{run_id}/tasks/{TASK_ID}"
        photograph(start.airflow.url, {f"dags/{DAG_ID}": "airflow-dag", f"{of_task}/xcom": "airflow-xcom"})
    finally:
        start.airflow.stop()


def photograph(url: str, pages: dict[str, str]) -> None:
    """Pages of the UI, each into ``docs/images/<name>.png``."""
    wanted = {f"{url}/{page}": str(ROOT / "docs" / "images" / f"{name}.png") for page, name in pages.items()}
    script = Path(__file__).with_name("photograph.ts")
    subprocess.run([str(NODE), str(script), json.dumps(wanted)], check=True)
