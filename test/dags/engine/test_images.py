"""
The real image, run by Airflow's own operators on a real engine.

DockerOperator asks the engine itself, KubernetesPodOperator a small API whose node is that engine. PostgreSQL and the
simulated platform are on the host.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from conftest import NODE, ROOT, Warehouse, served
from contexts import context_of
from delivery import LEASE_SECONDS, MEMBERS, SECRETS, Delivery, x_connection
from fake_cluster import serving
from tidemark_airflow import TidemarkRunOperator
from tidemark_airflow.exceptions import TidemarkAborted

from engine.docker_cluster import DockerCluster

Place = dict[str, Any]


@pytest.fixture(scope="session")
def engine() -> Iterator[dict[str, str]]:
    """An engine with the image for PostgreSQL: ``{"address": …, "image": …}``."""
    with served(str(NODE), str(ROOT / "test" / "container" / "serve.ts"), "postgres") as found:
        yield found


@pytest.fixture
def delivery(tmp_path: Path, postgres: Warehouse, simulators: dict[str, Any]) -> Iterator[Delivery]:
    """A delivery of its own."""
    name = f"d_{uuid.uuid4().hex[:8]}"
    made = Delivery(name, tmp_path, postgres, simulators["x"])
    yield made
    made.quick()


@pytest.fixture(params=["docker", "kubernetes"])
def place(
    request: pytest.FixtureRequest,
    engine: dict[str, str],
    delivery: Delivery,
    postgres: Warehouse,
    simulators: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Place]:
    """Arguments of a task that runs the image there."""
    monkeypatch.setenv("AIRFLOW_CONN_ANALYTICS", postgres.connection)
    monkeypatch.setenv("AIRFLOW_CONN_X_MAIN", x_connection(simulators["x"]))
    usual = {"backend": request.param, "image": engine["image"], "config": delivery.config}
    if request.param == "docker":
        yield {**usual, "backend_options": {"docker_url": engine["address"], "network_mode": "host"}}
        return
    cluster = DockerCluster(engine["address"], delivery.config)
    with serving(cluster):
        monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(cluster.connection()))
        options = {"config_map": "tidemark", "do_xcom_push": False, "startup_check_interval_seconds": 1}
        yield {**usual, "config": "tidemark.yml", "backend_options": options}
    for _, path, body in cluster.asked:
        if "/pods" in path:
            assert not [secret for secret in SECRETS.values() if secret in json.dumps(body)]
    assert cluster.secrets == {}


@pytest.fixture
def run(place: Place) -> Callable[[str], dict[str, Any]]:
    """Runs the task once, under a key."""

    def run(key: str) -> dict[str, Any]:
        return dict(task(place, key).execute(context_of()))

    return run


def task(place: Place, key: str) -> TidemarkRunOperator:
    """The task of one try."""
    return TidemarkRunOperator(
        task_id="x",
        activation="people.x",
        connections=["analytics", "x_main"],
        run_key=key,
        lease_seconds=LEASE_SECONDS,
        **place,
    )


def test_success(
    delivery: Delivery,
    run: Callable[[str], dict[str, Any]],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    first = run("k1")
    assert first["activations"][0]["members_added"] == MEMBERS
    # Of one key there is one effect: the stored summary.
    assert run("k1")["activations"][0]["run_id"] == first["activations"][0]["run_id"]
    delivery.check(attempts=1)
    said = caplog.text + "".join(capfd.readouterr())
    assert "activation_ended activation=people.x status=succeeded" in said
    assert not [secret for secret in SECRETS.values() if secret in said]


def test_ended_in_mid_delivery(delivery: Delivery, place: Place, run: Callable[[str], dict[str, Any]]) -> None:
    delivery.slow()
    ended = task(place, "k1")
    before = signal.signal(signal.SIGTERM, lambda *_: ended.on_kill())

    def end() -> None:
        delivery.wait_for_delivery()
        os.kill(os.getpid(), signal.SIGTERM)

    ending = threading.Thread(target=end, daemon=True)
    ending.start()
    try:
        with pytest.raises(TidemarkAborted):
            ended.execute(context_of())
        ending.join()
    finally:
        # Where the run ended otherwise, the signal may still come, and is not to end the tests.
        signal.signal(signal.SIGTERM, signal.SIG_IGN if ending.is_alive() else before)
    assert 0 < delivery.applied() < MEMBERS
    delivery.quick()
    run("k1")
    delivery.check(attempts=2)


@pytest.mark.parametrize("place", ["docker"], indirect=True)
def test_the_container_is_hardened_and_gone_afterwards(
    engine: dict[str, str], delivery: Delivery, run: Callable[[str], dict[str, Any]]
) -> None:
    client = docker.DockerClient(base_url=engine["address"])
    delivery.slow()
    seen: list[dict[str, Any]] = []

    def look() -> None:
        delivery.wait_for_delivery()
        seen.extend(container.attrs for container in client.containers.list())
        delivery.quick()

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    run("k1")
    looking.join()
    [container] = seen
    host = container["HostConfig"]
    assert (host["ReadonlyRootfs"], host["CapDrop"], host["PidsLimit"]) == (True, ["ALL"], 128)
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert container["Config"]["User"] == "65532:65532"
    assert container["Config"]["Labels"]["tidemark.airflow.task_id"] == "x"
    mine = {"label": "tidemark.airflow=run"}
    assert [one.attrs for one in client.containers.list(all=True, filters=mine)] == []
