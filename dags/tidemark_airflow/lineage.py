"""Which relation a run reads and which audience it feeds, in the names of OpenLineage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

if TYPE_CHECKING:
    from tidemark_airflow.operator import TidemarkRunOperator

_PART = re.compile(r'"((?:[^"]|"")*)"|`([^`]*)`|([^.]+)')
_PLATFORMS = {"x_ads": "xads://ads-api.x.com", "tiktok_ads": "tiktok://business-api.tiktok.com"}


@dataclass(frozen=True)
class WarehouseName:
    """How OpenLineage names a warehouse, and what stands before a relation that is not written in full."""

    namespace: str
    database: str
    schema: str


def warehouse_name(warehouse: Mapping[str, Any] | None) -> WarehouseName | None:
    """
    The name of a warehouse by its Airflow connection, without a secret; to be asked while the task runs.

    None where OpenLineage's provider is not installed, or where no connection is named.
    """
    if not installed() or warehouse is None or not warehouse.get("connection"):
        return None
    make = _WAREHOUSES.get(str(warehouse.get("type")))
    return None if make is None else make(BaseHook.get_connection(warehouse["connection"]))


def installed() -> bool:
    """Whether Airflow's OpenLineage provider is there."""
    try:
        return find_spec("airflow.providers.openlineage") is not None
    except ModuleNotFoundError:
        return False


def postgres(connection: Any) -> WarehouseName:
    """PostgreSQL: its database stands in the schema of the connection."""
    host, port = connection.host or "localhost", connection.port or 5432
    return WarehouseName(f"postgres://{host}:{port}", connection.schema or "postgres", "public")


def snowflake(connection: Any) -> WarehouseName:
    """Snowflake: by its account."""
    extra = connection.extra_dejson
    return WarehouseName(
        f"snowflake://{extra.get('account', '')}", extra.get("database", ""), connection.schema or "PUBLIC"
    )


def bigquery(connection: Any) -> WarehouseName:
    """BigQuery is one namespace."""
    return WarehouseName("bigquery", connection.extra_dejson.get("project", ""), "")


def duckdb(connection: Any) -> WarehouseName:
    """DuckDB: by its file, whose name without the ending is the database."""
    path = str(connection.host or "")
    return WarehouseName(f"duckdb://{path}", path.rsplit("/", 1)[-1].rsplit(".", 1)[0], "main")


_WAREHOUSES: dict[str, Callable[[Any], WarehouseName]] = {
    "postgres": postgres,
    "snowflake": snowflake,
    "bigquery": bigquery,
    "duckdb": duckdb,
}


def input_name(relation: str, warehouse: WarehouseName) -> str:
    """``database.schema.table`` of a relation as it stands in the configuration: quoted or not, in full or not."""
    parts = [(quoted.replace('""', '"') or back or bare).strip() for quoted, back, bare in _PART.findall(relation)]
    missing = [warehouse.database, warehouse.schema][: max(0, 3 - len(parts))]
    return ".".join([*missing, *parts])


def output_name(destination: Mapping[str, Any], audience_id: str) -> tuple[str, str]:
    """Namespace and name of an audience."""
    platform = str(destination.get("platform"))
    return _PLATFORMS.get(platform, platform), f"account/{destination.get('account_id')}/audience/{audience_id}"


def of_activation(facts: Any, activation: str) -> Any:
    """Facts are those of every activation, or a mapping from activation to facts."""
    return facts.get(activation) if isinstance(facts, Mapping) and activation in facts else facts


def lineage_of(operator: TidemarkRunOperator) -> Any:
    """Inputs and outputs of the last try, as OpenLineage's provider wants them; only where that is installed."""
    from airflow.providers.openlineage.extractors import OperatorLineage
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import output_statistics_output_dataset

    inputs: dict[str, Any] = {}
    outputs = []
    for entry in (operator.summary or {}).get("activations", []):
        activation = str(entry.get("activation"))
        relation = of_activation(operator.relation, activation)
        if operator.warehouse_name is not None and isinstance(relation, str):
            name = input_name(relation, operator.warehouse_name)
            inputs[name] = InputDataset(namespace=operator.warehouse_name.namespace, name=name)
        destination = of_activation(operator.destination, activation)
        if isinstance(destination, Mapping) and entry.get("audience_id"):
            namespace, name = output_name(destination, str(entry["audience_id"]))
            changed = int(entry.get("members_added") or 0) + int(entry.get("members_removed") or 0)
            statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=changed)
            outputs.append(OutputDataset(namespace=namespace, name=name, outputFacets={"outputStatistics": statistics}))
    return OperatorLineage(inputs=list(inputs.values()), outputs=outputs)
