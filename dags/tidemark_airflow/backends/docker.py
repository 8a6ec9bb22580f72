"""The runner in a container, by Airflow's DockerOperator."""

from __future__ import annotations

import logging
import posixpath
import time
from collections.abc import Mapping
from typing import Any

from airflow.providers.docker.exceptions import DockerContainerFailedException
from airflow.providers.docker.operators.docker import DockerOperator
from docker.errors import APIError
from docker.types import Mount

from tidemark_airflow.backends import Ended, Invocation, Place
from tidemark_airflow.backends.nested import RunnerLines, execute_within

log = logging.getLogger(__name__)

# Where the image looks for its configuration.
WORK = "/work"
# What DockerOperator has no argument for. Each of them can be replaced through backend_options["host_config"].
HARDENED: Mapping[str, Any] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "pids_limit": 128,
    "tmpfs": {"/tmp": "rw,noexec,nosuid,size=64m"},  # noqa: S108 (inside the container)
}
LABEL = "tidemark.airflow"
# Containers of other runs of the task: a run may still be reading what its own said.
OLD_SECONDS = 24 * 3600
# The engine keeps a line in pieces of 16 KB: so many pieces hold any summary.
_TAIL = 1_000
# What the backend decides itself.
_OURS = (
    "auto_remove",
    "command",
    "private_environment",
    "environment",
    "retrieve_output",
    "skip_on_exit_code",
    "xcom_all",
)


class HardenedDockerOperator(DockerOperator):
    """DockerOperator with the engine's options that it has no argument for, and with the runner's log at its levels."""

    def __init__(self, *, hardening: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hardening = dict(hardening)
        self._runner_log = logging.getLogger(f"{__name__}.container")
        if not any(isinstance(known, RunnerLines) for known in self._runner_log.filters):
            self._runner_log.addFilter(RunnerLines())

    @property
    def log(self) -> Any:
        """Where the container's lines go."""
        return self._runner_log

    def _run_image_with_mounts(self, target_mounts: Any, add_tmp_variable: bool) -> Any:
        """As the operator does it, with more in the host configuration."""
        client = self.cli
        make = client.create_host_config

        def make_hardened(**options: Any) -> Any:
            return make(**{**options, **self.hardening})

        client.create_host_config = make_hardened
        try:
            return super()._run_image_with_mounts(target_mounts, add_tmp_variable)
        finally:
            client.create_host_config = make


class DockerBackend:
    """
    Runs the image; its ENTRYPOINT is the runner. ``backend_options`` are DockerOperator's arguments, and
    ``host_config`` for the engine's options that it has none for.

    A container is never removed by the engine: only then does a time-out end it with SIGTERM. It is removed here, once
    its last words are read; containers that an ended worker left are found by their labels and removed by the next try.
    """

    def __init__(self, place: Place) -> None:
        ours = sorted(set(place.options) & set(_OURS))
        if ours:
            raise ValueError(f"backend_options of docker: {ours} are set by the operator; leave them out.")
        self._place = place
        self._operator: HardenedDockerOperator | None = None

    def run(self, invocation: Invocation, context: Any) -> Ended:
        """Runs to the end; see ``Backend``. Raises what the engine raises where no container could be made."""
        operator = self._operator = self.operator_for(invocation, context)
        remove_old(operator)
        try:
            execute_within(operator, context)
        except DockerContainerFailedException:
            log.debug("The container ended with another code than 0.")
        ended = last_words(operator)
        remove(operator, operator.container["Id"])
        return ended

    def operator_for(self, invocation: Invocation, context: Any) -> HardenedDockerOperator:
        """The operator that runs this invocation, not yet run."""
        options = dict(self._place.options)
        hardening = {**HARDENED, **options.pop("host_config", {})}
        mounts = list(options.pop("mounts", ()))
        config = invocation.config
        if posixpath.isabs(config):
            # On the engine's host. Read as the image expects it.
            mounts.append(Mount(target=f"{WORK}/tidemark.yml", source=config, type="bind", read_only=True))
            config = f"{WORK}/tidemark.yml"
        labels = {**dict(options.pop("labels", None) or {}), **labels_of(context, self._place.task_id)}
        arguments = {
            "image": self._place.image,
            "user": "65532:65532",
            "mem_limit": "512m",
            "mount_tmp_dir": False,
            "tty": False,
            **options,
            "task_id": self._place.task_id,
            "command": invocation.arguments(config=config),
            "environment": {"HOME": "/tmp", **invocation.environment},  # noqa: S108 (inside the container)
            "private_environment": dict(invocation.private),
            "mounts": mounts,
            "labels": labels,
            "auto_remove": "never",
        }
        return HardenedDockerOperator(hardening=hardening, **arguments)

    def kill(self) -> None:
        """SIGTERM; the engine sends SIGKILL 10 s later, also when this worker is gone."""
        if self._operator is not None:
            self._operator.on_kill()


def labels_of(context: Any, task_id: str) -> dict[str, str]:
    """Which try of which task a container belongs to."""
    ti = context.get("ti")
    facts = (
        {"task_id": task_id}
        if ti is None
        else {
            "dag_id": ti.dag_id,
            "task_id": ti.task_id,
            "run_id": ti.run_id,
            "map_index": ti.map_index,
            "try_number": ti.try_number,
        }
    )
    return {LABEL: "run", **{f"{LABEL}.{name}": str(value) for name, value in facts.items()}}


def last_words(operator: HardenedDockerOperator) -> Ended:
    """Exit code and last line of standard output, from the container itself: its log mixes both outputs."""
    container = operator.container["Id"]
    state = operator.cli.inspect_container(container)["State"]
    if state.get("OOMKilled"):
        log.error("The container had too little memory: raise mem_limit in backend_options.")
    said = operator.cli.logs(container, stdout=True, stderr=False, tail=_TAIL)
    lines = said.decode("utf-8", errors="backslashreplace").splitlines()
    return Ended(exit_code=int(state["ExitCode"]), last_line=lines[-1] if lines else None)


def remove_old(operator: HardenedDockerOperator) -> None:
    """Removes ended containers of this task: those of this DAG run, and of others those that are a day old."""
    labels: dict[str, str] = dict(operator.labels) if isinstance(operator.labels, dict) else {}
    task = (LABEL, *(f"{LABEL}.{name}" for name in ("dag_id", "task_id", "map_index")))
    mine = [f"{name}={value}" for name, value in labels.items() if name in task]
    for container in operator.cli.containers(all=True, filters={"label": mine, "status": ["exited", "dead"]}):
        same_run = container["Labels"].get(f"{LABEL}.run_id") == labels.get(f"{LABEL}.run_id")
        if same_run or container["Created"] < time.time() - OLD_SECONDS:
            remove(operator, container["Id"])


def remove(operator: HardenedDockerOperator, container: str) -> None:
    """Removes an ended container; one that is gone already, or cannot be removed, is not worth a failure."""
    try:
        operator.cli.remove_container(container)
    except APIError as error:
        log.info("The container %s was not removed: %s", container[:12], error.explanation)
