"""One activation of one segment, its DAG on the real scheduler, and what has to be true in the end."""

from __future__ import annotations

import hashlib
import json
import signal
import urllib.request
from dataclasses import dataclass
from typing import Any

from conftest import TIDEMARK, Warehouse

from scheduler.standalone import Standalone, kill, processes, wait_until

# 1,200 bytes hold 14 users with an e-mail address: 10 requests.
MEMBERS = 140
LEASE_SECONDS = 6

CONFIGURATION = """
version: 1
warehouse: {{ connection: analytics, schema: tm_{name} }}
run: {{ lease_seconds: {lease} }}
destinations:
  x:
    type: x_ads
    connection: x_main
    request: {{ timeout_ms: 3000, quiet_ms: 5000, max_bytes: 1200, concurrency: 1 }}
segments:
  people:
    relation: {relation}
    member_key: customer_id
    activate:
      - {{ destination: x, audience: {{ name: "{name}" }}, fields: {{ email: email }} }}
"""

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


@dataclass
class Scenario:
    """A segment of ``MEMBERS`` people who are to be sent in ten requests."""

    name: str
    airflow: Standalone
    warehouse: Warehouse
    x_url: str
    retries: int = 3
    relation: str = ""

    def __post_init__(self) -> None:
        table = f"people_{self.name}"
        self.warehouse.sql(
            f"create table {table} as select 'c' || i as customer_id, 'p' || i || '@example.com' as email "
            f"from generate_series(1, {MEMBERS}) as t(i)"
        )
        config = self.airflow.home / f"{self.name}.yml"
        config.write_text(
            CONFIGURATION.format(name=self.name, lease=LEASE_SECONDS, relation=self.relation or f"public.{table}")
        )
        file = self.airflow.dags / f"{self.name}.py"
        file.write_text(
            DAG_FILE.format(
                name=self.name, config=str(config), command=TIDEMARK, lease=LEASE_SECONDS, retries=self.retries
            )
        )
        self.config = str(config)
        wait_until(f"the DAG {self.name} to be read", lambda: self.airflow.has_dag(self.name))

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

    def slow(self) -> None:
        """From now on each add takes a second: ten take longer than Airflow needs to end a task (2.5 to 5 s)."""
        rule = {"match": {"op": "add"}, "times": "always", "fault": {"kind": "latency", "ms": 1000}}
        self.simulator("POST", "faults", [rule])

    def quick(self) -> None:
        """Adds are answered at once again."""
        self.simulator("DELETE", "faults")

    def simulator(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the simulated platform's control."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.x_url}/_simulator/{path}", method=method, data=data)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            text = answer.read().decode()
        return json.loads(text) if answer.headers["content-type"].startswith("application/json") else text

    def audience(self) -> dict[str, Any] | None:
        """The audience of this scenario, once it is there."""
        named = [one for one in self.simulator("GET", "audiences") if one["name"] == self.name]
        return named[0] if named else None

    def adds(self) -> list[dict[str, Any]]:
        """Requests that add to the audience, in order."""
        audience = self.audience()
        if audience is None:
            return []
        requests = self.simulator("GET", "requests")
        return [one for one in requests if one["op"] == "add" and one["audience"] == audience["id"]]

    def sent(self) -> int:
        """Identifiers in all requests that add, whatever came of them."""
        return sum(one["identifiers"] for one in self.adds())

    def wait_for_delivery(self) -> None:
        """Waits until the third request of adds has come: some are settled, one is under way, most are to come."""
        wait_until(f"{self.name} to deliver", lambda: len(self.adds()) >= 3)

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

    def check(self, attempts: int | None = None, unstored: int = 0) -> None:
        """
        The audience is the segment, no more and no less, and nothing that was stored as accepted was sent again.

        ``unstored``: so many identifiers were sent by a runner that was killed before it could store their receipts.
        """
        audience = self.audience()
        assert audience is not None
        wanted = {hashlib.sha256(f"p{i}@example.com".encode()).hexdigest() for i in range(1, MEMBERS + 1)}
        lines = self.simulator("GET", f"audiences/{audience['id']}/members").split("\n")
        assert {line.split(" ")[1] for line in lines if line} == wanted
        rows = self.warehouse.sql(
            f"select status, sum(identifiers) as n from tm_{self.name}.receipts where op = 'add' group by status"
        )
        accepted = {row["status"]: int(str(row["n"])) for row in rows}
        assert accepted.get("accepted") == MEMBERS, accepted
        sent = self.sent()
        assert sum(accepted.values()) <= sent <= sum(accepted.values()) + unstored, (sent, accepted)
        if attempts is not None:
            [row] = self.warehouse.sql(f"select count(*) as n from tm_{self.name}.runs")
            assert row["n"] == str(attempts)
