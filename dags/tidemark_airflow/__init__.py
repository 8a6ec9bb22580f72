"""Tidemark under Airflow: an operator that runs activations, and a factory that makes DAGs of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidemark_airflow.operator import TidemarkRunOperator

__version__ = "0.1.0"

# Loaded when they are asked for: a DAG file pays for what it uses, and Airflow reads the provider's facts without any.
_EXPORTS = {
    "TidemarkRunOperator": "tidemark_airflow.operator",
}

__all__ = ["TidemarkRunOperator", "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_EXPORTS[name]), name)
