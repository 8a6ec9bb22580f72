"""Airflow connections as the runner reads them: ``AIRFLOW_CONN_<ID>`` in the environment, JSON inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from airflow.sdk import BaseHook

from tidemark_airflow.masking import hide

_SECRET_NAMES = re.compile(r"secret|token|passw|passphrase|private|keyfile|consumer_key|api_?key|credential", re.I)


def private_environment(connection_ids: Iterable[str]) -> dict[str, str]:
    """
    The environment that carries these connections, resolved now.

    To be called where a task runs, never while a DAG file is parsed. Every whole value and each secret in it is masked
    in the task log from here on. Raises ``AirflowNotFoundException`` where Airflow knows no such connection.
    """
    environment: dict[str, str] = {}
    for connection_id in connection_ids:
        connection = BaseHook.get_connection(connection_id)
        text = connection.as_json()
        hide(text)
        for secret in secrets_of({"password": connection.password, "extra": connection.extra_dejson}):
            hide(secret)
        environment[variable_of(connection_id)] = text
    return environment


def variable_of(connection_id: str) -> str:
    """The name under which Airflow, and the runner, read this connection from the environment."""
    return f"AIRFLOW_CONN_{connection_id.upper()}"


def secrets_of(value: object, name: str = "") -> Iterator[str]:
    """Texts that stand under a name that says secret, token, password and the like, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from secrets_of(inner, f"{name} {key}" if _SECRET_NAMES.search(name) else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from secrets_of(inner, name)
    elif isinstance(value, str) and value and _SECRET_NAMES.search(name):
        yield value
