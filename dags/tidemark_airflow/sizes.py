"""The operator for ``tidemark sizes``: how large the platforms say that the audiences are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow.sdk import BaseOperator

from tidemark_airflow.backends import Backend, BackendName, Invocation, Place, open_backend
from tidemark_airflow.connections import private_environment
from tidemark_airflow.exceptions import TidemarkAborted, TidemarkNoSummary
from tidemark_airflow.outcome import error_class

SCHEMA = "tidemark.sizes/1"


@dataclass(frozen=True)
class SizesInvocation(Invocation):
    """One call of ``tidemark sizes``: it has nothing to drain, so it takes none of the arguments of a run."""

    def arguments(self, *more: str, config: str | None = None) -> list[str]:
        """The runner's arguments, without the program."""
        return ["sizes", *self.activations, "--config", config or self.config, *self.flags]


class TidemarkSizesOperator(BaseOperator):
    """
    Asks the platforms how large the audiences are, and notes it in ``audience_sizes``. Once a day is enough.

    Returns ``{"sizes": […]}`` as ``tidemark sizes --json`` prints it. Exit codes end the task as those of a run do.

    :param activation: one activation, or a list; all of the configuration where there is none. (templated)
    :param config: path of ``tidemark.yml`` where the runner runs. (templated)
    :param connections: ids of the Airflow connections that the configuration names.

    ``backend``, ``command``, ``image``, ``backend_options`` and ``env`` are those of ``TidemarkRunOperator``.
    """

    template_fields: Sequence[str] = ("activation", "config", "env", "image", "backend_options")
    ui_color = "#d5ecef"

    def __init__(
        self,
        *,
        activation: str | Sequence[str] = (),
        config: str = "tidemark.yml",
        backend: BackendName = "subprocess",
        connections: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        image: str = "tidemark:latest",
        command: Sequence[str] = ("tidemark",),
        backend_options: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.activation = activation
        self.config = config
        self.backend = backend
        self.connections = list(connections)
        self.env = dict(env or {})
        self.image = image
        self.command = list(command)
        self.backend_options = dict(backend_options or {})
        self._running: Backend | None = None
        self._killed = False

    def execute(self, context: Any) -> dict[str, Any]:
        """Asks once. Raises a class of ``tidemark_airflow.exceptions``."""
        self._running = open_backend(self.backend, Place(self.task_id, self.command, self.image, self.backend_options))
        invocation = SizesInvocation(
            activations=[self.activation] if isinstance(self.activation, str) else list(self.activation),
            config=self.config,
            flags=["--json"],
            environment=self.env,
            private=private_environment(self.connections),
            drain_seconds=1,
        )
        ended = self._running.run(invocation, context)
        if self._killed:
            raise TidemarkAborted(f"Airflow ended this try (exit {ended.exit_code}).", exit_code=ended.exit_code)
        said = read_sizes(ended.last_line)
        if ended.exit_code != 0:
            code, message = why(said)
            failed = error_class(ended.exit_code, code, retried=False)
            raise failed(f"exit {ended.exit_code}, {message}", exit_code=ended.exit_code, code=code)
        if said is None:
            raise TidemarkNoSummary("The runner ended with 0 and told no sizes: look at `command`.", exit_code=0)
        return {"sizes": said["sizes"]}

    def on_kill(self) -> None:
        """Ends the runner; from here on this try is no success."""
        self._killed = True
        if self._running is not None:
            self._running.kill()


def read_sizes(line: str | None) -> dict[str, Any] | None:
    """The document of ``tidemark sizes``; None where the line is none."""
    try:
        said = json.loads(line or "")
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.get("schema") == SCHEMA else None


def why(said: Mapping[str, Any] | None) -> tuple[str | None, str]:
    """Code and message of the first error."""
    if said is None:
        return None, "and it told no sizes"
    errors = [said.get("error"), *(size.get("error") for size in said.get("sizes", ()))]
    first: Mapping[str, Any] = next((error for error in errors if error), {})
    return first.get("code"), str(first.get("message", "")).rstrip(".")
