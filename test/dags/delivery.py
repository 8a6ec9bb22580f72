"""An activation that takes ten requests, so that its run can be ended in mid-delivery, and what has to be true then."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import Warehouse

# 1,200 bytes hold 14 users with an e-mail address: 10 requests.
MEMBERS = 140
LEASE_SECONDS = 6
# A busy machine takes long to start a dozen processes, and that is no failure.
PATIENCE_SECONDS = 300.0

SECRETS = {
    "consumer_key": "sim-consumer-key",
    "consumer_secret": "sim-consumer-secret",
    "access_token": "sim-access-token",
    "access_token_secret": "sim-access-token-secret",
}

CONFIGURATION = """
version: 1
warehouse: {{ connection: analytics, schema: tm_{name} }}
run: {{ lease_seconds: {lease} }}
destinations:
  x:
    type: x_ads
    connection: x_main
    request: {{ timeout_ms: 3000, quiet_ms: 5000, max_bytes: 1200, concurrency: 1 }}
segments:
  people:
    relation: {relation}
    member_key: customer_id
    activate:
      - {{ destination: x, audience: {{ name: "{name}" }}, fields: {{ email: email }} }}
"""


def x_connection(url: str) -> str:
    """The Airflow connection of the simulated X Ads."""
    return json.dumps({"conn_type": "x_ads", "host": url, "extra": {"account_id": "18ce54d4x5t", **SECRETS}})


@dataclass
class Delivery:
    """A segment of ``MEMBERS`` people in PostgreSQL, and its configuration in a file."""

    name: str
    folder: Path
    warehouse: Warehouse
    x_url: str
    relation: str = ""
    config: str = field(init=False)

    def __post_init__(self) -> None:
        table = f"people_{self.name}"
        self.warehouse.sql(
            f"create table {table} as select 'c' || i as customer_id, 'p' || i || '@example.com' as email "
            f"from generate_series(1, {MEMBERS}) as t(i)"
        )
        file = self.folder / f"{self.name}.yml"
        file.write_text(
            CONFIGURATION.format(name=self.name, lease=LEASE_SECONDS, relation=self.relation or f"public.{table}")
        )
        # A container reads it as another user.
        file.chmod(0o644)
        self.config = str(file)

    def slow(self) -> None:
        """
        From now on an add takes a second, and from the sixth on none is answered.

        So a run is in mid-delivery from the third add on until ``quick``, however long a test needs to end it.
        """
        rules = [
            {"match": {"op": "add"}, "times": "always", "fault": {"kind": "latency", "ms": 1000}},
            {"match": {"op": "add", "nth": 6}, "times": "always", "fault": {"kind": "drop_before", "hang": True}},
        ]
        self.simulator("POST", "faults", rules)

    def quick(self) -> None:
        """Every add is answered at once again."""
        self.simulator("DELETE", "faults")

    def simulator(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the simulated platform's control."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.x_url}/_simulator/{path}", method=method, data=data)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            text = answer.read().decode()
        return json.loads(text) if answer.headers["content-type"].startswith("application/json") else text

    def audience(self) -> dict[str, Any] | None:
        """The audience, once it is there."""
        named = [one for one in self.simulator("GET", "audiences") if one["name"] == self.name]
        return named[0] if named else None

    def adds(self) -> list[dict[str, Any]]:
        """Requests that add to the audience, in order."""
        audience = self.audience()
        if audience is None:
            return []
        requests = self.simulator("GET", "requests")
        return [one for one in requests if one["op"] == "add" and one["audience"] == audience["id"]]

    def sent(self) -> int:
        """Identifiers in all requests that add, whatever came of them."""
        return sum(one["identifiers"] for one in self.adds())

    def applied(self) -> int:
        """Identifiers in the audience now."""
        audience = self.audience()
        return 0 if audience is None else int(audience["identifiers"])

    def stored(self, status: str = "%") -> int:
        """Identifiers in the receipts of adds, of all or of one status."""
        [row] = self.warehouse.sql(
            f"select coalesce(sum(identifiers), 0) as n from tm_{self.name}.receipts "
            f"where op = 'add' and status like '{status}'"
        )
        return int(str(row["n"]))

    def wait_for_delivery(self) -> None:
        """Waits until the third request of adds has come: some are settled, one is under way, most are to come."""
        wait_until(f"{self.name} to deliver", lambda: len(self.adds()) >= 3)

    def check(self, attempts: int | None = None, unstored: int = 0) -> None:
        """
        The audience is the segment, no more and no less, and nothing that was stored as accepted was sent again.

        ``unstored``: so many identifiers were sent by a runner that was killed before it stored their receipts.
        """
        audience = self.audience()
        assert audience is not None
        wanted = {hashlib.sha256(f"p{i}@example.com".encode()).hexdigest() for i in range(1, MEMBERS + 1)}
        lines = self.simulator("GET", f"audiences/{audience['id']}/members").split("\n")
        assert {line.split(" ")[1] for line in lines if line} == wanted
        assert self.stored("accepted") == MEMBERS
        assert self.stored() <= self.sent() <= self.stored() + unstored
        if attempts is not None:
            [row] = self.warehouse.sql(f"select count(*) as n from tm_{self.name}.runs")
            assert row["n"] == str(attempts)


def wait_until(what: str, is_so: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """Waits for an event; returns what ``is_so`` found. Raises ``TimeoutError`` where it does not come."""
    deadline = time.monotonic() + seconds
    while not (found := is_so()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.1)
    return found
