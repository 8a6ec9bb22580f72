"""Whole DAG runs: the real Airflow, the project's own runner, real warehouses, the simulated platforms."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import DAGS_FOLDER, TIDEMARK, Warehouse

pytestmark = pytest.mark.usefixtures("airflow_database")

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


@pytest.fixture(params=["duckdb", "postgres"])
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, simulators: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Bench:
    return Bench(tmp_path, request.getfixturevalue(request.param), simulators["x"], monkeypatch)


@pytest.fixture
def dag_of() -> Callable[..., Any]:
    """Writes a DAG file with one task and loads it as Airflow does."""
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:
        from airflow.models.dagbag import DagBag

    def load(bench: Bench, more: str = "", **arguments: Any) -> Any:
        dag_id = f"dag_{uuid.uuid4().hex[:8]}"
        usual = {
            "activation": "high_value.x",
            "config": str(bench.config),
            "command": TIDEMARK,
            "connections": ["analytics", "x_main"],
        }
        file = DAGS_FOLDER / f"{dag_id}.py"
        file.write_text(DAG_FILE.format(dag_id=dag_id, arguments={**usual, **arguments}, more=more))
        bag = DagBag(str(file))
        assert bag.import_errors == {}
        return bag.dags[dag_id]

    return load


def end_of(dag_run: Any) -> Any:
    """The task instance."""
    [ti] = dag_run.get_task_instances()
    return ti


def test_success_has_its_summary_in_xcom_and_its_counts_on_the_asset(bench: Bench, dag_of: Callable[..., Any]) -> None:
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session

    uri = f"x-tidemark://{uuid.uuid4().hex}"
    dag = dag_of(
        bench, more=f"outlets=[Asset({uri!r})], receipts_url='https://bi.example/runs/{{run_id}}?a={{activation}}'"
    )
    dag_run = dag.test()
    ti = end_of(dag_run)
    assert ti.state == "success"
    summary = ti.xcom_pull(task_ids="x")
    assert summary["run_key"] == f"{dag.dag_id}/{dag_run.run_id}/x/-1"
    [entry] = summary["activations"]
    assert (entry["members_added"], entry["identifiers_added"]) == (3, 3)
    link = ti.xcom_pull(task_ids="x", key="_link_ReceiptsLink")
    assert link == f"https://bi.example/runs/{entry['run_id']}?a=high_value.x"
    with create_session() as session:
        query = session.query(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
        [event] = query.filter(AssetModel.uri == uri).all()
    assert event.extra["run_key"] == summary["run_key"]
    counts = event.extra["activations"]["high_value.x"]
    assert (counts["run_id"], counts["members_added"], counts["members_removed"]) == (entry["run_id"], 3, 0)


def test_nothing_to_do_is_skipped_and_a_change_is_not(bench: Bench, dag_of: Callable[..., Any]) -> None:
    dag = dag_of(bench)
    assert end_of(dag.test()).state == "success"
    assert end_of(dag.test()).state == "skipped"
    bench.warehouse.sql(
        "delete from people where customer_id = 'c3'", "insert into people values ('c4', 'd@example.com')"
    )
    ti = end_of(dag.test())
    assert ti.state == "success"
    [entry] = ti.xcom_pull(task_ids="x")["activations"]
    assert (entry["members_added"], entry["members_removed"]) == (1, 1)


def test_a_wrong_configuration_fails_at_once(bench: Bench, dag_of: Callable[..., Any]) -> None:
    bench.config.write_text(bench.config.read_text().replace("relation: people", "relation: nobody"))
    ti = end_of(dag_of(bench, retries=3).test())
    assert (ti.state, ti.try_number) == ("failed", 1)


def test_what_may_pass_is_tried_again_under_the_same_key(
    bench: Bench, dag_of: Callable[..., Any], simulators: dict[str, Any], tmp_path: Path
) -> None:
    """The first try cannot reach the platform (75); the second can."""
    wrapper = tmp_path / "first-without-network.sh"
    wrapper.write_text(
        "#!/bin/sh\n"
        f"if mkdir {tmp_path}/tried 2>/dev/null; then\n"
        f"  AIRFLOW_CONN_X_MAIN=$(printf %s \"$AIRFLOW_CONN_X_MAIN\" | sed 's#{simulators['x']}#http://127.0.0.1:1#')\n"
        "fi\n"
        f'exec {" ".join(TIDEMARK)} "$@"\n'
    )
    wrapper.chmod(0o755)
    dag = dag_of(bench, command=[str(wrapper)], retries=2)
    dag_run = dag.test()
    ti = end_of(dag_run)
    assert (ti.state, ti.try_number) == ("success", 2)
    runs = bench.runs()
    assert [run["status"] for run in runs] == ["failed", "succeeded"]
    assert {run["run_key"] for run in runs} == {f"{dag.dag_id}/{dag_run.run_id}/x/-1"}
