"""The key of a run over retries and clears, in the real Airflow."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import DAGS_FOLDER, Warehouse, fake_runner
from tidemark_airflow import TidemarkRunOperator

from bench import Bench, dag_of, end_of, load_dag

__all__ = ["dag_of"]


def clear_and_run(dag: Any, dag_run: Any) -> Any:
    """Clears the task as the web server does, and runs it again as ``dag.test`` does. Returns the task instance."""
    from airflow.models.taskinstance import clear_task_instances
    from airflow.sdk.definitions.dag import _run_task
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState, TaskInstanceState

    with create_session() as session:
        clear_task_instances([end_of(dag_run)], session=session, dag_run_state=DagRunState.RUNNING)
    with create_session() as session:
        [ti] = dag_run.get_task_instances(session=session)
        ti.try_number += 1
        ti.state = TaskInstanceState.SCHEDULED
    _run_task(ti=end_of(dag_run), task=dag.task_dict["x"])
    return end_of(dag_run)


@pytest.mark.usefixtures("airflow_database")
def test_a_clear_does_nothing_twice_unless_it_asks(
    duckdb: Warehouse,
    tmp_path: Path,
    simulators: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    dag_of: Callable[..., Any],
) -> None:
    bench = Bench(tmp_path, duckdb, simulators["x"], monkeypatch)
    dag = dag_of(bench, retries=2)
    dag_run = dag.test()
    first = end_of(dag_run).xcom_pull(task_ids="x")
    key = f"{dag.dag_id}/{dag_run.run_id}/x/-1"
    assert first["run_key"] == key

    again = clear_and_run(dag, dag_run)
    assert again.try_number == 2
    assert (again.state, again.xcom_pull(task_ids="x")) == ("success", first)
    assert len(bench.runs()) == 1

    duckdb.sql("insert into people values ('c4', 'd@example.com')")
    monkeypatch.setenv("AIRFLOW_VAR_TIDEMARK_RUN_AGAIN", f"another, {dag.dag_id}")
    asked = clear_and_run(dag, dag_run)
    assert asked.state == "success"
    assert asked.xcom_pull(task_ids="x")["run_key"] == f"{key}/after-2-tries"
    assert [run["run_key"] for run in bench.runs()] == [key, f"{key}/after-2-tries"]


@pytest.mark.parametrize(
    ("after_clear", "max_tries", "part"),
    [
        ("again", 2, ""),  # 2 retries, never cleared
        ("again", 3, "/after-1-tries"),
        ("again", 5, "/after-3-tries"),
        ("same", 5, ""),
        ("ask", 5, ""),
    ],
)
def test_the_part_of_a_clear_is_the_same_for_its_retries(after_clear: Any, max_tries: int, part: str) -> None:
    task = TidemarkRunOperator(task_id="x", activation="a.x", retries=2, after_clear=after_clear)
    for try_number in (max_tries - 1, max_tries, max_tries + 1):
        ti = SimpleNamespace(dag_id="d", max_tries=max_tries, try_number=try_number)
        assert task.rerun_part(ti, {}) == part


MAPPED = """
from airflow.sdk import DAG
from tidemark_airflow import TidemarkRunOperator

with DAG({dag_id!r}, schedule=None):
    TidemarkRunOperator.partial(task_id="x", **{runner!r}).expand(activation=["a.x", "b.x"])
"""


@pytest.mark.usefixtures("airflow_database")
def test_each_of_a_mapped_task_has_its_own_key() -> None:
    dag_id = f"dag_{uuid.uuid4().hex[:8]}"
    file = DAGS_FOLDER / f"{dag_id}.py"
    file.write_text(MAPPED.format(dag_id=dag_id, runner=fake_runner([["summary", {}]])))
    try:
        dag_run = load_dag(file).test()
    finally:
        file.unlink()
    ends = {ti.map_index: ti for ti in dag_run.get_task_instances()}
    assert {index: ti.state for index, ti in ends.items()} == {0: "success", 1: "success"}
    for index, ti in ends.items():
        [summary] = [ti.xcom_pull(task_ids="x", map_indexes=index)]
        assert summary["run_key"] == f"{dag_id}/{dag_run.run_id}/x/{index}"
