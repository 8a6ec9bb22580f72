"""A warehouse with a segment, a configuration and a DAG file: what tests of whole DAG runs begin with."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import DAGS_FOLDER, TIDEMARK, Warehouse

MEMBERS = "('c1', 'ada@example.com'), ('c2', 'bob@example.com'), ('c3', 'cy@example.com')"


class Bench:
    """A warehouse with a segment of three, a configuration and the connections that it names."""

    def __init__(self, folder: Path, warehouse: Warehouse, x_url: str, patch: pytest.MonkeyPatch) -> None:
        self.warehouse = warehouse
        self.config = folder / "tidemark.yml"
        self.config.write_text(CONFIGURATION.format(audience=f"a {uuid.uuid4().hex[:8]}"))
        warehouse.sql(
            "create table people (customer_id varchar(10), email varchar(100))",
            f"insert into people values {MEMBERS}",
        )
        secrets = {
            "consumer_key": "sim-consumer-key",
            "consumer_secret": "sim-consumer-secret",
            "access_token": "sim-access-token",
            "access_token_secret": "sim-access-token-secret",
        }
        x_main = {"conn_type": "x_ads", "host": x_url, "extra": {"account_id": "18ce54d4x5t", **secrets}}
        patch.setenv("AIRFLOW_CONN_ANALYTICS", warehouse.connection)
        patch.setenv("AIRFLOW_CONN_X_MAIN", json.dumps(x_main))

    def runs(self) -> list[dict[str, str | None]]:
        """What the runner wrote about its runs, in order."""
        return self.warehouse.sql(
            "select status, run_key, members_added from tidemark.runs order by started_at, attempt"
        )


CONFIGURATION = """
version: 1
warehouse: {{ connection: analytics, schema: tidemark }}
destinations:
  x: {{ type: x_ads, connection: x_main }}
segments:
  high_value:
    relation: people
    member_key: customer_id
    activate:
      - {{ destination: x, audience: {{ name: "{audience}" }}, fields: {{ email: email }} }}
"""

DAG_FILE = """
from datetime import timedelta
from airflow.sdk import DAG, Asset
from tidemark_airflow import TidemarkRunOperator

with DAG({dag_id!r}, schedule=None):
    TidemarkRunOperator(task_id="x", **{arguments!r}, retry_delay=timedelta(seconds=0), {more})
"""


def load_dag(file: Path) -> Any:
    """The DAG of a file that is named for it."""
    bag = dag_bag(file)
    assert bag.import_errors == {}
    return bag.dags[file.stem]


@pytest.fixture
def dag_of() -> Iterator[Callable[..., Any]]:
    """Writes a DAG file with one task and loads it as Airflow does."""
    written: list[Path] = []

    def load(bench: Bench, more: str = "", **arguments: Any) -> Any:
        dag_id = f"dag_{uuid.uuid4().hex[:8]}"
        usual = {
            "activation": "high_value.x",
            "config": str(bench.config),
            "command": TIDEMARK,
            "connections": ["analytics", "x_main"],
        }
        file = DAGS_FOLDER / f"{dag_id}.py"
        written.append(file)
        file.write_text(DAG_FILE.format(dag_id=dag_id, arguments={**usual, **arguments}, more=more))
        return load_dag(file)

    yield load
    # Airflow reads the whole folder again for every test run.
    for file in written:
        file.unlink()


def dag_bag(path: Path) -> Any:
    """The DAGs in a file or folder, as Airflow finds them."""
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:  # before 3.2
        from airflow.models.dagbag import DagBag

    return DagBag(str(path))


def end_of(dag_run: Any) -> Any:
    """The task instance."""
    [ti] = dag_run.get_task_instances()
    return ti
