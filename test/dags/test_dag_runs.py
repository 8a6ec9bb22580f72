"""Whole DAG runs: the real Airflow, the project's own runner, real warehouses, the simulated platforms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import TIDEMARK, Warehouse

from bench import Bench, dag_of, end_of

__all__ = ["dag_of"]

pytestmark = pytest.mark.usefixtures("airflow_database")


@pytest.fixture(params=["duckdb", "postgres"])
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, simulators: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Bench:
    return Bench(tmp_path, request.getfixturevalue(request.param), simulators["x"], monkeypatch)


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


def test_a_time_out_drains_and_the_next_try_goes_on(
    duckdb: Warehouse,
    tmp_path: Path,
    simulators: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    dag_of: Callable[..., Any],
) -> None:
    """The first try would wait for ever; it sees SIGTERM, says so in a file, and the second is the real runner."""
    wrapper = tmp_path / "first-waits.sh"
    wrapper.write_text(
        "#!/bin/sh\n"
        f"if mkdir {tmp_path}/tried 2>/dev/null; then\n"
        f"  trap 'touch {tmp_path}/asked; exit 143' TERM\n"
        "  while :; do sleep 0.1; done\n"
        "fi\n"
        f'exec {" ".join(TIDEMARK)} "$@"\n'
    )
    wrapper.chmod(0o755)
    bench = Bench(tmp_path, duckdb, simulators["x"], monkeypatch)
    # On a busy machine the real runner may be too slow for it, too: then there are more tries.
    ti = end_of(dag_of(bench, "execution_timeout=timedelta(seconds=15)", command=[str(wrapper)], retries=5).test())
    assert (tmp_path / "asked").exists()
    assert ti.state == "success"
    assert ti.try_number > 1
