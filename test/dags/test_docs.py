"""The blocks of docs/airflow.md, taken as they stand, work at the first try."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import DAGS_FOLDER, ROOT, TIDEMARK, Warehouse

from bench import dag_bag, end_of

TEXT = (ROOT / "docs" / "airflow.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.M | re.S)


@pytest.mark.usefixtures("airflow_database")
def test_the_quick_start(
    duckdb: Warehouse, simulators: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    secrets = {name: f"sim-{name.replace('_', '-')}" for name in names}
    x_main = {"conn_type": "x_ads", "host": simulators["x"], "extra": secrets}
    tidemark = tmp_path / "bin" / "tidemark"
    tidemark.parent.mkdir()
    tidemark.write_text(f'#!/bin/sh\nexec {" ".join(TIDEMARK)} "$@"\n')
    tidemark.chmod(tidemark.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tidemark.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("AIRFLOW_CONN_ANALYTICS", duckdb.connection)
    monkeypatch.setenv("AIRFLOW_CONN_X_MAIN", json.dumps(x_main))
    duckdb.sql(
        "create table high_value (customer_id varchar, email varchar)",
        "insert into high_value values ('c1', 'ada@example.com'), ('c2', 'bob@example.com')",
    )
    folder = DAGS_FOLDER / "quick_start"
    folder.mkdir()
    try:
        [configuration], [_, compile_it, check], [dag_file] = blocks("yaml"), blocks("bash"), blocks("python")
        (folder / "tidemark.yml").write_text(configuration)
        (folder / "dag_file.py").write_text(dag_file)
        for commands in (compile_it, check):
            program = ["bash", "-euo", "pipefail", "-c", commands]
            done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr[-2000:]
        bag = dag_bag(folder)
        assert bag.import_errors == {}
        ti = end_of(bag.dags["tidemark.high_value.x"].test())
        assert ti.state == "success"
        assert ti.xcom_pull(task_ids="high_value.x")["activations"][0]["members_added"] == 2
    finally:
        shutil.rmtree(folder)


def test_every_example_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(\w+\.py)`", TEXT))
    assert named <= {file.name for file in (ROOT / "dags" / "examples").glob("*.py")}


def test_the_table_of_exit_codes_names_every_class() -> None:
    from tidemark_airflow.outcome import error_class

    rows = re.findall(r"^\| (\d+)[^|]*\|[^|]*\|[^|]*\| (.*?) *\|$", TEXT, re.M)
    told = {int(code): set(re.findall(r"\w+", classes)) for code, classes in rows if classes}
    assert len(told) == 9
    for code, classes in told.items():
        mapped = {error_class(code, None, False).__name__, error_class(code, None, True).__name__}
        mapped.add(error_class(code, "lease_held", False).__name__)
        assert classes == mapped
