"""Every example is loaded by Airflow and run: dbt on DuckDB, the project's own runner, the simulated platforms."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import DAGS_FOLDER, NODE, ROOT, TIDEMARK, Warehouse
from tidemark_airflow.compat import airflow_version

from bench import dag_bag

pytestmark = pytest.mark.usefixtures("airflow_database")

EXAMPLES = ROOT / "dags" / "examples"


@pytest.fixture(scope="module")
def dbt() -> str:
    """The folder of dbt, in an environment of its own."""
    program = [str(NODE), str(ROOT / "test" / "python" / "python.ts"), "dbt", "-c", "import sys; print(sys.prefix)"]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return f"{done.stdout.splitlines()[-1]}/bin"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, dbt: str, simulators: dict[str, Any]) -> Iterator[Shop]:
    """The examples in Airflow's folder, with their compiled file, and what they find on a worker."""
    tools = tmp_path_factory.mktemp("bin")
    runner = tools / "tidemark"
    runner.write_text(f'#!/bin/sh\nexec {" ".join(TIDEMARK)} "$@"\n')
    runner.chmod(runner.stat().st_mode | stat.S_IXUSR)
    made = Shop(DAGS_FOLDER / "examples", tmp_path_factory.mktemp("warehouse") / "shop.duckdb", simulators["x"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{tools}:{dbt}:{os.environ['PATH']}")
        for name, value in made.environment().items():
            patch.setenv(name, value)
        made.command("tidemark", "compile")
        made.command("dbt", "build")
        yield made
    shutil.rmtree(made.folder)


class Shop:
    """The examples, their warehouse and the connections to it and to the platform."""

    def __init__(self, folder: Path, warehouse: Path, x_url: str) -> None:
        shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("target", "logs", "__pycache__"))
        self.folder = folder
        self.warehouse = Warehouse(
            "duckdb", str(warehouse), json.dumps({"conn_type": "duckdb", "host": str(warehouse)})
        )
        self.x_url = x_url

    def environment(self) -> dict[str, str]:
        secrets = {
            "consumer_key": "sim-consumer-key",
            "consumer_secret": "sim-consumer-secret",
            "access_token": "sim-access-token",
            "access_token_secret": "sim-access-token-secret",
        }
        return {
            "WAREHOUSE": self.warehouse.address,
            "AIRFLOW_CONN_ANALYTICS": self.warehouse.connection,
            "AIRFLOW_CONN_X_MAIN": json.dumps({"conn_type": "x_ads", "host": self.x_url, "extra": secrets}),
        }

    def command(self, *command: str) -> None:
        cwd = self.folder / "dbt" if command[0] == "dbt" else self.folder
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def dag(self, file: str, dag_id: str) -> Any:
        bag = dag_bag(self.folder / file)
        assert bag.import_errors == {}
        return bag.dags[dag_id]

    def run(self, file: str, dag_id: str) -> dict[str, str]:
        """Runs a DAG once; the state of each task."""
        return states(self.dag(file, dag_id).test())

    def members(self, activation: str) -> int:
        """How many members are in the audience, as the runner wrote it down."""
        [row] = self.warehouse.sql(
            f"select count(*) as n from tidemark.audience_members where activation = '{activation}'"
        )
        return int(row["n"] or 0)


def states(dag_run: Any) -> dict[str, str]:
    """The state of each task."""
    return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}


def events_of(uri: str) -> int:
    """How often Airflow has been told that an asset is new; `%` in its URI stands for anything."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session

    with create_session() as session:
        query = session.query(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
        return int(query.filter(AssetModel.uri.like(uri)).count())


def test_every_example_is_found(shop: Shop) -> None:
    bag = dag_bag(shop.folder)
    assert bag.import_errors == {}
    files = {Path(dag.fileloc).name for dag in bag.dags.values()}
    assert files == {file.name for file in EXAMPLES.glob("*.py")}


def test_by_cron(shop: Shop) -> None:
    dag = shop.dag("by_cron.py", "by_cron.high_value.x")
    assert dag.schedule == "0 */6 * * *"
    assert states(dag.test())["high_value.x"] in ("success", "skipped")
    # c1 and c2 are worth more than 500.
    assert shop.members("high_value.x") == 2


def test_one_account(shop: Shop) -> None:
    dag = shop.dag("one_account.py", "one_account.x")
    assert {task.pool for task in dag.tasks} == {"tidemark_x_ads_18ce54d4x5t"}
    assert set(states(dag.test()).values()) <= {"success", "skipped"}
    assert (shop.members("high_value.x"), shop.members("newsletter.x")) == (2, 2)


def test_after_dbt_asset(shop: Shop) -> None:
    build = shop.dag("after_dbt_asset.py", "after_dbt_asset.dbt")
    activation = shop.dag("after_dbt_asset.py", "after_dbt_asset.high_value.x")
    [awaited] = activation.schedule
    before = events_of(awaited.uri)
    assert awaited.uri == "x-dbt://shop/model.shop.high_value"
    assert states(build.test()) == {"build": "success"}
    assert events_of(awaited.uri) == before + 1
    assert states(activation.test())["high_value.x"] in ("success", "skipped")


def test_a_failed_test_of_dbt_emits_nothing_and_sends_nothing(shop: Shop) -> None:
    seed = shop.folder / "dbt" / "seeds" / "customers.csv"
    whole = seed.read_text()
    uri = "x-dbt://shop/model.shop.high_value"
    before = events_of(uri)
    seed.write_text(whole + "c1,eve@example.com,999,false\n")
    try:
        assert shop.run("after_dbt_asset.py", "after_dbt_asset.dbt") == {"build": "failed"}
        assert events_of(uri) == before
        assert shop.run("dbt_build_then_activate.py", "dbt_build_then_activate") == {
            "dbt_build": "failed",
            "high_value.x": "upstream_failed",
            "newsletter.x": "upstream_failed",
        }
    finally:
        seed.write_text(whole)


def test_dbt_build_then_activate(shop: Shop) -> None:
    ended = shop.run("dbt_build_then_activate.py", "dbt_build_then_activate")
    assert ended.pop("dbt_build") == "success"
    assert set(ended.values()) <= {"success", "skipped"}


def test_sizes_daily(shop: Shop) -> None:
    assert set(shop.run("one_account.py", "one_account.x").values()) <= {"success", "skipped"}
    dag_run = shop.dag("sizes_daily.py", "sizes_daily").test()
    [ti] = dag_run.get_task_instances()
    assert ti.state == "success"
    said = ti.xcom_pull(task_ids="sizes")["sizes"]
    assert sorted(size["activation"] for size in said) == ["high_value.x", "newsletter.x"]


def test_failure_callback(shop: Shop, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    config = shop.folder / "tidemark.yml"
    whole = config.read_text()
    config.write_text(whole.replace("main.high_value", "main.nobody"))
    try:
        assert shop.run("failure_callback.py", "failure_callback.high_value.x") == {"high_value.x": "failed"}
    finally:
        config.write_text(whole)
    said = caplog.text + capfd.readouterr().out
    # Not seen in the output of dag.test() on Airflow 3.1.8, where the reason has not been found yet.
    assert ("high_value.x failed: exit 78" in said) == (airflow_version() >= (3, 2))


def test_on_kubernetes(shop: Shop) -> None:
    [task] = shop.dag("on_kubernetes.py", "on_kubernetes.high_value.x").tasks
    assert (task.backend, task.image) == ("kubernetes", "tidemark:latest")
    assert task.backend_options == {"namespace": "tidemark", "config_map": "tidemark"}


def test_cosmos_then_activate(shop: Shop) -> None:
    ended = shop.run("cosmos_then_activate.py", "cosmos_then_activate")
    assert ended.pop("high_value.x") in ("success", "skipped")
    assert ended == {
        "dbt.customers_seed_build": "success",
        "dbt.high_value_model_build": "success",
        "dbt.newsletter_model_build": "success",
    }


@pytest.mark.parametrize(("behavior", "emitted"), [("BUILD", 0), ("AFTER_EACH", 1)])
def test_the_asset_of_a_model_whose_tests_fail(shop: Shop, behavior: str, emitted: int) -> None:
    """The trap of Cosmos: by its default the asset comes before the tests; the activation waits in either case."""
    text = (shop.folder / "cosmos_then_activate.py").read_text()
    file = shop.folder / f"cosmos_{behavior.lower()}.py"
    file.write_text(
        text.replace('DAG("cosmos_', f'DAG("{behavior}_').replace("TestBehavior.BUILD", f"TestBehavior.{behavior}")
    )
    seed = shop.folder / "dbt" / "seeds" / "customers.csv"
    whole = seed.read_text()
    before = events_of("%high_value")
    seed.write_text(whole + "c1,eve@example.com,999,false\n")
    try:
        ended = shop.run(file.name, f"{behavior}_then_activate")
        assert ended["high_value.x"] == "upstream_failed"
        assert "failed" in ended.values()
        assert events_of("%high_value") - before == emitted, ended
    finally:
        seed.write_text(whole)
        file.unlink()
