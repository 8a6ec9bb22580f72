"""
Tasks on the real scheduler, ended in every way in mid-delivery.

Whatever ends a try, the next one leaves the audience equal to the segment and sends nothing again that was stored as
accepted; ``Scenario.check`` asks the platform and the receipts for it. The tests have an order: the last ones end parts
of Airflow.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Warehouse, postgres_at
from delivery import MEMBERS, SECRETS, x_connection

from scheduler.scenario import Scenario
from scheduler.standalone import Standalone

Make = Callable[..., Scenario]


@pytest.fixture(scope="session")
def warehouse(postgres_server: dict[str, Any]) -> Warehouse:
    """PostgreSQL, so that a test can look while a runner runs."""
    return postgres_at(postgres_server, postgres_server["database"])


@pytest.fixture(scope="session")
def airflow(
    tmp_path_factory: pytest.TempPathFactory, warehouse: Warehouse, simulators: dict[str, Any]
) -> Iterator[Standalone]:
    """One Airflow for all scenarios."""
    environment = {"AIRFLOW_CONN_ANALYTICS": warehouse.connection, "AIRFLOW_CONN_X_MAIN": x_connection(simulators["x"])}
    server = Standalone(tmp_path_factory.mktemp("airflow"), environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def scenario(airflow: Standalone, warehouse: Warehouse, simulators: dict[str, Any]) -> Iterator[Make]:
    """Makes scenarios; afterwards the platform is quick again."""
    made: list[Scenario] = []

    def make(name: str, **more: Any) -> Scenario:
        made.append(Scenario(name, airflow, warehouse, simulators["x"], **more))
        return made[-1]

    yield make
    for one in made:
        one.quick()


def test_success_then_nothing_to_do_then_a_clear(scenario: Make) -> None:
    happy = scenario("happy")
    run = happy.trigger()
    happy.wait_for(run, "success")
    first = happy.summary(run)
    assert first["activations"][0]["members_added"] == MEMBERS
    happy.check(attempts=1)
    happy.wait_for(happy.trigger(), "skipped")
    happy.clear(run)
    assert happy.wait_for(run, "success")["try_number"] == 2
    # The stored summary: nothing ran again.
    assert happy.summary(run)["activations"][0]["run_id"] == first["activations"][0]["run_id"]
    happy.check()


def test_a_wrong_configuration_fails_at_once(scenario: Make) -> None:
    wrong = scenario("wrong", relation="public.nobody")
    assert wrong.wait_for(wrong.trigger(), "failed")["try_number"] == 1


def test_two_dag_runs_at_once(scenario: Make) -> None:
    """The second gets 75 while the first holds the lease, and is tried again until the first is over."""
    twice = scenario("twice", retries=8)
    twice.slow()
    first = twice.trigger()
    twice.wait_for_delivery()
    second = twice.trigger()
    twice.wait_for(second, "up_for_retry")
    twice.quick()
    twice.wait_for(first, "success")
    assert twice.wait_for(second, "skipped", "success")["try_number"] > 1
    twice.check()


def test_marked_failed_then_cleared(scenario: Make) -> None:
    marked = scenario("marked")
    marked.slow()
    run = marked.trigger()
    marked.wait_for_delivery()
    marked.mark_failed(run)
    marked.wait_for_runner_to_end()
    assert 0 < marked.applied() < MEMBERS
    marked.quick()
    assert marked.task(run)["state"] == "failed"
    marked.clear(run)
    marked.wait_for(run, "success")
    marked.check(attempts=2)


@pytest.mark.parametrize(
    ("name", "process", "number"),
    [
        ("term_runner", Scenario.runner, signal.SIGTERM),
        ("kill_runner", Scenario.runner, signal.SIGKILL),
        ("term_task", Scenario.task_runner, signal.SIGTERM),
        ("kill_task", Scenario.task_runner, signal.SIGKILL),
        ("term_supervisor", Scenario.supervisor, signal.SIGTERM),
        ("kill_supervisor", Scenario.supervisor, signal.SIGKILL),
    ],
)
def test_killed_in_mid_delivery(
    scenario: Make, name: str, process: Callable[[Scenario], int], number: signal.Signals
) -> None:
    killed = scenario(name)
    killed.slow()
    run = killed.trigger()
    killed.wait_for_delivery()
    killed.kill(process(killed), number)
    killed.wait_for_runner_to_end()
    assert 0 < killed.applied() < MEMBERS
    unstored = killed.sent() - killed.stored() if number == signal.SIGKILL and process is Scenario.runner else 0
    killed.quick()
    assert killed.wait_for(run, "success")["try_number"] >= 2
    killed.check(unstored=unstored)


def test_the_scheduler_stops_and_starts_again(scenario: Make, airflow: Standalone) -> None:
    stopped = scenario("stopped")
    stopped.slow()
    run = stopped.trigger()
    stopped.wait_for_delivery()
    airflow.stop()
    stopped.wait_for_runner_to_end()
    assert 0 < stopped.applied() < MEMBERS
    stopped.quick()
    airflow.start()
    assert stopped.wait_for(run, "success")["try_number"] >= 2
    stopped.check()


def test_no_secret_is_in_anything_that_airflow_keeps(airflow: Standalone, warehouse: Warehouse) -> None:
    """Last: logs, rendered templates, XCom and the database of all the runs before."""
    password = json.loads(warehouse.connection)["password"]
    secrets = [value.encode() for value in (*SECRETS.values(), password)]
    looked_at = 0
    for file in Path(airflow.home).rglob("*"):
        if file.is_file():
            looked_at += 1
            found = [secret for secret in secrets if secret in file.read_bytes()]
            assert not found, file
    assert looked_at > 20
