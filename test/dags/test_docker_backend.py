"""What the engine is asked for: the real DockerOperator and the real client, with the requests kept instead of sent."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from contexts import context_of
from docker import APIClient
from tidemark_airflow import TidemarkRunOperator
from tidemark_airflow.exceptions import TidemarkAborted, TidemarkKilled

CANARY = "canary-7f3a"


class Engine(APIClient):
    """The client without a network: it builds every request and keeps it."""

    def __init__(self, said: str = "", code: int = 0) -> None:
        super().__init__(base_url="tcp://127.0.0.1:1", version="1.41")
        self.said = said
        self.code = code
        self.calls: list[tuple[str, Any]] = []
        self.found: list[dict[str, Any]] = []
        self.during: Any = lambda: None

    def images(self, *_: Any, **__: Any) -> list[str]:
        return ["there"]

    def containers(self, **asked: Any) -> list[dict[str, Any]]:
        self.calls.append(("list", asked))
        return self.found

    def create_container_from_config(self, config: Any, name: Any = None, platform: Any = None) -> dict[str, str]:
        self.calls.append(("create", json.loads(json.dumps(config))))
        return {"Id": "c0ffee"}

    def attach(self, container: str, **_: Any) -> Any:
        return iter([b'{"level":"warn","event":"drain"}\n', self.said.encode()])

    def start(self, *_: Any, **__: Any) -> None:
        self.during()

    def wait(self, *_: Any, **__: Any) -> dict[str, int]:
        return {"StatusCode": self.code}

    def stop(self, container: str, *_: Any, **__: Any) -> None:
        self.calls.append(("stop", container))

    def inspect_container(self, container: str) -> dict[str, Any]:
        return {"State": {"ExitCode": self.code, "OOMKilled": False}}

    def logs(self, container: str, **asked: Any) -> bytes:
        self.calls.append(("logs", asked))
        return self.said.encode()

    def remove_container(self, container: str, *_: Any, **__: Any) -> None:
        self.calls.append(("remove", container))

    def named(self, name: str) -> list[Any]:
        return [what for call, what in self.calls if call == name]


CONTEXT = context_of(run_id="manual__1", try_number=2, max_tries=3)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    from airflow.providers.docker.hooks.docker import DockerHook

    monkeypatch.setenv("AIRFLOW_CONN_X_MAIN", json.dumps({"conn_type": "x_ads", "extra": {"access_token": CANARY}}))

    def with_engine(engine: Engine, **arguments: Any) -> Any:
        monkeypatch.setattr(DockerHook, "api_client", engine)
        monkeypatch.setattr(DockerHook, "client_created", True)
        usual = {"activation": "a.x", "run_key": "k", "backend": "docker", "connections": ["x_main"], "retries": 2}
        return TidemarkRunOperator(task_id="x", **{**usual, **arguments})

    return with_engine


def summary(status: str = "succeeded") -> str:
    return json.dumps({"schema": "tidemark.summary/1", "run_key": "k", "status": status, "activations": []}) + "\n"


def test_the_container_is_hardened_labelled_and_told_what_to_run(run: Any) -> None:
    engine = Engine(summary())
    returned = run(engine, config="/srv/dags/tidemark.yml", image="tidemark:1").execute(CONTEXT)
    assert returned["status"] == "succeeded"
    [asked] = engine.named("create")
    assert asked["Image"] == "tidemark:1"
    assert asked["User"] == "65532:65532"
    assert asked["Cmd"] == [
        *["run", "a.x", "--config", "/work/tidemark.yml", "--run-key", "k", "--json", "--drain-seconds", "8"],
        "--exit-code-when-unchanged",
    ]
    host = asked["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["PidsLimit"] == 128
    assert host["Memory"] == 512 << 20
    assert host["Tmpfs"] == {"/tmp": "rw,noexec,nosuid,size=64m"}
    assert host["Mounts"] == [
        {"Target": "/work/tidemark.yml", "Source": "/srv/dags/tidemark.yml", "Type": "bind", "ReadOnly": True}
    ]
    assert host.get("AutoRemove") in (None, False)
    assert asked["Labels"] == {
        "tidemark.airflow": "run",
        "tidemark.airflow.dag_id": "d",
        "tidemark.airflow.task_id": "x",
        "tidemark.airflow.run_id": "manual__1",
        "tidemark.airflow.map_index": "-1",
        "tidemark.airflow.try_number": "2",
    }
    # The connection goes to the container's environment, and nowhere else.
    private = [line for line in asked["Env"] if CANARY in line]
    assert [line.split("=")[0] for line in private] == ["AIRFLOW_CONN_X_MAIN"]
    assert CANARY not in json.dumps({**asked, "Env": None})
    assert engine.named("logs") == [{"stdout": True, "stderr": False, "tail": 1_000}]
    assert engine.named("remove") == ["c0ffee"]


def test_a_failed_container_has_the_class_of_its_code(run: Any) -> None:
    with pytest.raises(TidemarkKilled):
        run(Engine(summary("failed"), code=137)).execute(CONTEXT)


def test_a_try_that_is_ended_is_stopped_gently_and_is_no_success(run: Any) -> None:
    engine = Engine(summary())
    task = run(engine)
    engine.during = task.on_kill
    with pytest.raises(TidemarkAborted):
        task.execute(CONTEXT)
    assert engine.named("stop") == ["c0ffee"]


def test_what_dead_workers_left_is_removed_by_its_labels(run: Any) -> None:
    engine = Engine(summary())
    old, fresh = int(time.time()) - 2 * 24 * 3600, int(time.time())
    engine.found = [
        {"Id": "same-run", "Created": fresh, "Labels": {"tidemark.airflow.run_id": "manual__1"}},
        {"Id": "other-run", "Created": fresh, "Labels": {"tidemark.airflow.run_id": "manual__2"}},
        {"Id": "old-run", "Created": old, "Labels": {"tidemark.airflow.run_id": "manual__0"}},
    ]
    run(engine).execute(CONTEXT)
    assert engine.named("remove") == ["same-run", "old-run", "c0ffee"]
    [asked] = engine.named("list")
    assert asked["filters"]["status"] == ["exited", "dead"]
    assert sorted(asked["filters"]["label"]) == [
        "tidemark.airflow.dag_id=d",
        "tidemark.airflow.map_index=-1",
        "tidemark.airflow.task_id=x",
        "tidemark.airflow=run",
    ]


def test_options_are_docker_operator_s_own(run: Any) -> None:
    engine = Engine(summary())
    options = {
        "network_mode": "host",
        "mem_limit": "1g",
        "host_config": {"pids_limit": 64},
        "labels": {"team": "growth"},
    }
    run(engine, backend_options=options).execute(CONTEXT)
    [asked] = engine.named("create")
    assert (asked["HostConfig"]["NetworkMode"], asked["HostConfig"]["Memory"]) == ("host", 1 << 30)
    assert (asked["HostConfig"]["PidsLimit"], asked["HostConfig"]["CapDrop"]) == (64, ["ALL"])
    assert asked["Labels"]["team"] == "growth"


def test_what_the_operator_sets_itself_is_refused(run: Any) -> None:
    with pytest.raises(ValueError, match=r"\['auto_remove'\] are set by the operator"):
        run(Engine(), backend_options={"auto_remove": "force"}).execute(CONTEXT)
