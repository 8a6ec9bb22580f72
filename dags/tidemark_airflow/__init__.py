"""Tidemark under Airflow: an operator that runs activations, and a factory that makes DAGs of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidemark_airflow.activations_file import ActivationsFileError
    from tidemark_airflow.assets import model_asset, receipt_asset
    from tidemark_airflow.factory import activation_dags
    from tidemark_airflow.operator import TidemarkRunOperator
    from tidemark_airflow.sizes import TidemarkSizesOperator

__version__ = "0.1.0"

# Loaded when they are asked for: a DAG file pays for what it uses, and Airflow reads the provider's facts without any.
_EXPORTS = {
    "ActivationsFileError": "tidemark_airflow.activations_file",
    "TidemarkRunOperator": "tidemark_airflow.operator",
    "TidemarkSizesOperator": "tidemark_airflow.sizes",
    "activation_dags": "tidemark_airflow.factory",
    "model_asset": "tidemark_airflow.assets",
    "receipt_asset": "tidemark_airflow.assets",
}

__all__ = [
    "ActivationsFileError",
    "TidemarkRunOperator",
    "TidemarkSizesOperator",
    "__version__",
    "activation_dags",
    "model_asset",
    "receipt_asset",
]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_EXPORTS[name]), name)
