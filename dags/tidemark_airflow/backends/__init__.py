"""Where the runner runs. Each place is a module of its own, imported when a task needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal, Protocol

BackendName = Literal["subprocess", "docker", "kubernetes"]

_CLASSES: dict[str, tuple[str, str]] = {
    "subprocess": ("tidemark_airflow.backends.subprocess", "SubprocessBackend"),
    "docker": ("tidemark_airflow.backends.docker", "DockerBackend"),
    "kubernetes": ("tidemark_airflow.backends.kubernetes", "KubernetesBackend"),
}
NAMES = tuple(_CLASSES)


@dataclass(frozen=True)
class Place:
    """What a backend needs to know besides the run: the program or image, and its own options."""

    task_id: str
    command: Sequence[str]
    image: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Invocation:
    """
    One call of the runner. ``private`` holds secrets: it stays out of every text.

    ``identity`` is the same for the tries of one task: a try may take up what an earlier one left running.
    ``orphan_flags`` make the runner end by itself where its standard input is held by the task.
    """

    command: str
    activations: Sequence[str]
    config: str
    flags: Sequence[str]
    environment: Mapping[str, str]
    private: Mapping[str, str] = field(repr=False)
    identity: str
    drain_seconds: int
    orphan_flags: Sequence[str] = ()

    def arguments(self, *more: str, config: str | None = None) -> list[str]:
        """The runner's arguments, without the program; ``config`` where the file has another path in there."""
        return [self.command, *self.activations, "--config", config or self.config, *self.flags, *more]


@dataclass(frozen=True)
class Ended:
    """How the runner ended: its exit code (128 + N after signal N) and the last line of its standard output."""

    exit_code: int
    last_line: str | None


class Backend(Protocol):
    """Runs the runner once. ``kill`` may be called from a signal handler while ``run`` waits."""

    def run(self, invocation: Invocation, context: Any) -> Ended:
        """Runs to the end, with the runner's log in the task log."""

    def kill(self) -> None:
        """Asks the runner to drain, and ends it where it does not."""


def open_backend(name: str, place: Place) -> Backend:
    """The backend of this name. Raises ImportError, with the way out, where its provider is not installed."""
    module, class_name = _CLASSES[name]
    try:
        backend: Backend = getattr(import_module(module), class_name)(place)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"backend={name!r} needs the Python package of {error.name}: pip install 'tidemark-airflow[{name}]'"
        ) from error
    return backend
