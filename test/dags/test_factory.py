"""DAGs of ``activations.json``: as Airflow's DagBag finds them, with nothing looked up, and readable where it fails."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from compiled import Folder, compiled, dags, folder
from tidemark_airflow.compat import airflow_version

__all__ = ["compiled", "dags", "folder"]


def test_one_line_makes_a_dag_of_each_activation(dags: Callable[..., dict[str, Any]], folder: Folder) -> None:
    found = dags()
    assert sorted(found) == ["tidemark.high_value.tiktok", "tidemark.high_value.x", "tidemark.recent.x"]
    dag = found["tidemark.high_value.x"]
    assert (dag.max_active_runs, dag.catchup, dag.tags) == (1, False, {"tidemark", "x_ads", "high_value", "paid"})
    assert dag.schedule == "0 */6 * * *"
    assert found["tidemark.high_value.tiktok"].schedule is None
    [task] = dag.tasks
    assert (task.task_id, task.activation, task.connections) == (
        *("high_value.x", "high_value.x"),
        ["analytics", "x_main"],
    )
    assert task.config == str(folder.path / "tidemark.yml")
    assert (task.retries, task.retry_delay, task.execution_timeout) == (2, timedelta(seconds=30), timedelta(minutes=15))
    assert (task.owner, task.queue, task.priority_weight, task.pool) == (
        *("growth", "ads", 3),
        "tidemark_x_ads_18ce54d4x5t",
    )
    assert [asset.uri for asset in task.outlets] == ["x-tidemark://high_value.x"]


def test_defaults_wait_longer_than_a_lease_and_ever_longer(dags: Callable[..., dict[str, Any]]) -> None:
    [task] = dags()["tidemark.high_value.tiktok"].tasks
    assert (task.retries, task.retry_delay) == (4, timedelta(seconds=410))
    # A yes up to Airflow 3.1; since then a factor, and one of 1 would not grow.
    assert task.retry_exponential_backoff == (2.0 if airflow_version() >= (3, 2) else True)
    assert task.execution_timeout == timedelta(hours=6)
    # Only the connection knows the account.
    assert task.pool == "tidemark_tiktok_ads_tiktok_main"


def test_the_ui_shows_what_the_configuration_says(dags: Callable[..., dict[str, Any]]) -> None:
    dag = dags()["tidemark.high_value.x"]
    row = "| high_value.x | high_value | x_ads 18ce54d4x5t | shop.marts.high_value | 0 */6 * * * |"
    assert row in dag.doc_md
    assert "pool `tidemark_x_ads_18ce54d4x5t`" in dag.doc_md
    assert dag.tasks[0].doc_md.startswith("Worth more | than 500\n")


def test_by_destination_and_by_segment(dags: Callable[..., dict[str, Any]]) -> None:
    call = 'activation_dags("activations.json", by="destination", dag_id="ads__{name}")'
    found = dags(call)
    assert {name: sorted(dag.task_ids) for name, dag in found.items()} == {
        "ads__x": ["high_value.x", "recent.x"],
        "ads__tiktok": ["high_value.tiktok"],
    }
    call = 'activation_dags("activations.json", by="segment", schedule={"high_value": "@daily"})'
    schedules = {name: dag.schedule for name, dag in dags(call).items()}
    assert schedules == {"tidemark.high_value": "@daily", "tidemark.recent": "0 */6 * * *"}


def test_one_dag_has_one_schedule(folder: Folder, compiled: str) -> None:
    bag = folder.bag(compiled, 'activation_dags("activations.json", by="segment")')
    [error] = bag.import_errors.values()
    assert "the activations of high_value have several schedules, ['0 */6 * * *', None]" in error
    assert "by='activation'" in error


def test_a_schedule_of_assets(dags: Callable[..., dict[str, Any]]) -> None:
    schedule = '[model_asset(one.relation, namespace="postgres://db:5432") for one in group.activations]'
    call = f'activation_dags("activations.json", schedule=lambda group: {schedule})'
    found = dags(call, "from tidemark_airflow import model_asset")
    uris = [asset.uri for asset in found["tidemark.recent.x"].schedule]
    assert uris == ["postgres://db:5432/shop/marts/recent"]


def test_arguments_go_to_every_operator_and_dag(dags: Callable[..., dict[str, Any]]) -> None:
    call = (
        'activation_dags("activations.json", pools=False, retries=0, command=["/opt/tidemark"],'
        ' dag_args={"is_paused_upon_creation": False})'
    )
    dag = dags(call)["tidemark.recent.x"]
    [task] = dag.tasks
    assert (task.pool, task.retries, task.command) == ("default_pool", 0, ["/opt/tidemark"])
    assert dag.is_paused_upon_creation is False
    assert "pool" not in dag.doc_md


ENTRY = {"activation": "a.x", "segment": "a", "destination": "x", "platform": "x_ads"}
WHOLE = {"schema": "tidemark.activations/1", "config": "tidemark.yml", "activations": [ENTRY]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no such file"),
        ("{", r"it is no JSON \(.*line 1 column 2"),
        ("[]", "it is a list, not a JSON object"),
        (json.dumps({**WHOLE, "schema": "tidemark.activations/9"}), "'tidemark.activations/9'.*versions.*belong"),
        (json.dumps({**WHOLE, "activations": {}}), "activations must be a list, and is a dict"),
        (
            json.dumps(
                {**WHOLE, "activations": [ENTRY, {**ENTRY, "segment": 1, "airflow": {"retries": "2", "sla": 1}}]}
            ),
            r"activations\[1\]\.segment must be text, and is 1; activations\[1\]\.airflow\.sla is not known.*;"
            r" activations\[1\]\.airflow\.retries has the wrong type: '2'",
        ),
        (json.dumps({**WHOLE, "activations": [ENTRY, ENTRY]}), "activation 'a.x' stands in it twice"),
    ],
)
def test_a_bad_file_is_one_readable_import_error(folder: Folder, text: str | None, said: str) -> None:
    bag = folder.bag(text)
    assert len(bag.dags) == 0
    [error] = bag.import_errors.values()
    [message] = [line for line in error.splitlines() if "ActivationsFileError: " in line]
    path = re.escape(str(folder.path / "activations.json"))
    assert re.search(f"{path}: .*{said}.*tidemark compile", message), message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('by="account"', "activation, destination, segment"),
        ('dag_id="one"', "{name}"),
        ('schedule={"nobody": None}', "no activation is named nobody"),
        ("retires=3", "retires"),
    ],
)
def test_a_wrong_argument_is_an_import_error(folder: Folder, compiled: str, arguments: str, said: str) -> None:
    [error] = folder.bag(compiled, f'activation_dags("activations.json", {arguments})').import_errors.values()
    assert said in error


def forbidden(*_: Any, **__: Any) -> Any:
    raise AssertionError("nothing is looked up while a DAG file is parsed")


MANY = 500
PLAIN = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator
for number in range({many}):
    with DAG(f"plain{{number}}", schedule=None):
        EmptyOperator(task_id="x")
"""


def test_many_are_parsed_with_nothing_looked_up(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk import BaseHook, Variable

    entries = [{**ENTRY, "activation": f"a{number}.x"} for number in range(MANY)]
    (folder.path / "plain.py").write_text(PLAIN.format(many=MANY))
    # First by Airflow, which looks up things of its own.
    assert len(folder.bag(json.dumps({**WHOLE, "activations": entries})).dags) == 2 * MANY
    monkeypatch.setattr(BaseHook, "get_connection", forbidden)
    monkeypatch.setattr(Variable, "get", forbidden)
    monkeypatch.setattr(subprocess.Popen, "__init__", forbidden)
    monkeypatch.setattr(socket.socket, "connect", forbidden)
    times = {}
    for name in ("plain.py", "dags.py"):
        code = compile((folder.path / name).read_text(), str(folder.path / name), "exec")
        took = []
        for _ in range(3):
            begin = time.process_time()
            exec(code, {"__file__": str(folder.path / name), "__name__": "parsed"})  # noqa: S102
            took.append(time.process_time() - begin)
        times[name] = min(took)
    print(f"{MANY} activations: {times['dags.py'] * 1000:.0f} ms; plain DAGs: {times['plain.py'] * 1000:.0f} ms")
    # Processor time, the best of three: what else runs does not count.
    assert times["dags.py"] < 2.5 * times["plain.py"]


# In a process of its own: what other tests imported would be there already.
IMPORTS = """
import sys
from tidemark_airflow import activation_dags
assert len(activation_dags({file!r})) == 1
heavy = ("docker.", "kubernetes.", "airflow.providers.docker.operators",
    "airflow.providers.cncf.kubernetes.operators")
print(*[name for name in sys.modules if name.startswith(heavy) and not name.endswith("get_provider_info")])
"""


def test_parsing_loads_no_backend(folder: Folder) -> None:
    file = folder.path / "activations.json"
    file.write_text(json.dumps(WHOLE))
    program = [sys.executable, "-c", IMPORTS.format(file=str(file))]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr[-2000:]
