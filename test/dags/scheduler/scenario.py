"""A delivery as a task of the real scheduler."""

from __future__ import annotations

import json
import signal
from typing import Any

from conftest import TIDEMARK, Warehouse
from delivery import LEASE_SECONDS, Delivery, wait_until

from scheduler.standalone import Standalone, kill, processes

DAG_FILE = """
from datetime import timedelta
from airflow.sdk import DAG
from tidemark_airflow import TidemarkRunOperator

with DAG({name!r}, schedule=None):
    TidemarkRunOperator(
        task_id="x", activation="people.x", config={config!r}, command={command!r}, connections=["analytics", "x_main"],
        lease_seconds={lease}, retries={retries}, retry_delay=timedelta(seconds=1),
    )
"""


class Scenario(Delivery):
    """One task that delivers, ``retries`` times at most besides the first."""

    def __init__(
        self, name: str, airflow: Standalone, warehouse: Warehouse, x_url: str, relation: str = "", retries: int = 3
    ) -> None:
        super().__init__(name, airflow.home, warehouse, x_url, relation)
        self.airflow = airflow
        file = airflow.dags / f"{name}.py"
        file.write_text(
            DAG_FILE.format(name=name, config=self.config, command=TIDEMARK, lease=LEASE_SECONDS, retries=retries)
        )
        wait_until(f"the DAG {name} to be read", lambda: airflow.has_dag(name))

    def trigger(self) -> str:
        """A new DAG run; its id."""
        run: dict[str, Any] = self.airflow.api("POST", f"dags/{self.name}/dagRuns", {"logical_date": None})
        return str(run["dag_run_id"])

    def task(self, run: str) -> dict[str, Any]:
        """The task instance, as the REST API has it."""
        found: dict[str, Any] = self.airflow.api("GET", f"dags/{self.name}/dagRuns/{run}/taskInstances/x")
        return found

    def wait_for(self, run: str, *states: str) -> dict[str, Any]:
        """Waits until the task is in one of these states. A state that it never leaves ends the wait."""
        final = {"success", "failed", "skipped", "upstream_failed", "removed"}

        def reached() -> dict[str, Any] | None:
            task = self.task(run)
            if task["state"] in states:
                return task
            assert task["state"] not in final, f"{self.name}: {task['state']} instead of {states}\n{self.log()}"
            return None

        found: dict[str, Any] = wait_until(f"{self.name} to be {states}", reached)
        return found

    def log(self) -> str:
        """The end of the task's logs."""
        files = sorted((self.airflow.home / "logs").rglob(f"dag_id={self.name}/**/*.log"))
        return "\n".join(file.read_text(errors="replace")[-3000:] for file in files)

    def clear(self, run: str) -> None:
        """Clears the task, as an operator does in the UI."""
        body = {"dag_run_id": run, "task_ids": ["x"], "dry_run": False, "only_failed": False}
        self.airflow.api("POST", f"dags/{self.name}/clearTaskInstances", body)

    def mark_failed(self, run: str) -> None:
        """Marks the task as failed while it runs."""
        self.airflow.api("PATCH", f"dags/{self.name}/dagRuns/{run}/taskInstances/x", {"new_state": "failed"})

    def summary(self, run: str) -> dict[str, Any]:
        """What the task returned."""
        path = f"dags/{self.name}/dagRuns/{run}/taskInstances/x/xcomEntries/return_value"
        value = self.airflow.api("GET", path)["value"]
        found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
        return found

    def runner(self) -> int:
        """The process of the runner."""
        found = [pid for pid, (_, _, command) in processes().items() if self.config in command and " run " in command]
        assert len(found) == 1, found
        return found[0]

    def task_runner(self) -> int:
        """Airflow's process that executes the task: the runner's parent."""
        return processes()[self.runner()][0]

    def supervisor(self) -> int:
        """Airflow's process that watches the task runner: its parent."""
        return processes()[self.task_runner()][0]

    def wait_for_runner_to_end(self) -> None:
        """An orphan drains by itself."""
        wait_until(
            f"the runner of {self.name} to end",
            lambda: not any(self.config in command and " run " in command for _, _, command in processes().values()),
        )

    def kill(self, pid: int, number: signal.Signals) -> None:
        """A signal, as an operator or the kernel sends it."""
        kill(pid, number)
