"""``tidemark sizes`` as a task: with the same backends, secrets and ends as a run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import fake_runner
from contexts import context_of
from fake_cluster import fake_cluster
from tidemark_airflow import TidemarkSizesOperator
from tidemark_airflow.exceptions import TidemarkNoSummary, TidemarkPermissionError

CANARY = "canary7f3a"


def document(**more: Any) -> str:
    size = {"activation": "a.x", "platform_size": 1200, "error": None}
    return json.dumps({"schema": "tidemark.sizes/1", "sizes": [size], **more})


@pytest.fixture(autouse=True)
def x_main(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_X_MAIN", json.dumps({"conn_type": "x_ads", "extra": {"access_token": CANARY}}))


def test_the_sizes_are_returned_without_a_secret() -> None:
    quoting = document(sizes=[{"activation": "a.x", "error": {"code": "c", "message": f"{CANARY} is wrong"}}])
    runner = fake_runner([["out", quoting], ["exit", 0]])
    said = TidemarkSizesOperator(task_id="sizes", connections=["x_main"], **runner).execute(context_of())
    assert said == {"sizes": [{"activation": "a.x", "error": {"code": "c", "message": "*** is wrong"}}]}


@pytest.mark.parametrize(
    ("line", "code", "expected"),
    [
        (document(error={"code": "token", "message": "refused"}), 77, TidemarkPermissionError),
        ("nothing", 0, TidemarkNoSummary),
    ],
)
def test_an_end_has_the_class_of_a_run(line: str, code: int, expected: type[Exception]) -> None:
    task = TidemarkSizesOperator(task_id="sizes", **fake_runner([["out", line], ["exit", code]]))
    with pytest.raises(expected):
        task.execute(context_of())


def test_an_unknown_backend_is_an_error_while_the_dag_is_parsed() -> None:
    with pytest.raises(ValueError, match="backend='dokcer': it is one of subprocess, docker, kubernetes"):
        TidemarkSizesOperator(task_id="sizes", backend="dokcer")


def test_it_runs_in_a_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    """And asks Airflow for no connection that the cluster has."""
    with fake_cluster(f"2026-12-01T00:00:00.000000000Z {document()}\n", exit_code=0) as cluster:
        monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(cluster.connection()))
        task = TidemarkSizesOperator(
            task_id="sizes",
            backend="kubernetes",
            connections=["x_main", "held"],
            backend_options={
                "do_xcom_push": False,
                "startup_check_interval_seconds": 1,
                "connection_secrets": {"held": "s"},
            },
        )
        assert task.execute(context_of())["sizes"][0]["platform_size"] == 1200
    [pod] = [body for method, path, body in cluster.asked if method == "POST" and path.endswith("/pods")]
    [container] = pod["spec"]["containers"]
    assert container["args"] == ["sizes", "--config", "tidemark.yml", "--json"]
