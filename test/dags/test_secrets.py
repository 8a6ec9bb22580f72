"""Planted secrets appear in no rendered template, log line or XCom, not even where the runner prints them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from conftest import AIRFLOW_HOME, DAGS_FOLDER, fake_runner

# Each stands in another place; all begin alike.
CANARY = "canary7f3a"
WAREHOUSE = {
    "conn_type": "postgres",
    "host": "db.example",
    "login": "reader",
    "password": f"{CANARY}-password",
    "extra": {"sslkey_private": f"{CANARY}-nested", "keyfile_dict": json.dumps({"private_key": f"{CANARY}-key"})},
}
X_MAIN = {
    "conn_type": "x_ads",
    "extra": {
        "account_id": "18ce54d4x5t",
        "consumer_key": f"{CANARY}-consumer-key",
        "consumer_secret": f"{CANARY}-consumer-secret",
        "access_token": f"{CANARY}-token",
        "access_token_secret": f"{CANARY}-token-secret",
    },
}
DAG_FILE = """
from airflow.sdk import DAG
from tidemark_airflow import TidemarkRunOperator

with DAG({dag_id!r}, schedule=None):
    TidemarkRunOperator(task_id="x", activation="high_value.x", connections=["analytics", "x_main"], **{runner!r})
"""


@pytest.mark.usefixtures("airflow_database")
def test_no_secret_of_a_connection_is_seen_anywhere() -> None:
    dag_id = f"dag_{uuid.uuid4().hex[:8]}"
    entry = {"activation": "high_value.x", "run_id": "r", "status": "succeeded", "error": None}
    told = {"code": "c", "message": f"the token {CANARY}-token-secret is wrong"}
    runner = fake_runner([["environment"], ["summary", {"activations": [{**entry, "error": told}]}]])
    runner["env"]["FAKE"] = runner["env"]["FAKE"].replace(CANARY, "{canary}")
    file = DAGS_FOLDER / f"{dag_id}.py"
    file.write_text(DAG_FILE.format(dag_id=dag_id, runner=runner))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "airflow", "dags", "test", dag_id],
            env={
                **os.environ,
                "AIRFLOW_CONN_ANALYTICS": json.dumps(WAREHOUSE),
                "AIRFLOW_CONN_X_MAIN": json.dumps(X_MAIN),
                "AIRFLOW_CONN_SOMEBODY_ELSES": f"http://u:{CANARY}-other@h",
                "AIRFLOW__API__SECRET_KEY": f"{CANARY}-of-airflow",
                "DATABASE_PASSWORD": f"{CANARY}-of-the-worker",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        file.unlink()
    said = done.stdout + done.stderr
    # The runner has printed its environment: both connections are there, everything else of the worker is not.
    assert '"AIRFLOW_CONN_ANALYTICS": ' in said
    assert '"AIRFLOW_CONN_X_MAIN": ' in said
    for name in ("AIRFLOW_CONN_SOMEBODY_ELSES", "AIRFLOW__API__SECRET_KEY", "DATABASE_PASSWORD"):
        assert f'"{name}"' not in said
    assert CANARY not in said
    assert [str(path) for path in files_with(CANARY)] == []
    # Where it would be found: the database holds what the task rendered and returned.
    assert [path.suffix for path in files_with(dag_id)] != []


def files_with(text: str) -> list[Path]:
    """Files of Airflow's home, its database and its logs, that hold a text."""
    return [path for path in AIRFLOW_HOME.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
