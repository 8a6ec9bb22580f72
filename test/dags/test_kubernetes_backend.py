"""What the cluster is asked for: the pod as the real KubernetesPodOperator builds it, and its Secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes.client import ApiClient, ApiException
from kubernetes_rules import problems_of
from tidemark_airflow.backends import Invocation, Place
from tidemark_airflow.backends.kubernetes import KubernetesBackend, Watcher, exit_code_of, readable
from tidemark_airflow.backends.kubernetes_secret import ConnectionSecret

CANARY = "canary-7f3a"
CONTEXT: Any = {
    "ti": SimpleNamespace(
        dag_id="d", task_id="x", run_id="manual__1", map_index=-1, try_number=1, hostname="w", logical_date=None
    ),
    "dag": SimpleNamespace(dag_id="d", parent_dag=None),
    "run_id": "manual__1",
    "dag_run": SimpleNamespace(run_id="manual__1", logical_date=None, run_type="manual"),
}


def invocation(**more: Any) -> Invocation:
    usual: dict[str, Any] = {
        "command": "run",
        "identity": "k",
        "activations": ["a.x"],
        "config": "/srv/dags/tidemark.yml",
        "flags": ["--run-key", "k", "--json"],
        "environment": {"REGION": "eu"},
        "private": {"AIRFLOW_CONN_X_MAIN": CANARY},
        "drain_seconds": 8,
    }
    return Invocation(**{**usual, **more})


def pod_of(options: dict[str, Any] | None = None, call: Invocation | None = None) -> tuple[dict[str, Any], Watcher]:
    """The pod's specification as it would be sent, and the watcher with its Secret."""
    call = call or invocation()
    backend = KubernetesBackend(Place("x", (), "tidemark:1", {"namespace": "ads", **(options or {})}))
    watcher = Watcher(ConnectionSecret(call.private) if call.private else None)
    operator = backend.operator_for(call, watcher)
    operator.__dict__["hook"] = SimpleNamespace(
        get_xcom_sidecar_container_image=lambda: "alpine",
        get_xcom_sidecar_container_resources=lambda: None,
        get_xcom_sidecar_container_security_context=lambda: None,
        get_namespace=lambda: None,
        is_in_cluster=False,
    )
    pod: dict[str, Any] = ApiClient().sanitize_for_serialization(operator.build_pod_request_obj(CONTEXT))
    return pod, watcher


def test_the_pod_is_hardened_and_told_what_to_run() -> None:
    pod, watcher = pod_of({"config_map": "tidemark-config"})
    spec = pod["spec"]
    base, sidecar = spec["containers"]
    assert base["image"] == "tidemark:1"
    assert "command" not in base or base["command"] == []
    assert base["args"] == ["run", "a.x", "--config", "/work/tidemark.yml", "--run-key", "k", "--json"]
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "runAsGroup": 65532,
        "fsGroup": 65532,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    for container in (base, sidecar):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
        }
    assert {mount["mountPath"]: mount["name"] for mount in base["volumeMounts"]} == {
        "/tmp": "tmp",
        "/work": "config",
        "/airflow/xcom": "xcom",
    }
    assert {volume["name"] for volume in spec["volumes"]} == {"tmp", "config", "xcom"}
    assert base["resources"] == {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}}
    assert spec["terminationGracePeriodSeconds"] == 30
    assert spec["automountServiceAccountToken"] is False
    assert spec["restartPolicy"] == "Never"
    assert {"name": "REGION", "value": "eu"} in base["env"]
    assert watcher.secret is not None
    assert base["envFrom"] == [{"secretRef": {"name": watcher.secret.name}}]
    assert CANARY not in json.dumps(pod)


def test_a_secret_of_the_cluster_is_named_and_nothing_else_is_made() -> None:
    pod, watcher = pod_of({"connection_secrets": {"x_main": "ads-x-main"}}, invocation(private={}))
    assert watcher.secret is None
    assert pod["spec"]["containers"][0]["envFrom"] == [{"secretRef": {"name": "ads-x-main"}}]


def test_a_pod_of_another_run_key_is_not_taken_up() -> None:
    one, _ = pod_of()
    other, _ = pod_of(call=invocation(identity="k/after-1-tries"))
    label = "tidemark-run-key"
    assert one["metadata"]["labels"][label] != other["metadata"]["labels"][label]
    assert one["metadata"]["labels"][label] == pod_of()[0]["metadata"]["labels"][label]


def test_options_are_kubernetes_pod_operator_s_own() -> None:
    pod, _ = pod_of({"service_account_name": "ads", "do_xcom_push": False, "env_vars": {"REGION": "us"}})
    assert pod["spec"]["serviceAccountName"] == "ads"
    [base] = pod["spec"]["containers"]
    assert {"name": "REGION", "value": "us"} in base["env"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"config_map": "tidemark-config", "connection_secrets": {"x_main": "ads-x-main"}},
        {"do_xcom_push": False, "service_account_name": "ads", "labels": {"team": "growth"}},
    ],
)
def test_a_cluster_takes_the_pod(options: dict[str, Any]) -> None:
    """By the schema of the Kubernetes API, where no unknown field passes."""
    assert problems_of(pod_of(options)[0]) == []


def with_volumes(pod: dict[str, Any]) -> None:
    pod["spec"]["volumes"] = []


def with_an_unknown_field(pod: dict[str, Any]) -> None:
    pod["spec"]["securityContext"]["runAsRoot"] = False


def with_a_label_too_long(pod: dict[str, Any]) -> None:
    pod["metadata"]["labels"]["tidemark-run-key"] = "k" * 64


@pytest.mark.parametrize("change", [with_volumes, with_an_unknown_field, with_a_label_too_long])
def test_a_cluster_takes_no_other_pod(change: Callable[[dict[str, Any]], None]) -> None:
    pod, _ = pod_of()
    change(pod)
    assert problems_of(pod) != []


def test_what_the_operator_sets_itself_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\['deferrable'\] are set by the operator"):
        KubernetesBackend(Place("x", (), "i", {"deferrable": True}))


class Cluster:
    """Keeps what it is asked for."""

    def __init__(self, left: list[Any] | None = None) -> None:
        self.left = left or []
        self.calls: list[tuple[str, Any]] = []

    def list_namespaced_secret(self, namespace: str, label_selector: str) -> Any:
        self.calls.append(("list", label_selector))
        return SimpleNamespace(items=self.left)

    def create_namespaced_secret(self, namespace: str, body: Any) -> None:
        self.calls.append(("create", ApiClient().sanitize_for_serialization(body)))

    def patch_namespaced_secret(self, name: str, namespace: str, body: Any) -> None:
        self.calls.append(("patch", body))

    def delete_namespaced_secret(self, name: str, namespace: str) -> None:
        self.calls.append(("delete", name))
        raise ApiException(status=404)


def test_the_secret_lives_as_long_as_its_pod() -> None:
    def left_by(name: str, owners: Any) -> Any:
        return SimpleNamespace(metadata=SimpleNamespace(name=name, owner_references=owners))

    cluster = Cluster([left_by("of-a-dead-worker", None), left_by("of-a-living-pod", [object()])])
    secret = ConnectionSecret({"AIRFLOW_CONN_X_MAIN": CANARY})
    pod = SimpleNamespace(
        namespace="ads", labels={"dag_id": "d", "task_id": "x", "run_id": "r", "airflow_version": "3"}
    )
    secret.create(cluster, pod)
    secret.belong_to(SimpleNamespace(metadata=SimpleNamespace(name="pod-1", uid="u-1")))
    secret.delete()
    assert [name for name, _ in cluster.calls] == ["list", "delete", "create", "patch", "delete"]
    assert cluster.calls[1][1] == "of-a-dead-worker"
    created = cluster.calls[2][1]
    assert created["stringData"] == {"AIRFLOW_CONN_X_MAIN": CANARY}
    assert created["immutable"] is True
    assert problems_of(created) == []
    assert created["metadata"]["labels"] == {
        "dag_id": "d",
        "task_id": "x",
        "run_id": "r",
        "app.kubernetes.io/managed-by": "tidemark-airflow",
    }
    assert cluster.calls[3][1]["metadata"]["ownerReferences"] == [
        {"apiVersion": "v1", "kind": "Pod", "name": "pod-1", "uid": "u-1"}
    ]


def test_the_exit_code_is_the_runner_s_container_s() -> None:
    def status(name: str, code: int | None) -> Any:
        ended = None if code is None else SimpleNamespace(exit_code=code)
        return SimpleNamespace(name=name, state=SimpleNamespace(terminated=ended))

    def pod(*statuses: Any) -> Any:
        return SimpleNamespace(status=SimpleNamespace(container_statuses=list(statuses)))

    assert exit_code_of(pod(status("airflow-xcom-sidecar", 0), status("base", 75)), "base") == 75
    assert exit_code_of(pod(status("base", None)), "base") is None
    assert exit_code_of(None, "base") is None


def test_log_lines_are_readable() -> None:
    assert readable("base", '{"level":"error","event":"crashed","code":"bug"}') == "error: crashed code=bug"
    assert readable("base", '{"level":"info","event":"lease_taken"}') == "lease_taken"
