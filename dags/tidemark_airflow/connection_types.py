"""
The connection types of the ad platforms: fields and form.

Every fact stands in the extra, under the name that ``tidemark.yml`` uses. Airflow's web server reads this without
importing a hook, so nothing of Airflow is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """A field of the connection's form. ``required`` for a run; a ``secret`` is shown as dots and masked in logs."""

    label: str
    description: str
    required: bool = True
    secret: bool = False

    def as_conn_field(self) -> dict[str, Any]:
        """As the facts of a provider give it."""
        schema: dict[str, Any] = {"type": ["string", "null"]}
        if self.secret:
            schema["format"] = "password"
        return {"label": self.label, "description": self.description, "schema": schema}


X_ADS: Mapping[str, Field] = {
    "account_id": Field("Account id", "Of the ad account, like 18ce54d4x5t"),
    "consumer_key": Field("Consumer key", "Of the developer app", secret=True),
    "consumer_secret": Field("Consumer secret", "Of the developer app", secret=True),
    "access_token": Field("Access token", "Of a user who manages the account's audiences", secret=True),
    "access_token_secret": Field("Access token secret", "Of the same user", secret=True),
}
TIKTOK_ADS: Mapping[str, Field] = {
    "advertiser_id": Field("Advertiser id", "A number, like 7000000000000000001"),
    "access_token": Field("Access token", "With the permission for audience management", secret=True),
    "app_id": Field("App id", "For `accounts` and `connect` only", required=False),
    "secret": Field("App secret", "For `accounts` and `connect` only", required=False, secret=True),
}
# Of the usual fields of a connection only the host is shown.
HIDDEN = ["login", "password", "port", "schema"]
RELABELLED = {"host": "Base URL"}
PLACEHOLDERS = {"host": "Only for a sandbox, a proxy or a simulator"}


def connection_types() -> list[dict[str, Any]]:
    """Both, as the facts of a provider give them."""
    hooks = "tidemark_airflow.hooks"
    return [
        connection_type("x_ads", "X Ads", f"{hooks}.x_ads.XAdsHook", X_ADS),
        connection_type("tiktok_ads", "TikTok Ads", f"{hooks}.tiktok_ads.TikTokAdsHook", TIKTOK_ADS),
    ]


def connection_type(conn_type: str, name: str, hook_class: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    """One connection type in the shape of Airflow's ``provider_info.schema.json``."""
    return {
        "hook-class-name": hook_class,
        "hook-name": name,
        "connection-type": conn_type,
        "conn-fields": {key: field.as_conn_field() for key, field in fields.items()},
        "ui-field-behaviour": {"hidden-fields": HIDDEN, "relabeling": RELABELLED, "placeholders": PLACEHOLDERS},
    }
