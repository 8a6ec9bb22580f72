"""OpenLineage: names of relations and audiences, and nothing without its provider."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from conftest import fake_runner
from tidemark_airflow import TidemarkRunOperator
from tidemark_airflow.lineage import WarehouseName, input_name, installed

POSTGRES = {"conn_type": "postgres", "host": "db.example", "schema": "shop", "password": "canary-7f3a"}


@pytest.mark.parametrize(
    ("relation", "name"),
    [
        ("people", "shop.public.people"),
        ("crm.people", "shop.crm.people"),
        ('"Shop"."crm"."High.Value"', "Shop.crm.High.Value"),
        ('"a""b"', 'shop.public.a"b'),
        ("`project`.`set`.`table`", "project.set.table"),
    ],
)
def test_a_relation_is_named_in_full(relation: str, name: str) -> None:
    assert input_name(relation, WarehouseName("postgres://db.example:5432", "shop", "public")) == name


@pytest.mark.parametrize(
    ("kind", "connection", "namespace", "name"),
    [
        ("postgres", POSTGRES, "postgres://db.example:5432", "shop.public.people"),
        (
            "duckdb",
            {"conn_type": "duckdb", "host": "/data/shop.duckdb"},
            "duckdb:///data/shop.duckdb",
            "shop.main.people",
        ),
        (
            "snowflake",
            {"conn_type": "snowflake", "schema": "CRM", "extra": {"account": "org-acc", "database": "SHOP"}},
            "snowflake://org-acc",
            "SHOP.CRM.people",
        ),
    ],
)
def test_a_run_says_what_it_read_and_what_it_fed(
    monkeypatch: pytest.MonkeyPatch, kind: str, connection: dict[str, Any], namespace: str, name: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ANALYTICS", json.dumps(connection))
    entry = {"activation": "a.x", "run_id": "r", "audience_id": "1k2", "members_added": 3, "members_removed": 1}
    task = TidemarkRunOperator(
        task_id="x",
        activation="a.x",
        run_key="k",
        warehouse={"type": kind, "connection": "analytics"},
        relation="people",
        destination={"platform": "x_ads", "account_id": "18ce54d4x5t"},
        **fake_runner([["summary", {"activations": [entry]}]]),
    )
    task.execute({})
    if not installed():
        assert task.warehouse_name is None
        return
    told = task.get_openlineage_facets_on_complete(None)
    assert [(dataset.namespace, dataset.name) for dataset in told.inputs] == [(namespace, name)]
    [output] = told.outputs
    assert (output.namespace, output.name) == ("xads://ads-api.x.com", "account/18ce54d4x5t/audience/1k2")
    assert output.outputFacets["outputStatistics"].rowCount == 4
    assert "canary-7f3a" not in str(told)


def test_a_dag_file_imports_neither_openlineage_nor_a_backend() -> None:
    program = (
        "import sys; from tidemark_airflow import TidemarkRunOperator;"
        "TidemarkRunOperator(task_id='x', activation='a.x');"
        "print(sorted({'openlineage', 'docker', 'kubernetes'} & {name.split('.')[0] for name in sys.modules}))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"
