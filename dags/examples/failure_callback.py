"""Somebody is told when a run fails for good, with what went wrong and what was not sent."""

import logging
from typing import Any

from tidemark_airflow import activation_dags

log = logging.getLogger("tidemark.alerts")


def tell(context: dict[str, Any]) -> None:
    """After the last try. Send the text to a channel of yours instead of a log."""
    ti = context["ti"]
    log.error("%s failed: %s", ti.task_id, context["exception"])


activation_dags("activations.json", dag_id="failure_callback.{name}", on_failure_callback=tell)
