"""
dbt in one DAG, activations in others: each starts when the model that it reads was built and has passed its tests.

`dbt build` runs the tests too, and the assets are outlets of that one task: nothing is emitted when a test fails.
"""

from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from tidemark_airflow import activation_dags, model_asset

PROJECT = Path(__file__).parent / "dbt"
MODELS = ["high_value", "newsletter"]

with DAG("after_dbt_asset.dbt", schedule="@daily", catchup=False, max_active_runs=1):
    BashOperator(
        task_id="build",
        bash_command="dbt build",
        cwd=str(PROJECT),
        outlets=[model_asset(f"model.shop.{name}") for name in MODELS],
    )

activation_dags(
    "activations.json",
    dag_id="after_dbt_asset.{name}",
    schedule=lambda group: [model_asset(f"model.shop.{one.segment}") for one in group.activations],
)
