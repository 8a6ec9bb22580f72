"""dbt and activations in one DAG: `dbt build` runs the tests too, so that nothing is sent when one fails."""

from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from tidemark_airflow import TidemarkRunOperator

HERE = Path(__file__).parent

with DAG("dbt_build_then_activate", schedule="@daily", catchup=False, max_active_runs=1):
    dbt_build = BashOperator(task_id="dbt_build", bash_command="dbt build", cwd=str(HERE / "dbt"))
    for activation in ("high_value.x", "newsletter.x"):
        dbt_build >> TidemarkRunOperator(
            task_id=activation,
            activation=activation,
            config=str(HERE / "tidemark.yml"),
            connections=["analytics", "x_main"],
            pool="tidemark_x_ads_18ce54d4x5t",
        )
