"""The Kubernetes API on localhost, with a node: the engine runs the pod's container."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import docker
from fake_cluster import FakeCluster

_STATES = {"created": "waiting", "running": "running", "exited": "terminated"}


class DockerCluster(FakeCluster):
    """One pod with one container, which is run as the pod says it: image, arguments, environment, user, security."""

    def __init__(self, engine: str, config: str) -> None:
        super().__init__("", 0)
        self.engine = docker.DockerClient(base_url=engine)
        self.config = config
        self.secrets: dict[str, dict[str, str]] = {}
        self.container: Any = None

    def answer(self, method: str, path: str, body: Any) -> Any:
        """As a cluster answers; a log that is followed ends with its container."""
        kind, _, name = path.partition("/namespaces/ads/")[2].partition("/")
        self.asked.append((method, path, body))
        if path.endswith("/log"):
            return self.container.logs(timestamps=True, follow=True).decode()
        if kind == "secrets" and method == "POST":
            self.secrets[body["metadata"]["name"]] = secret_values(body)
            return body
        if kind == "secrets" and method == "DELETE":
            self.secrets.pop(name, None)
        if kind == "pods" and method == "POST":
            self.container = self.run(body)
            self.pod = {**body, "metadata": {**body["metadata"], "uid": "u-1", "creationTimestamp": now()}}
        if kind == "pods" and method == "DELETE" and self.pod is not None:
            grace = self.pod["spec"].get("terminationGracePeriodSeconds", 30)
            self.container.stop(timeout=grace)
            gone, self.pod = self.seen(), None
            return gone
        if kind == "pods" and not name and method == "GET":
            items = [self.seen()] if self.pod else []
            return {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items}
        if kind == "pods":
            return self.seen() if self.pod else None
        return {"kind": "Status", "apiVersion": "v1", "status": "Success", "metadata": {}, "items": []}

    def run(self, pod: dict[str, Any]) -> Any:
        """Starts the container; what the pod mounts from a ConfigMap is the configuration's file."""
        [spec] = pod["spec"]["containers"]
        user = pod["spec"]["securityContext"]
        own = spec["securityContext"]
        environment = {one["name"]: one.get("value", "") for one in spec.get("env", []) if "valueFrom" not in one}
        for one in spec.get("envFrom", []):
            environment |= self.secrets[one["secretRef"]["name"]]
        return self.engine.containers.run(
            spec["image"],
            spec["args"],
            environment=environment,
            user=f"{user['runAsUser']}:{user['runAsGroup']}",
            read_only=own["readOnlyRootFilesystem"],
            cap_drop=own["capabilities"]["drop"],
            security_opt=[] if own["allowPrivilegeEscalation"] else ["no-new-privileges"],
            mem_limit=spec["resources"]["limits"]["memory"].replace("Mi", "m"),
            tmpfs={"/tmp": "rw,size=64m"},
            volumes={self.config: {"bind": "/work/tidemark.yml", "mode": "ro"}},
            network_mode="host",
            detach=True,
        )

    def seen(self) -> dict[str, Any]:
        """The pod as its container is now."""
        assert self.pod is not None
        self.container.reload()
        state = self.container.attrs["State"]
        facts: dict[str, dict[str, Any]] = {
            "waiting": {"reason": "ContainerCreating"},
            "running": {"startedAt": state["StartedAt"]},
            "terminated": {"exitCode": state["ExitCode"], "startedAt": state["StartedAt"], "finishedAt": now()},
        }
        kind = _STATES[state["Status"]]
        ended = "Failed" if state["ExitCode"] else "Succeeded"
        status = {"name": "base", "image": "i", "imageID": "", "ready": kind == "running", "restartCount": 0}
        phase = {"waiting": "Pending", "running": "Running", "terminated": ended}[kind]
        found = {"phase": phase, "startTime": now(), "containerStatuses": [{**status, "state": {kind: facts[kind]}}]}
        return {**self.pod, "status": found}


def secret_values(body: dict[str, Any]) -> dict[str, str]:
    """Of ``stringData`` and ``data``."""
    encoded = {key: base64.b64decode(value).decode() for key, value in (body.get("data") or {}).items()}
    return {**encoded, **(body.get("stringData") or {})}


def now() -> str:
    """As Kubernetes writes it."""
    return datetime.now(UTC).isoformat()
