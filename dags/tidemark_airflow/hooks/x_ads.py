"""The connection type ``x_ads``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tidemark_airflow.connection_types import X_ADS, Field
from tidemark_airflow.hooks.ad_platform import AdPlatformHook, field_behaviour, form_widgets


class XAdsHook(AdPlatformHook):
    """An X Ads account: OAuth 1.0a keys of a developer app and of a user of the account."""

    conn_type: ClassVar[str] = "x_ads"
    default_conn_name: ClassVar[str] = "x_ads_default"
    hook_name: ClassVar[str] = "X Ads"
    fields: ClassVar[Mapping[str, Field]] = X_ADS

    # Airflow 3.1 looks for these two in the class itself.
    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """The form's usual fields."""
        return field_behaviour()

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """The form's own fields."""
        return form_widgets(cls.fields)
