"""A real Airflow: scheduler with LocalExecutor, DAG processor and API server, on free ports of this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from delivery import wait_until


class Standalone:
    """``airflow standalone`` over one AIRFLOW_HOME; may be stopped and started again."""

    def __init__(self, home: Path, environment: dict[str, str], python: Path = Path(sys.executable)) -> None:
        self.home = home
        self.dags = home / "dags"
        self.dags.mkdir(parents=True, exist_ok=True)
        ports = free_ports(3)
        self.url = f"http://127.0.0.1:{ports[0]}"
        self.environment = {**os.environ, **settings(home, self.url, ports, python.parent), **environment}
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None
        self._token = ""

    def start(self) -> None:
        """Starts it in a session of its own, and waits until it is healthy."""
        log = (self.home / "standalone.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [str(self._python), "-m", "airflow", "standalone"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until("Airflow to be healthy", self._is_healthy)

    def stop(self) -> None:
        """Ends whatever lives of its session: first asked, then made to."""
        if self._process is None:
            return
        group = self._process.pid
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in pids_of_session(group):
                kill(pid, number)
            try:
                wait_until("Airflow to end", lambda: not pids_of_session(group), seconds=30)
                break
            except TimeoutError:
                continue
        self._process.wait()
        self._process = None

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the REST API; the answer's JSON. Raises ``HTTPError``."""
        request = urllib.request.Request(  # noqa: S310
            f"{self.url}/api/v2/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")

    def has_dag(self, dag_id: str) -> bool:
        """Whether the DAG processor has read it."""
        try:
            return bool(self.api("GET", f"dags/{dag_id}"))
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return False
            raise

    def _is_healthy(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise AssertionError((self.home / "standalone.log").read_text(errors="replace")[-3000:])
        try:
            with urllib.request.urlopen(f"{self.url}/auth/token", timeout=30) as answer:  # noqa: S310
                self._token = json.loads(answer.read())["access_token"]
            health = self.api("GET", "monitor/health")
        except OSError:
            return False
        return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))


def settings(home: Path, url: str, ports: list[int], programs: Path) -> dict[str, str]:
    """Airflow's environment: small, on free ports, quick to notice a task whose process has died."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__PORT": str(ports[0]),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(ports[1]),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(ports[2]),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PATH": f"{programs}:{os.environ['PATH']}",
    }


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody has now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def processes() -> dict[int, tuple[int, int, str]]:
    """Living processes: pid to parent, session and command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if fields[0] != "Z":
            found[int(folder.name)] = (int(fields[1]), int(fields[3]), command)
    return found


def pids_of_session(session: int) -> list[int]:
    """Processes of a session, and what they started in sessions of their own."""
    living = processes()
    inside = {pid for pid, (_, of, _) in living.items() if of == session}
    return sorted(inside)


def kill(pid: int, number: signal.Signals) -> None:
    """A signal to a process that may be gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
