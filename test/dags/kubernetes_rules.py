"""What a Kubernetes API server refuses, with 422: its own schema, and rules that no schema holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate

# The oldest that is still maintained and the newest that is known: a field may be in one and not in the other.
VERSIONS = ("1.33", kubernetes_validate.latest_version())

_LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
_LABEL_KEY = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_VARIABLE = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]*")


def problems_of(body: dict[str, Any]) -> list[str]:
    """Why an object is refused, a sentence each; empty where it is taken."""
    return [*by_schema(body), *of_metadata(body["metadata"]), *of_pod(body.get("spec") or {})]


def by_schema(body: dict[str, Any]) -> Iterator[str]:
    """Unknown fields and wrong types, in each version."""
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(body, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{version}: {'.'.join(map(str, error.absolute_path))}: {error.message}"


def of_metadata(metadata: dict[str, Any]) -> Iterator[str]:
    """Names and labels: kubernetes.io, "Object Names and IDs", "Labels and Selectors"."""
    if not _NAME.fullmatch(metadata.get("name", "")):
        yield f"metadata.name {metadata.get('name')!r}"
    for key, value in (metadata.get("labels") or {}).items():
        if not _LABEL_KEY.fullmatch(key) or not _LABEL.fullmatch(value):
            yield f"metadata.labels {key!r}: {value!r}"


def of_pod(spec: dict[str, Any]) -> Iterator[str]:
    """What the parts of a pod say of each other."""
    volumes = [volume["name"] for volume in spec.get("volumes") or []]
    if len(set(volumes)) < len(volumes):
        yield f"spec.volumes: names are not unique: {volumes}"
    for container in spec.get("containers") or []:
        where = f"container {container['name']}"
        mounts = container.get("volumeMounts") or []
        paths = [mount["mountPath"] for mount in mounts]
        if len(set(paths)) < len(paths):
            yield f"{where}: mount paths are not unique: {paths}"
        yield from (f"{where}: no volume {mount['name']!r}" for mount in mounts if mount["name"] not in volumes)
        for variable in container.get("env") or []:
            if not _VARIABLE.fullmatch(variable["name"]):
                yield f"{where}: env {variable['name']!r}"
