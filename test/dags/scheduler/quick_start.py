"""The quick start of docs/airflow.md, its blocks as they stand, on an Airflow that has nothing else of the project."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

from conftest import NODE, ROOT, TIDEMARK, Warehouse
from delivery import wait_until, x_connection
from test_docs import blocks

from scheduler.standalone import Standalone

DAG_ID, TASK_ID = "tidemark.high_value.x", "high_value.x"


class QuickStart:
    """A new user's machine: a plain Airflow, the provider by ``pip install ./dags``, and ``tidemark`` on the path."""

    def __init__(self, folder: Path, warehouse: Warehouse, x_url: str) -> None:
        self.environment = copied(plain_airflow(), folder / "environment")
        tidemark = self.environment / "bin" / "tidemark"
        tidemark.write_text(f'#!/bin/sh\nexec {" ".join(TIDEMARK)} "$@"\n')
        tidemark.chmod(tidemark.stat().st_mode | stat.S_IXUSR)
        connections = {"AIRFLOW_CONN_ANALYTICS": warehouse.connection, "AIRFLOW_CONN_X_MAIN": x_connection(x_url)}
        home = folder / "airflow"
        self.airflow = Standalone(home, connections, python=self.environment / "bin" / "python")
        self.airflow.environment.pop("PYTHONPATH", None)

    def follow(self) -> None:
        """Runs the blocks in their order, with Airflow started before the pools are imported."""
        [install, *later], [configuration], [dag_file] = blocks("bash"), blocks("yaml"), blocks("python")
        self.shell(install, ROOT)
        (self.airflow.dags / "tidemark.yml").write_text(configuration)
        self.airflow.start()
        for commands in later:
            self.shell(commands, self.airflow.dags)
        (self.airflow.dags / "activations.py").write_text(dag_file)
        wait_until("the DAG to be read", lambda: self.airflow.has_dag(DAG_ID))

    def run(self) -> dict[str, Any]:
        """A run of the DAG to its end; the task instance."""
        run_id = self.airflow.api("POST", f"dags/{DAG_ID}/dagRuns", {"logical_date": None})["dag_run_id"]
        path = f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/{TASK_ID}"
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(self.airflow.api("GET", path))
            return found["state"] in ("success", "failed", "skipped", "up_for_retry")

        wait_until("the task to end", ended)
        return found

    def shell(self, commands: str, folder: Path) -> None:
        """Commands as a person gives them. What a build needs is in the environment: pip fetches nothing."""
        environment = {**self.airflow.environment, "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
        program = ["bash", "-euo", "pipefail", "-c", commands]
        done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def plain_airflow() -> Path:
    """The folder of the environment; made where it is not there."""
    program = [str(NODE), str(ROOT / "test" / "python" / "python.ts"), "airflow-plain"]
    asked = [*program, "-c", "import sys; print(sys.prefix)"]
    return Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())


def copied(environment: Path, to: Path) -> Path:
    """A copy to install into; its files are links, which pip adds to and does not write."""
    shutil.copytree(environment, to, symlinks=True, copy_function=os.link)
    return to
