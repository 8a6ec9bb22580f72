"""
One DAG for each destination: its activations are tasks side by side, in the pool of their ad account.

The pool has to be there:

    python -m tidemark_airflow pools activations.json > pools.json
    airflow pools import pools.json
"""

from tidemark_airflow import activation_dags

activation_dags("activations.json", by="destination", dag_id="one_account.{name}")
