"""What Airflow reads about this provider, through the entry point ``apache_airflow_provider``."""

from __future__ import annotations

from typing import Any

from tidemark_airflow.connection_types import connection_types


def get_provider_info() -> dict[str, Any]:
    """The facts, in the shape of Airflow's ``provider_info.schema.json``."""
    return {
        "package-name": "tidemark-airflow",
        "name": "Tidemark",
        "description": "Keeps ad-platform audiences in step with segments in a data warehouse.",
        "connection-types": connection_types(),
        "extra-links": ["tidemark_airflow.links.ReceiptsLink"],
    }
