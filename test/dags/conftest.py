"""What the tests of the Airflow provider share: one Airflow home, one database, simulators."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NODE = ROOT / "node_modules" / "node" / "bin" / "node"
# The project's own runner, from its source.
TIDEMARK = [str(NODE), str(ROOT / "connector" / "cli.ts")]

# Airflow reads its environment when it is imported, so all of this comes before any test module.
AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="tidemark-airflow-home-"))
DAGS_FOLDER = AIRFLOW_HOME / "dags"
DAGS_FOLDER.mkdir()
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)
os.environ.update(
    AIRFLOW_HOME=str(AIRFLOW_HOME),
    AIRFLOW__CORE__DAGS_FOLDER=str(DAGS_FOLDER),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS="True",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
    AIRFLOW__COSMOS__ENABLE_TELEMETRY="False",
    DBT_SEND_ANONYMOUS_USAGE_STATS="False",
)
sys.path.insert(0, str(DAGS_FOLDER))


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's own database, SQLite, once for all tests that run DAGs (4 s)."""
    migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
    done = subprocess.run(migrate, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@contextmanager
def served(*program: str, by_signal: bool = False) -> Iterator[dict[str, Any]]:
    """
    What a program prints in its first line, as JSON, while it runs.

    It ends with its standard input, or ``by_signal``; the end of the block waits for it.
    """
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            line = child.stdout.readline()
            assert line, f"{program} ended before it said where it is"
            yield json.loads(line)
        finally:
            child.stdin.close()
            if by_signal:
                child.terminate()


@pytest.fixture(scope="session")
def simulators() -> Iterator[dict[str, Any]]:
    """Both ad platforms on free ports: ``{"x": url, "tiktok": url, "environment": {…}}``."""
    ports = ["--x-port", "0", "--tiktok-port", "0", "--webhook-port", "0"]
    with served(*TIDEMARK, "simulate", "--json", "--no-rate-limits", *ports, by_signal=True) as found:
        yield found


def fake_runner(steps: list[list[Any]]) -> dict[str, Any]:
    """Arguments of a task whose runner does these steps; see ``fake_runner.py``."""
    command = [sys.executable, str(Path(__file__).with_name("fake_runner.py"))]
    return {"command": command, "env": {"FAKE": json.dumps(steps)}}


def wait_for(path: Path, seconds: float = 60) -> None:
    """Waits until a file is there; fails where it does not come."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not come in {seconds} s"
        time.sleep(0.02)


@dataclass(frozen=True)
class Warehouse:
    """A warehouse for one test, and the Airflow connection that leads to it."""

    kind: str
    address: str
    connection: str

    def sql(self, *statements: str) -> list[dict[str, str | None]]:
        """The rows of the last statement; a DuckDB file is open only meanwhile."""
        program = [str(NODE), str(ROOT / "test" / "dags" / "sql.ts"), self.address, *statements]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        rows: list[dict[str, str | None]] = json.loads(done.stdout)
        return rows


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[dict[str, Any]]:
    """A PostgreSQL of its own: host, port, user, password, database."""
    with served(str(NODE), str(ROOT / "test" / "dags" / "postgres.ts")) as found:
        yield found


@pytest.fixture
def duckdb(tmp_path: Path) -> Warehouse:
    """A DuckDB file."""
    path = str(tmp_path / "warehouse.duckdb")
    return Warehouse("duckdb", path, json.dumps({"conn_type": "duckdb", "host": path}))


def postgres_at(server: dict[str, Any], database: str) -> Warehouse:
    """A database of this server."""
    connection = {
        "conn_type": "postgres",
        "host": server["host"],
        "port": server["port"],
        "login": server["user"],
        "password": server["password"],
        "schema": database,
    }
    address = f"postgresql://{server['user']}:{server['password']}@{server['host']}:{server['port']}/{database}"
    return Warehouse("postgres", address, json.dumps(connection))


@pytest.fixture
def postgres(postgres_server: dict[str, Any]) -> Warehouse:
    """A database of its own on the server."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_at(postgres_server, postgres_server["database"]).sql(f"create database {name}")
    return postgres_at(postgres_server, name)
