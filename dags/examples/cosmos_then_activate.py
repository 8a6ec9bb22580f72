"""
The models of a dbt project as tasks, by Cosmos, and activations after them.

A trap: with `TestBehavior.AFTER_EACH`, the default of Cosmos, the asset of a model comes from the task that runs it,
before its tests. A DAG that is scheduled by it would send data whose tests fail a moment later. Both ways out are used
here: `TestBehavior.BUILD` runs the tests in the task of the model, so that its asset comes after them; and `dbt >> run`
in one DAG waits for everything, the tests included.

The manifest is written by `dbt parse`, where the project is deployed: parsing the DAG calls no dbt.
"""

import shutil
from pathlib import Path

from airflow.sdk import DAG
from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import InvocationMode, LoadMode, TestBehavior
from tidemark_airflow import TidemarkRunOperator

HERE = Path(__file__).parent
PROJECT = HERE / "dbt"

with DAG("cosmos_then_activate", schedule="@daily", catchup=False, max_active_runs=1):
    dbt = DbtTaskGroup(
        group_id="dbt",
        project_config=ProjectConfig(PROJECT, manifest_path=PROJECT / "target" / "manifest.json"),
        profile_config=ProfileConfig("shop", "dev", profiles_yml_filepath=PROJECT / "profiles.yml"),
        # dbt has an environment of its own: it and Airflow want other versions of the same packages.
        execution_config=ExecutionConfig(
            dbt_executable_path=shutil.which("dbt") or "dbt", invocation_mode=InvocationMode.SUBPROCESS
        ),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_MANIFEST,
            test_behavior=TestBehavior.BUILD,
            invocation_mode=InvocationMode.SUBPROCESS,
        ),
        operator_args={"append_env": True, "install_deps": False},
    )
    dbt >> TidemarkRunOperator(
        task_id="high_value.x",
        activation="high_value.x",
        config=str(HERE / "tidemark.yml"),
        connections=["analytics", "x_main"],
        pool="tidemark_x_ads_18ce54d4x5t",
    )
