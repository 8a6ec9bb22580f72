"""What differs between the Airflow versions that are served: 3.1.8 and newer."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
else:
    try:
        from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
    except ImportError:  # before 3.2
        from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException

__all__ = ["AirflowException", "AirflowFailException", "AirflowSkipException", "airflow_version"]


@cache
def airflow_version() -> tuple[int, int]:
    """Major and minor number of the Airflow that is installed; read once, which takes 1 ms."""
    major, minor = version("apache-airflow-core").split(".")[:2]
    return int(major), int(minor)
