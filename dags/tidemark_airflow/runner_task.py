"""What every operator is made of: one call of the runner, in whatever backend, that Airflow may end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.sdk import BaseOperator

from tidemark_airflow.backends import NAMES, Backend, BackendName, Ended, Invocation, Place, open_backend
from tidemark_airflow.connections import private_environment
from tidemark_airflow.exceptions import TidemarkAborted
from tidemark_airflow.masking import masked


class RunnerTask(BaseOperator):
    """A task that calls the runner. Its parameters are described where users meet them, in ``TidemarkRunOperator``."""

    template_fields: Sequence[str] = ("activation", "config", "env", "image", "backend_options")
    template_fields_renderers = {"env": "json", "backend_options": "json"}
    ui_color = "#d5ecef"

    def __init__(
        self,
        *,
        activation: str | Sequence[str],
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
        if backend not in NAMES:
            raise ValueError(f"backend={backend!r}: it is one of {', '.join(NAMES)}.")
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

    def on_kill(self) -> None:
        """Drains the runner; from here on this try is no success, whatever the runner says."""
        self._killed = True
        if self._running is not None:
            self._running.kill()

    def call(self, invocation: Invocation, context: Any) -> Ended:
        """Runs to the end; secrets are taken out of the last line. Raises ``TidemarkAborted`` where none was begun."""
        place = Place(self.task_id, self.command, self.image, self.backend_options)
        self._running = open_backend(self.backend, place)
        if self._killed:
            raise TidemarkAborted("Airflow ended this try before the runner was started.")
        try:
            ended = self._running.run(invocation, context)
        except Exception as error:
            if self._killed:
                raise TidemarkAborted("Airflow ended this try while it ran.") from error
            raise
        return Ended(ended.exit_code, masked(ended.last_line or ""))

    def activations(self) -> list[str]:
        """Their names."""
        return [self.activation] if isinstance(self.activation, str) else list(self.activation)

    def private(self) -> dict[str, str]:
        """The environment that carries the connections, resolved now; but for those that the cluster has."""
        held = self.backend_options.get("connection_secrets", {})
        return private_environment(name for name in self.connections if name not in held)
