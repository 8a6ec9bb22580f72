"""The runner in a pod, by Airflow's KubernetesPodOperator."""

from __future__ import annotations

import hashlib
import json
import logging
import posixpath
from collections.abc import Mapping
from typing import Any

from airflow.providers.cncf.kubernetes.callbacks import KubernetesPodOperatorCallback
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

from tidemark_airflow.backends import Ended, Invocation, Place
from tidemark_airflow.backends.kubernetes_secret import ConnectionSecret
from tidemark_airflow.backends.nested import execute_within
from tidemark_airflow.compat import AirflowException
from tidemark_airflow.log_lines import read_log_line

log = logging.getLogger(__name__)

# Where the image looks for its configuration.
WORK = "/work"
USER = 65532
# On top of the drain, before the cluster kills the pod.
GRACE_SECONDS = 22
# What the backend decides itself.
_OURS = ("arguments", "callbacks", "deferrable", "log_formatter", "log_pod_spec_on_failure", "skip_on_exit_code")


class RunnerPodOperator(KubernetesPodOperator):
    """KubernetesPodOperator that keeps how the runner ended, instead of a text about it."""

    exit_code: int | None = None
    result: Any = None

    def cleanup(self, pod: Any, remote_pod: Any, xcom_result: Any = None, context: Any = None) -> None:
        """As the operator does it; before the pod is deleted, its exit code and result are kept."""
        self.exit_code = exit_code_of(remote_pod, self.base_container_name)
        self.result = xcom_result
        super().cleanup(pod, remote_pod, xcom_result=xcom_result, context=context)

    def _push_xcom_with_fan_out(self, ti: Any, value: Any) -> None:
        """Nothing: the summary of a failed try is pushed once, cut, by the task."""


class Watcher(KubernetesPodOperatorCallback):
    """Sees the pod as it is made, and every line of its log. One object for one run."""

    def __init__(self, secret: ConnectionSecret | None) -> None:
        self.secret = secret
        self.last_line: str | None = None

    def on_pod_creation(self, *, pod: Any, **_: Any) -> None:  # type: ignore[override]
        """From here on the secret goes when the pod goes."""
        if self.secret is not None and pod is not None:
            self.secret.belong_to(pod)

    def progress_callback(self, *, line: str, **_: Any) -> None:  # type: ignore[override]
        """A line of the log; the summary is the last one of standard output that can be read as such."""
        if line.lstrip().startswith('{"schema":'):
            self.last_line = line.strip()


class KubernetesBackend:
    """
    Runs the image in a pod; its ENTRYPOINT is the runner. ``backend_options`` are KubernetesPodOperator's arguments and

    - ``connection_secrets``: from connection id to the name of a Secret of the cluster that has it, as a key
      ``AIRFLOW_CONN_<ID>``. Airflow is not asked for these.
    - ``config_map``: the ConfigMap with ``tidemark.yml``, mounted at ``/work``.
    - ``do_xcom_push=False``: no side-car; the summary is then read from the log.

    Other connections travel in a Secret of the pod's own, so that no pod specification holds one.
    """

    def __init__(self, place: Place) -> None:
        ours = sorted(set(place.options) & set(_OURS))
        if ours:
            raise ValueError(f"backend_options of kubernetes: {ours} are set by the operator; leave them out.")
        self._place = place
        self._operator: RunnerPodOperator | None = None

    def run(self, invocation: Invocation, context: Any) -> Ended:
        """Runs to the end; see ``Backend``. Raises what the operator raises where no pod could be started."""
        secret = ConnectionSecret(invocation.private) if invocation.private else None
        watcher = Watcher(secret)
        operator = self._operator = self.operator_for(invocation, watcher)
        operator.pod_request_obj = operator.build_pod_request_obj(context)
        try:
            if secret is not None:
                secret.create(operator.hook.core_v1_client, operator.pod_request_obj.metadata)
            execute_within(operator, context)
        except AirflowException:
            if operator.exit_code is None:
                raise
        finally:
            if secret is not None:
                secret.delete()
        # A pod that was deleted while it ran tells no code: it was killed.
        code = 137 if operator.exit_code is None else operator.exit_code
        return Ended(exit_code=code, last_line=json.dumps(operator.result) if operator.result else watcher.last_line)

    def operator_for(self, invocation: Invocation, watcher: Watcher) -> RunnerPodOperator:
        """The operator that runs this invocation, not yet run."""
        options = dict(self._place.options)
        held = [watcher.secret.name] if watcher.secret is not None else []
        named = [*held, *dict(options.pop("connection_secrets", {})).values()]
        config = invocation.config
        volumes, mounts = [tmp_volume()], [k8s.V1VolumeMount(name="tmp", mount_path="/tmp")]  # noqa: S108
        if config_map := options.pop("config_map", None):
            volumes.append(k8s.V1Volume(name="config", config_map=k8s.V1ConfigMapVolumeSource(name=config_map)))
            mounts.append(k8s.V1VolumeMount(name="config", mount_path=WORK, read_only=True))
            config = f"{WORK}/{posixpath.basename(config)}"
        merged = {
            "env_vars": {"HOME": "/tmp", **invocation.environment, **dict(options.pop("env_vars", {}))},  # noqa: S108
            "env_from": [*map(secret_env, dict.fromkeys(named)), *options.pop("env_from", ())],
            "volumes": [*volumes, *options.pop("volumes", ())],
            "volume_mounts": [*mounts, *options.pop("volume_mounts", ())],
            "labels": {**dict(options.pop("labels", {})), **labels_of(invocation)},
        }
        arguments = {
            "image": self._place.image,
            "termination_grace_period": invocation.drain_seconds + GRACE_SECONDS,
            **hardened(),
            **options,
            **merged,
            "task_id": self._place.task_id,
            "arguments": invocation.arguments(config=config),
            "callbacks": [watcher],
            "deferrable": False,
            "log_formatter": readable,
            "log_pod_spec_on_failure": False,
        }
        return RunnerPodOperator(**arguments)

    def kill(self) -> None:
        """Deletes the pod: the cluster sends SIGTERM, and SIGKILL when the grace period is over."""
        if self._operator is not None:
            self._operator.on_kill()


def hardened() -> Mapping[str, Any]:
    """Arguments of KubernetesPodOperator: the least that the runner needs. Each can be replaced by an option."""
    container = k8s.V1SecurityContext(
        allow_privilege_escalation=False,
        capabilities=k8s.V1Capabilities(drop=["ALL"]),
        read_only_root_filesystem=True,
        run_as_non_root=True,
    )
    return {
        "security_context": k8s.V1PodSecurityContext(
            run_as_non_root=True,
            run_as_user=USER,
            run_as_group=USER,
            fs_group=USER,
            seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
        ),
        "container_security_context": container,
        "xcom_sidecar_container_security_context": container,
        "container_resources": k8s.V1ResourceRequirements(
            requests={"cpu": "100m", "memory": "256Mi"}, limits={"memory": "512Mi"}
        ),
        "automount_service_account_token": False,
        "do_xcom_push": True,
    }


def tmp_volume() -> k8s.V1Volume:
    """Somewhere to write: the root file system is read-only."""
    return k8s.V1Volume(name="tmp", empty_dir=k8s.V1EmptyDirVolumeSource(size_limit="64Mi"))


def secret_env(name: str) -> k8s.V1EnvFromSource:
    """All of a Secret, as environment."""
    return k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name=name))


def labels_of(invocation: Invocation) -> dict[str, str]:
    """A retry takes up a pod that still runs only where its run is the same: labels are what a pod is found by."""
    identity = hashlib.sha256(invocation.identity.encode()).hexdigest()[:32]
    return {"app.kubernetes.io/name": "tidemark", "tidemark-run-key": identity}


def exit_code_of(pod: Any, container_name: str) -> int | None:
    """Of the runner's container; None where it has not ended, or the pod is gone."""
    statuses = (pod.status.container_statuses if pod is not None and pod.status is not None else None) or []
    for status in statuses:
        if status.name == container_name and status.state is not None and status.state.terminated is not None:
            return int(status.state.terminated.exit_code)
    return None


def readable(_: str, message: str) -> str:
    """A line of the runner's log for the task log. Its level is in the text: the operator logs all at one level."""
    level, text = read_log_line(message)
    return text if level == logging.INFO else f"{logging.getLevelName(level).lower()}: {text}"
