"""The operator for ``tidemark sizes``: how large the platforms say that the audiences are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tidemark_airflow.backends import Invocation
from tidemark_airflow.exceptions import TidemarkAborted, TidemarkNoSummary
from tidemark_airflow.outcome import error_class
from tidemark_airflow.runner_task import RunnerTask

SCHEMA = "tidemark.sizes/1"


class TidemarkSizesOperator(RunnerTask):
    """
    Asks the platforms how large the audiences are, and notes it in ``audience_sizes``. Once a day is enough.

    Returns ``{"sizes": […]}`` as ``tidemark sizes --json`` prints it. Exit codes end the task as those of a run do.

    :param activation: one activation, or a list; all of the configuration where there is none. (templated)
    :param config: path of ``tidemark.yml`` where the runner runs. (templated)
    :param connections: ids of the Airflow connections that the configuration names.

    ``backend``, ``command``, ``image``, ``backend_options`` and ``env`` are those of ``TidemarkRunOperator``.
    """

    def __init__(self, *, activation: str | Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(activation=activation, **kwargs)

    def execute(self, context: Any) -> dict[str, Any]:
        """Asks once. Raises a class of ``tidemark_airflow.exceptions``."""
        ended = self.call(self._invocation(context), context)
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

    def _invocation(self, context: Any) -> Invocation:
        return Invocation(
            command="sizes",
            activations=self.activations(),
            config=self.config,
            flags=["--json"],
            environment=self.env,
            private=self.private(),
            # Of one DAG run: sizes of yesterday are not those of today.
            identity=f"sizes/{self.task_id}/{context.get('run_id')}",
            drain_seconds=1,
        )


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
