"""One DAG for each activation, started by the schedule in tidemark.yml."""

from tidemark_airflow import activation_dags

activation_dags("activations.json", dag_id="by_cron.{name}")
