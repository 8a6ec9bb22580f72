"""The connection type ``tiktok_ads``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tidemark_airflow.connection_types import TIKTOK_ADS, Field
from tidemark_airflow.hooks.ad_platform import AdPlatformHook, field_behaviour, form_widgets


class TikTokAdsHook(AdPlatformHook):
    """A TikTok advertiser account and the token that may write its audiences."""

    conn_type: ClassVar[str] = "tiktok_ads"
    default_conn_name: ClassVar[str] = "tiktok_ads_default"
    hook_name: ClassVar[str] = "TikTok Ads"
    fields: ClassVar[Mapping[str, Field]] = TIKTOK_ADS

    # Airflow 3.1 looks for these two in the class itself.
    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """The form's usual fields."""
        return field_behaviour()

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """The form's own fields."""
        return form_widgets(cls.fields)
