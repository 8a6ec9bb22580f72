"""A Secret that lives as long as one pod."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from kubernetes.client import ApiException
from kubernetes.client import models as k8s

log = logging.getLogger(__name__)

MANAGED = {"app.kubernetes.io/managed-by": "tidemark-airflow"}
_GONE = 404


class ConnectionSecret:
    """
    Connections for one pod: made before it, owned by it, deleted with it.

    The worker's service account needs ``create``, ``patch``, ``list`` and ``delete`` of Secrets in the namespace; where
    it may not, give ``connection_secrets``.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.name = f"tidemark-{uuid.uuid4().hex[:20]}"
        self._environment = environment
        self._client: Any = None
        self._namespace = ""

    def create(self, client: Any, pod: Any) -> None:
        """Makes it in the namespace of the pod with this metadata, after what dead workers left there is deleted."""
        self._namespace = pod.namespace
        ours = {key: value for key, value in pod.labels.items() if key in ("dag_id", "task_id", "run_id", "map_index")}
        delete_left(client, self._namespace, {**MANAGED, **ours})
        body = k8s.V1Secret(
            api_version="v1",
            kind="Secret",
            metadata=k8s.V1ObjectMeta(name=self.name, labels={**ours, **MANAGED}),
            type="Opaque",
            immutable=True,
            string_data=dict(self._environment),
        )
        client.create_namespaced_secret(namespace=self._namespace, body=body)
        self._client = client

    def belong_to(self, pod: Any) -> None:
        """When the pod goes, the cluster deletes the Secret, also where this worker is dead by then."""
        if self._client is None:
            return
        owner = {"apiVersion": "v1", "kind": "Pod", "name": pod.metadata.name, "uid": pod.metadata.uid}
        patch = {"metadata": {"ownerReferences": [owner]}}
        self._client.patch_namespaced_secret(name=self.name, namespace=self._namespace, body=patch)

    def delete(self) -> None:
        """Deletes it; the runner has read it when it started."""
        if self._client is not None:
            delete_secret(self._client, self._namespace, self.name)


def delete_left(client: Any, namespace: str, labels: Mapping[str, str]) -> None:
    """Deletes Secrets with these labels that no pod owns: their worker died before the pod was made."""
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    try:
        found = client.list_namespaced_secret(namespace=namespace, label_selector=selector).items
    except ApiException as error:
        log.warning("Secrets that dead workers left were not looked for: %s %s", error.status, error.reason)
        return
    for secret in found:
        if not secret.metadata.owner_references:
            delete_secret(client, namespace, secret.metadata.name)


def delete_secret(client: Any, namespace: str, name: str) -> None:
    """One that is gone already is as good."""
    try:
        client.delete_namespaced_secret(name=name, namespace=namespace)
    except ApiException as error:
        if error.status != _GONE:
            log.warning("The Secret %s was not deleted: %s %s", name, error.status, error.reason)
