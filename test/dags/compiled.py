"""What ``tidemark compile`` says of a configuration, and folders with DAG files beside it."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import DAGS_FOLDER, TIDEMARK

from bench import dag_bag

CONFIGURATION = """
version: 1
warehouse: { type: postgres, connection: analytics, schema: tidemark }
run: { lease_seconds: 400 }
destinations:
  x:
    type: x_ads
    account_id: 18ce54d4x5t
    connection: x_main
    request: { timeout_ms: 60000 }
    defaults: { fields: { email: email }, schedule: "0 */6 * * *", airflow: { owner: growth, tags: [paid] } }
  tiktok:
    type: tiktok_ads
    connection: tiktok_main
    defaults: { fields: { email: email } }
segments:
  high_value:
    relation: shop.marts.high_value
    description: Worth more | than 500
    member_key: customer_id
    activate:
      - destination: x
        airflow: { retries: 2, retry_delay_seconds: 30, execution_timeout_seconds: 900, queue: ads, priority_weight: 3 }
      - tiktok
  recent:
    relation: shop.marts.recent
    member_key: customer_id
    activate: [{ destination: x, airflow: { pool: own, pool_slots: 2 } }]
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What ``tidemark compile`` says of the configuration."""
    folder = tmp_path_factory.mktemp("compiled")
    (folder / "tidemark.yml").write_text(CONFIGURATION)
    done = subprocess.run([*TIDEMARK, "compile"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "activations.json").read_text()


class Folder:
    """A folder among the DAG folders, with ``activations.json`` and a DAG file beside it."""

    def __init__(self) -> None:
        self.path = DAGS_FOLDER / f"f{uuid.uuid4().hex[:8]}"
        self.path.mkdir()

    def bag(self, activations: str | None, call: str = 'activation_dags("activations.json")', more: str = "") -> Any:
        if activations is not None:
            (self.path / "activations.json").write_text(activations)
        (self.path / "dags.py").write_text(f"from tidemark_airflow import activation_dags\n{more}\n{call}\n")
        return dag_bag(self.path)


@pytest.fixture
def folder() -> Iterator[Folder]:
    made = Folder()
    yield made
    for file in made.path.rglob("*.*"):
        file.unlink()


@pytest.fixture
def dags(folder: Folder, compiled: str) -> Callable[..., dict[str, Any]]:
    """The DAGs of a call of ``activation_dags``."""

    def load(call: str = 'activation_dags("activations.json")', more: str = "") -> dict[str, Any]:
        bag = folder.bag(compiled, call, more)
        assert bag.import_errors == {}
        return dict(bag.dags)

    return load
