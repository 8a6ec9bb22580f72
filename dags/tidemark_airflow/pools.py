"""Pools of Airflow: one for each ad account, so that tasks side by side share its rate limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tidemark_airflow.activations_file import Activation

DEFAULT_POOL = "default_pool"


def pools_of(activations: Iterable[Activation], slots: int = 1) -> dict[str, dict[str, Any]]:
    """What ``airflow pools import`` takes: every pool that these activations name, in the order of their names."""
    members: dict[str, list[Activation]] = {}
    for activation in activations:
        if activation.pool != DEFAULT_POOL:
            members.setdefault(activation.pool, []).append(activation)
    return {
        name: {
            "slots": max(slots, *(int(one.airflow.get("pool_slots", 1)) for one in own), 1),
            "description": f"Tidemark: {described(own)}",
            "include_deferred": False,
        }
        for name, own in sorted(members.items())
    }


def missing_pools(needed: Mapping[str, Any], listed: Iterable[Mapping[str, Any]]) -> list[str]:
    """Those that Airflow does not have; ``listed`` is what ``airflow pools list --output json`` prints."""
    there = {str(pool.get("pool")) for pool in listed}
    return [name for name in needed if name not in there]


def described(activations: list[Activation]) -> str:
    """Whose rate limit it is."""
    accounts = sorted({f"{one.platform} {one.account_id or one.destination}" for one in activations})
    return ", ".join(accounts)
