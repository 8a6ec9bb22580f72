"""Once a day, how large the platforms say that the audiences are: a row each in tidemark.audience_sizes."""

from pathlib import Path

from airflow.sdk import DAG
from tidemark_airflow import TidemarkSizesOperator

with DAG("sizes_daily", schedule="30 7 * * *", catchup=False, max_active_runs=1):
    TidemarkSizesOperator(
        task_id="sizes",
        config=str(Path(__file__).parent / "tidemark.yml"),
        connections=["analytics", "x_main"],
        retries=2,
    )
