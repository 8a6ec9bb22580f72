"""DAGs of ``activations.json``: as Airflow's DagBag finds them, with nothing looked up, and readable where it fails."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import DAGS_FOLDER, TIDEMARK
from tidemark_airflow.compat import airflow_version

from bench import dag_bag

CONFIGURATION = """
version: 1
warehouse: { type: postgres, connection: analytics, schema: tidemark }
run: { lease_seconds: 400 }
destinations:
  x:
    type: x_ads
    account_id: 18ce54d4x5t
    connection: x_main
    request: { timeout_ms: 60000 }
    defaults: { fields: { email: email }, schedule: "0 */6 * * *", airflow: { owner: growth, tags: [paid] } }
  tiktok:
    type: tiktok_ads
    connection: tiktok_main
    defaults: { fields: { email: email } }
segments:
  high_value:
    relation: shop.marts.high_value
    description: Worth more | than 500
    member_key: customer_id
    activate:
      - destination: x
        airflow: { retries: 2, retry_delay_seconds: 30, execution_timeout_seconds: 900, queue: ads, priority_weight: 3 }
      - tiktok
  recent:
    relation: shop.marts.recent
    member_key: customer_id
    activate: [{ destination: x, airflow: { pool: own, pool_slots: 2 } }]
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What ``tidemark compile`` says of the configuration."""
    folder = tmp_path_factory.mktemp("compiled")
    (folder / "tidemark.yml").write_text(CONFIGURATION)
    done = subprocess.run([*TIDEMARK, "compile"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "activations.json").read_text()


class Folder:
    """A folder among the DAG folders, with ``activations.json`` and a DAG file beside it."""

    def __init__(self) -> None:
        self.path = DAGS_FOLDER / f"f{uuid.uuid4().hex[:8]}"
        self.path.mkdir()

    def bag(self, activations: str | None, call: str = 'activation_dags("activations.json")', more: str = "") -> Any:
        if activations is not None:
            (self.path / "activations.json").write_text(activations)
        (self.path / "dags.py").write_text(f"from tidemark_airflow import activation_dags\n{more}\n{call}\n")
        return dag_bag(self.path)


@pytest.fixture
def folder() -> Iterator[Folder]:
    made = Folder()
    yield made
    for file in made.path.rglob("*.*"):
        file.unlink()


@pytest.fixture
def dags(folder: Folder, compiled: str) -> Callable[..., dict[str, Any]]:
    """The DAGs of a call of ``activation_dags``."""

    def load(call: str = 'activation_dags("activations.json")', more: str = "") -> dict[str, Any]:
        bag = folder.bag(compiled, call, more)
        assert bag.import_errors == {}
        return dict(bag.dags)

    return load


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


def test_pools_are_one_for_each_account_and_large_enough(folder: Folder, compiled: str) -> None:
    file = folder.path / "activations.json"
    file.write_text(compiled)
    printed = pools_command(str(file))
    assert (printed.returncode, json.loads(printed.stdout)) == (
        0,
        {
            "own": {"slots": 2, "description": "Tidemark: x_ads 18ce54d4x5t", "include_deferred": False},
            "tidemark_tiktok_ads_tiktok_main": {
                **{"slots": 1, "description": "Tidemark: tiktok_ads tiktok"},
                "include_deferred": False,
            },
            "tidemark_x_ads_18ce54d4x5t": {
                **{"slots": 1, "description": "Tidemark: x_ads 18ce54d4x5t"},
                "include_deferred": False,
            },
        },
    )


@pytest.mark.usefixtures("airflow_database")
def test_airflow_takes_the_pools_and_the_check_says_which_are_missing(folder: Folder, compiled: str) -> None:
    file, pools = folder.path / "activations.json", folder.path / "pools.json"
    file.write_text(compiled)
    before = pools_command(str(file), "--check", given="[]")
    assert (before.returncode, before.stdout.count("would wait for ever")) == (1, 3)
    pools.write_text(pools_command(str(file)).stdout)
    airflow("pools", "import", str(pools))
    after = pools_command(str(file), "--check", given=airflow("pools", "list", "--output", "json"))
    assert (after.returncode, after.stdout) == (0, "")


def test_airflow_itself_warns_of_a_missing_pool(folder: Folder, compiled: str) -> None:
    """What the UI shows at the DAG: a task in a pool that is not there is never scheduled, and never fails."""
    bag = folder.bag(compiled)
    bag.known_pools = {"default_pool", "own"}
    assert {warning.message for warning in bag.dag_warnings} == {
        "Dag 'tidemark.high_value.x' references non-existent pools: ['tidemark_x_ads_18ce54d4x5t']",
        "Dag 'tidemark.high_value.tiktok' references non-existent pools: ['tidemark_tiktok_ads_tiktok_main']",
    }


def test_a_bad_file_for_the_pools_command(tmp_path: Path) -> None:
    done = pools_command(str(tmp_path / "none.json"))
    assert (done.returncode, done.stdout) == (78, "")
    assert "there is no such file" in done.stderr


def pools_command(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "tidemark_airflow", "pools", *arguments]
    return subprocess.run(program, input=given, capture_output=True, text=True, check=False)


def airflow(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "airflow", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
