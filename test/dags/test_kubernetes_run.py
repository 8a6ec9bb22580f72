"""A pod from beginning to end: the real operator, hook and client against an API on localhost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from contexts import context_of
from fake_cluster import FakeCluster, fake_cluster
from tidemark_airflow import TidemarkRunOperator
from tidemark_airflow.exceptions import TidemarkConfigurationError, TidemarkKilled, TidemarkNoSummary

CANARY = "canary7f3a"
AT = "2026-12-01T00:00:00.000000000Z"


def log_of(*lines: str) -> str:
    return "".join(f"{AT} {line}\n" for line in lines)


def summary(**more: Any) -> str:
    return json.dumps(
        {"schema": "tidemark.summary/1", "run_key": "k", "status": "succeeded", "activations": [], **more}
    )


def task_for(cluster: FakeCluster, patch: pytest.MonkeyPatch) -> TidemarkRunOperator:
    patch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(cluster.connection()))
    patch.setenv("AIRFLOW_CONN_X_MAIN", json.dumps({"conn_type": "x_ads", "extra": {"access_token": CANARY}}))
    return TidemarkRunOperator(
        task_id="x",
        activation="a.x",
        run_key="k",
        backend="kubernetes",
        connections=["x_main"],
        backend_options={"do_xcom_push": False, "startup_check_interval_seconds": 1},
    )


def test_a_run_in_a_pod_ends_with_its_summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = log_of('{"level":"info","event":"lease_taken","fence":3}', summary())
    with fake_cluster(log, exit_code=0) as cluster:
        at = context_of()
        assert task_for(cluster, monkeypatch).execute(at) == json.loads(summary())
    said = capsys.readouterr().out
    assert "lease_taken fence=3" in said
    changes = [(method, path.split("/")[5]) for method, path, _ in cluster.asked if method != "GET"]
    assert changes == [
        ("POST", "secrets"),
        ("POST", "pods"),
        ("PATCH", "secrets"),
        ("DELETE", "pods"),
        ("DELETE", "secrets"),
    ]
    bodies = {path.split("/")[5]: json.dumps(body) for method, path, body in cluster.asked if method == "POST"}
    assert CANARY in bodies["secrets"]
    assert CANARY not in bodies["pods"]
    assert CANARY not in said
    assert CANARY not in json.dumps(at["ti"].pushed)


@pytest.mark.parametrize(
    ("lines", "exit_code", "expected"),
    [
        ([summary(status="failed", error={"code": "c", "message": "m"})], 78, TidemarkConfigurationError),
        ([], 137, TidemarkKilled),
        (["all is well"], 0, TidemarkNoSummary),
    ],
)
def test_the_exit_code_of_a_pod_has_its_class(
    monkeypatch: pytest.MonkeyPatch, lines: list[str], exit_code: int, expected: type[Exception]
) -> None:
    with fake_cluster(log_of(*lines), exit_code) as cluster, pytest.raises(expected) as caught:
        task_for(cluster, monkeypatch).execute(context_of())
    assert type(caught.value) is expected
    assert cluster.pod is None
