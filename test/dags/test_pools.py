"""Pools: one for each ad account, and what says that one is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from compiled import Folder, compiled, folder

__all__ = ["compiled", "folder"]


def test_pools_are_one_for_each_account_and_large_enough(folder: Folder, compiled: str) -> None:
    file = folder.path / "activations.json"
    file.write_text(compiled)
    printed = pools_command(str(file))
    assert (printed.returncode, json.loads(printed.stdout)) == (
        0,
        {
            "own": {"slots": 2, "description": "Tidemark: x_ads 18ce54d4x5t", "include_deferred": False},
            "tidemark_tiktok_ads_tiktok_main": {
                **{"slots": 1, "description": "Tidemark: tiktok_ads tiktok"},
                "include_deferred": False,
            },
            "tidemark_x_ads_18ce54d4x5t": {
                **{"slots": 1, "description": "Tidemark: x_ads 18ce54d4x5t"},
                "include_deferred": False,
            },
        },
    )


@pytest.mark.usefixtures("airflow_database")
def test_airflow_takes_the_pools_and_the_check_says_which_are_missing(folder: Folder, compiled: str) -> None:
    file, pools = folder.path / "activations.json", folder.path / "pools.json"
    file.write_text(compiled)
    before = pools_command(str(file), "--check", given="[]")
    assert (before.returncode, before.stdout.count("would wait for ever")) == (1, 3)
    pools.write_text(pools_command(str(file)).stdout)
    airflow("pools", "import", str(pools))
    after = pools_command(str(file), "--check", given=airflow("pools", "list", "--output", "json"))
    assert (after.returncode, after.stdout) == (0, "")


def test_airflow_itself_warns_of_a_missing_pool(folder: Folder, compiled: str) -> None:
    """What the UI shows at the DAG: a task in a pool that is not there is never scheduled, and never fails."""
    bag = folder.bag(compiled)
    bag.known_pools = {"default_pool", "own"}
    assert {warning.message for warning in bag.dag_warnings} == {
        "Dag 'tidemark.high_value.x' references non-existent pools: ['tidemark_x_ads_18ce54d4x5t']",
        "Dag 'tidemark.high_value.tiktok' references non-existent pools: ['tidemark_tiktok_ads_tiktok_main']",
    }


def test_a_bad_file_for_the_pools_command(tmp_path: Path) -> None:
    done = pools_command(str(tmp_path / "none.json"))
    assert (done.returncode, done.stdout) == (78, "")
    assert "there is no such file" in done.stderr


def pools_command(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "tidemark_airflow", "pools", *arguments]
    return subprocess.run(program, input=given, capture_output=True, text=True, check=False)


def airflow(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "airflow", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
