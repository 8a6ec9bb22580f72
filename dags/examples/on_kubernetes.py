"""Each activation in a pod. The ConfigMap `tidemark` holds tidemark.yml; connections travel in a Secret of the pod."""

from tidemark_airflow import activation_dags

activation_dags(
    "activations.json",
    dag_id="on_kubernetes.{name}",
    backend="kubernetes",
    image="tidemark:latest",
    backend_options={"namespace": "tidemark", "config_map": "tidemark"},
)
