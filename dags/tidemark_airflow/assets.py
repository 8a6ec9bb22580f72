"""The assets before and after an activation: the model that it reads, and the receipts that it leaves."""

from __future__ import annotations

from urllib.parse import quote

from airflow.sdk import Asset


def model_asset(name: str, *, namespace: str | None = None) -> Asset:
    """
    The asset of a dbt model.

    With ``namespace`` it is the one that Cosmos emits: ``model_asset("shop.marts.high_value",
    namespace="postgres://db.example:5432")`` is ``postgres://db.example:5432/shop/marts/high_value``. The namespace is
    OpenLineage's: ``postgres://host:port``, ``snowflake://account``, ``bigquery``, ``duckdb://path``; the name is
    ``database.schema.table``. Without it the name is dbt's ``unique_id`` and the asset ``x-dbt://<project>/<unique_id>``,
    which you emit yourself: as an outlet of the task that runs ``dbt build``.

    Raises ValueError where the name has too few parts.
    """
    parts = name.split(".")
    if namespace is not None:
        if len(parts) < 3:
            raise ValueError(f"model_asset({name!r}, namespace=…): name database, schema and table, with dots between.")
        return Asset(namespace.rstrip("/") + "/" + quote(name).replace(".", "/"))
    if len(parts) < 3:
        raise ValueError(f"model_asset({name!r}): name the unique_id of dbt, such as model.shop.high_value.")
    return Asset(f"x-dbt://{parts[1]}/{quote(name)}")


def receipt_asset(activation: str) -> Asset:
    """The asset that a run of this activation updates: ``x-tidemark://high_value.x``, for dashboards over receipts."""
    return Asset(f"x-tidemark://{activation}")
