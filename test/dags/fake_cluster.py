"""
A Kubernetes API on localhost, for one pod: it takes it, says that it has ended, and shows a log.

What a real one refuses for its specification it refuses, too. Side-cars are out of its reach (no exec). ``asked``
keeps every request as (method, path, body).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from kubernetes_rules import problems_of


class FakeCluster:
    """What the API knows: one pod at most, and how it ends."""

    def __init__(self, log: str, exit_code: int) -> None:
        self.log = log
        self.exit_code = exit_code
        self.pod: dict[str, Any] | None = None
        self.asked: list[tuple[str, str, Any]] = []
        self.url = ""

    def connection(self) -> dict[str, Any]:
        """The Airflow connection that leads to it, in the namespace ``ads``."""
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "c",
        }
        return {"conn_type": "kubernetes", "extra": {"kube_config": json.dumps(config), "namespace": "ads"}}

    def answer(self, method: str, path: str, body: Any) -> Any:
        """The document, or text, for a request."""
        self.asked.append((method, path, body))
        kind = path.split("/")[5] if path.count("/") > 4 else ""
        if path.endswith("/log"):
            return self.log
        if kind == "pods" and method == "POST":
            self.pod = self.ended(body)
            return self.pod
        if kind == "pods" and method == "DELETE":
            gone, self.pod = self.pod, None
            return gone
        if kind == "pods" and path.count("/") == 5:
            return {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [self.pod] if self.pod else []}
        if kind == "pods":
            return self.pod
        if kind == "secrets" and method in ("POST", "PATCH"):
            return {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "s"}}
        if method == "DELETE":
            return {"kind": "Status", "apiVersion": "v1", "status": "Success"}
        return {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}

    def ended(self, body: dict[str, Any]) -> dict[str, Any]:
        """The pod as it is after its only container has ended."""
        # Logs of a container that ended long ago are not read any more.
        at = datetime.now(UTC).isoformat()
        ended = {"exitCode": self.exit_code, "startedAt": at, "finishedAt": at, "reason": "Completed"}
        state = {"name": "base", "image": "i", "imageID": "", "ready": False, "restartCount": 0}
        return {
            **body,
            "metadata": {**body["metadata"], "uid": "u-1", "creationTimestamp": at},
            "status": {
                "phase": "Failed" if self.exit_code else "Succeeded",
                "startTime": at,
                "containerStatuses": [{**state, "state": {"terminated": ended}}],
            },
        }


@contextmanager
def fake_cluster(log: str, exit_code: int) -> Iterator[FakeCluster]:
    """One whose pod ends at once. Serves until the end of the block."""
    with serving(FakeCluster(log, exit_code)) as cluster:
        yield cluster


@contextmanager
def serving(cluster: FakeCluster) -> Iterator[FakeCluster]:
    """Serves until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            url = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(sent) if sent else None
            refused = problems_of(body) if self.command == "POST" else []
            said = {"message": "; ".join(refused)} if refused else cluster.answer(self.command, url.path, body)
            text = said if isinstance(said, str) else json.dumps(said)
            self.send_response(422 if refused else 404 if said is None else 200)
            self.send_header("Content-Type", "text/plain" if isinstance(said, str) else "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PATCH = do_DELETE = do

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cluster.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield cluster
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
