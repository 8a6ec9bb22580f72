"""Airflow finds the provider by its entry point: link, connection types and their forms."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import files, version

import pytest
from airflow.providers_manager import ProvidersManager
from airflow.sdk import Connection
from tidemark_airflow.compat import airflow_version
from tidemark_airflow.hooks.ad_platform import AdPlatformHook
from tidemark_airflow.hooks.tiktok_ads import TikTokAdsHook
from tidemark_airflow.hooks.x_ads import XAdsHook


def test_airflow_lists_the_provider() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "airflow", "providers", "list", "--output", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = [p for p in json.loads(listed.stdout) if p["package_name"] == "tidemark-airflow"]
    assert [p["version"] for p in found] == [version("tidemark-airflow")]


def test_the_link_is_one_that_the_web_server_may_load() -> None:
    assert "tidemark_airflow.links.ReceiptsLink" in ProvidersManager().extra_links_class_names


# As the web server does it for the form of a connection, in a process that has loaded no provider yet.
READ_FORMS = """
import json
from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService
forms = [form.model_dump(mode="json") for form in HookMetaService.hook_meta_data()]
print(json.dumps({form["connection_type"]: form for form in forms}))
"""


def test_the_forms_show_secrets_as_dots_and_nothing_that_is_not_used() -> None:
    read = subprocess.run([sys.executable, "-c", READ_FORMS], capture_output=True, text=True, check=True)
    forms = json.loads(read.stdout.splitlines()[-1])
    x, tiktok = forms["x_ads"], forms["tiktok_ads"]
    assert (x["hook_name"], tiktok["hook_name"]) == ("X Ads", "TikTok Ads")
    assert {name: field["schema"].get("format") for name, field in x["extra_fields"].items()} == {
        "account_id": None,
        "consumer_key": "password",
        "consumer_secret": "password",
        "access_token": "password",
        "access_token_secret": "password",
    }
    assert list(tiktok["extra_fields"]) == ["advertiser_id", "access_token", "app_id", "secret"]
    standard = tiktok["standard_fields"]
    assert [name for name, field in standard.items() if field and field["hidden"]] == [
        *["url_schema", "port", "login", "password"],
    ]
    assert standard["host"]["title"] == "Base URL"


@pytest.mark.parametrize(
    ("hook", "connection", "well", "said"),
    [
        (XAdsHook, {"extra": {"account_id": "a"}}, False, "consumer_key is missing; consumer_secret is missing"),
        (
            TikTokAdsHook,
            {"extra": {"advertiser_id": "7", "acess_token": "t", "access_token": "t"}},
            False,
            "acess_token is unknown",
        ),
        (TikTokAdsHook, {"host": "ads.example", "extra": {}}, False, "base URL 'ads.example' begins with neither"),
        (TikTokAdsHook, {"extra": {"advertiser_id": "7", "access_token": "t"}}, True, "Everything is there"),
    ],
)
def test_a_connection_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, hook: type[AdPlatformHook], connection: dict[str, object], well: bool, said: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ADS", json.dumps({"conn_type": hook.conn_type, **connection}))
    good, message = hook("ads").test_connection()
    assert (good, said in message) == (well, True), message


def test_the_wheel_is_typed_and_holds_the_package_alone() -> None:
    packed = {str(path) for path in files("tidemark-airflow") or []}
    assert "tidemark_airflow/py.typed" in packed
    assert {path.split("/")[0].split("-")[0] for path in packed} == {"tidemark_airflow"}


def test_a_connection_is_handed_over_as_airflow_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from tidemark_airflow.connections import private_environment

    monkeypatch.setenv("AIRFLOW_CONN_X_MAIN", "x-ads://api.example:443/?account_id=18ce54d4x5t&consumer_key=k")
    [(name, text)] = private_environment(["x_main"]).items()
    assert name == "AIRFLOW_CONN_X_MAIN"
    read = Connection.from_json(text, "x_main") if airflow_version() >= (3, 2) else None
    assert json.loads(text)["conn_type"] == "x_ads"
    assert json.loads(text)["extra"] == {"account_id": "18ce54d4x5t", "consumer_key": "k"}
    assert read is None or read.host == "api.example"
