"""A try that Airflow ends drains, is never a success, and leaves no process behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import fake_runner, wait_for
from tidemark_airflow import TidemarkRunOperator
from tidemark_airflow.exceptions import TidemarkAborted, TidemarkNoSummary


@pytest.fixture
def terminate(tmp_path: Path) -> Iterator[Any]:
    """
    Runs a task and sends SIGTERM to this process when its runner says that it is ready.

    The handler is the one of Airflow's task runner: it calls ``on_kill`` on top of whatever ``execute`` does.
    """
    ready = tmp_path / "ready"
    before = signal.getsignal(signal.SIGTERM)

    def run(steps: list[list[Any]], **arguments: Any) -> BaseException:
        runner = fake_runner([["touch", str(ready)] if step == ["ready"] else step for step in steps])
        task = TidemarkRunOperator(task_id="x", activation="a.x", run_key="k", **runner, **arguments)
        signal.signal(signal.SIGTERM, lambda *_: task.on_kill())

        def kill_when_ready() -> None:
            wait_for(ready)
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=kill_when_ready).start()
        with pytest.raises(TidemarkAborted) as caught:
            task.execute({})
        return caught.value

    yield run
    signal.signal(signal.SIGTERM, before)


def test_a_drained_runner_is_no_success_whatever_it_says(terminate: Any) -> None:
    error = terminate([["ready"], ["wait"], ["summary", {}], ["exit", 0]])
    assert error.exit_code == 0
    assert "Airflow ended this try" in str(error)


def test_the_drain_ends_as_the_contract_says(terminate: Any) -> None:
    assert terminate([["ready"], ["wait"], ["summary", {"status": "aborted"}], ["exit", 143]]).exit_code == 143


def test_a_runner_that_does_not_drain_is_killed(terminate: Any) -> None:
    assert terminate([["ignore"], ["ready"], ["wait"]], drain_seconds=0).exit_code == 137


def test_a_drain_may_write_more_than_a_pipe_holds(terminate: Any) -> None:
    steps = [["ready"], ["wait"], ["long", "err", "e", 1_000_000], ["long", "out", "o", 1_000_000], ["exit", 143]]
    assert terminate(steps).exit_code == 143


def test_a_try_that_is_ended_before_it_starts_runs_nothing(tmp_path: Path) -> None:
    runner = fake_runner([["touch", str(tmp_path / "ran")], ["summary", {}]])
    task = TidemarkRunOperator(task_id="x", activation="a.x", run_key="k", **runner)
    task.on_kill()
    with pytest.raises(TidemarkAborted, match="before the runner was started"):
        task.execute({})
    assert not (tmp_path / "ran").exists()


def test_an_orphan_drains(tmp_path: Path) -> None:
    """The task dies without a word; its runner sees standard input end."""
    ready, drained = tmp_path / "ready", tmp_path / "drained"
    runner = fake_runner([["touch", str(ready)], ["wait"], ["touch", str(drained)]])
    program = (
        "from tidemark_airflow import TidemarkRunOperator;"
        f"TidemarkRunOperator(task_id='x', activation='a.x', run_key='k', **{runner!r}).execute({{}})"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as task:
        wait_for(ready)
        task.kill()
    wait_for(drained)


def test_a_process_that_the_runner_leaves_behind_does_not_keep_the_task() -> None:
    """It holds the runner's outputs open; the task waits a little for them."""
    command = [sys.executable, "-c", "import subprocess; print(subprocess.Popen(['sleep', '300']).pid)"]
    task = TidemarkRunOperator(task_id="x", activation="a.x", run_key="k", command=command)
    begun = time.monotonic()
    with pytest.raises(TidemarkNoSummary) as caught:
        task.execute({})
    os.kill(int(re.findall(r"'(\d+)'|: (\d+)", str(caught.value))[0][0]), signal.SIGKILL)
    assert time.monotonic() - begun < 120
