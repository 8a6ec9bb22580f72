"""The operator: one task that runs activations, wherever the runner lives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from airflow.sdk import BaseOperatorLink

from tidemark_airflow import asset_events, lineage, run_key
from tidemark_airflow.backends import BackendName, Invocation
from tidemark_airflow.compat import airflow_version
from tidemark_airflow.links import ReceiptsLink, check_receipts_url, receipts_link
from tidemark_airflow.outcome import End, conclude
from tidemark_airflow.retries import policy_after_lease
from tidemark_airflow.run_key import DEFAULT_RUN_KEY, AfterClear
from tidemark_airflow.runner_task import RunnerTask
from tidemark_airflow.summary import Summary, fit, read_summary

# Under this key a try that failed or was skipped leaves its summary; a success returns it.
SUMMARY_KEY = "summary"


class TidemarkRunOperator(RunnerTask):
    """
    Runs one activation, or several, once: sends what changed in the segment since the last run.

    Returns the runner's summary, cut to 10 KB. The task fails at once where another try cannot help, retries where it
    can, and is skipped where nothing changed; ``tidemark_airflow.exceptions`` has a class for each.

    :param activation: ``segment.destination``, or a list of them. (templated)
    :param config: path of ``tidemark.yml`` where the runner runs. (templated)
    :param backend: ``subprocess`` on the worker, ``docker`` or ``kubernetes``.
    :param connections: ids of the Airflow connections that the configuration names. They are resolved while the task
        runs and handed over privately.
    :param env: more environment for the runner, visible to everybody. (templated)
    :param run_key: two runs of one key have one effect. (templated)
    :param after_clear: what a clear of a task that succeeded does. ``same``: nothing, it answers with the stored
        summary. ``again``: a new run. ``ask``: the same, unless the Variable ``tidemark_run_again`` names the DAG.
        Counts for the default ``run_key`` only.
    :param full: sends everybody again, not only what changed. (templated)
    :param override_guards: runs although a guard says no. (templated)
    :param skip_when_unchanged: the task is skipped where there was nothing to do.
    :param drain_seconds: time to finish what is in flight when the task is killed. 4 for a subprocess up to Airflow
        3.3, which leaves no more than 5, else 8.
    :param lease_seconds: what ``run.lease_seconds`` of the configuration says: a try after a killed one waits longer.
    :param image: of the runner, for ``docker`` and ``kubernetes``. (templated)
    :param command: the runner's program, for ``subprocess``.
    :param backend_options: for ``docker`` what DockerOperator takes, for ``kubernetes`` what KubernetesPodOperator
        takes; for ``subprocess`` ``cwd``, ``pass_env`` (names of the worker's variables) and ``append_env`` (all of
        them, but for Airflow's own). (templated)
    :param receipts_url: where the receipts of a run can be seen, such as ``https://bi.example/runs/{run_id}``; takes
        ``{run_id}``, ``{activation}``, ``{audience_id}`` and ``{run_key}``. (templated)
    :param warehouse: ``{"type": …, "connection": …}`` of the configuration; for lineage only.
    :param relation: the relation of the segment, or a mapping from activation to relation; for lineage only.
    :param destination: ``{"platform": …, "account_id": …}``, or a mapping from activation to that; for lineage only.
    """

    template_fields: Sequence[str] = (
        *RunnerTask.template_fields,
        "run_key",
        "full",
        "override_guards",
        "receipts_url",
    )
    operator_extra_links: Collection[BaseOperatorLink] = (ReceiptsLink(),)

    def __init__(
        self,
        *,
        backend: BackendName = "subprocess",
        run_key: str = DEFAULT_RUN_KEY,
        after_clear: AfterClear = "ask",
        full: bool | str = False,
        override_guards: bool | str = False,
        skip_when_unchanged: bool = True,
        drain_seconds: int | None = None,
        lease_seconds: int = 120,
        receipts_url: str | None = None,
        warehouse: Mapping[str, Any] | None = None,
        relation: str | Mapping[str, str] | None = None,
        destination: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(backend=backend, **kwargs)
        self.run_key = run_key
        self.after_clear: AfterClear = after_clear
        self.full = full
        self.override_guards = override_guards
        self.skip_when_unchanged = skip_when_unchanged
        self.drain_seconds = usual_drain(backend) if drain_seconds is None else drain_seconds
        self.lease_seconds = lease_seconds
        self.receipts_url = check_receipts_url(receipts_url)
        self.warehouse = warehouse
        self.relation = relation
        self.destination = destination
        if getattr(self, "retry_policy", None) is None:
            self.retry_policy = policy_after_lease(self.retry_delay, lease_seconds)
        self.warehouse_name: lineage.WarehouseName | None = None
        self.receipts_link = ""
        self.summary: Summary | None = None

    def execute(self, context: Any) -> Summary:
        """Runs the activations. Returns the summary; raises a class of ``tidemark_airflow.exceptions``, or a skip."""
        if self.relation is not None:
            self.warehouse_name = lineage.warehouse_name(self.warehouse)
        ended = self.call(self._invocation(context), context)
        self.summary, flaw = read_summary(ended.last_line or "", self.run_key)
        self._tell(ended.exit_code)
        try:
            summary = conclude(
                End(ended.exit_code, self.summary, flaw),
                killed=self._killed,
                retried=is_retry(context, self.retries or 0),
            )
        except Exception:
            self._leave_summary(context)
            raise
        asset_events.describe(context, self.outlets, summary)
        return fit(summary)

    def rerun_part(self, ti: Any, variables: Any) -> str:
        """The part of the default ``run_key`` that is new after a clear that asks for another run."""
        before = run_key.tries_before_clear(ti.max_tries, self.retries or 0)
        return run_key.rerun_part(self.after_clear, before, ti.dag_id, variables)

    def _invocation(self, context: Any) -> Invocation:
        return Invocation(
            command="run",
            activations=self.activations(),
            config=self.config,
            flags=self._flags(),
            environment={**airflow_environment(context), **self.env},
            private=self.private(),
            identity=self.run_key,
            drain_seconds=self.drain_seconds,
            orphan_flags=["--drain-on-stdin-end"],
        )

    def _flags(self) -> list[str]:
        flags = ["--run-key", self.run_key, "--json", "--drain-seconds", str(self.drain_seconds)]
        if self.skip_when_unchanged:
            flags.append("--exit-code-when-unchanged")
        if is_true(self.full):
            flags.append("--full")
        if is_true(self.override_guards):
            flags.append("--override-guards")
        return flags

    def _tell(self, exit_code: int) -> None:
        """The summary in the task log, and the link to its receipts."""
        if self.summary is None:
            self.log.warning("The runner ended with %s and without a summary of this run.", exit_code)
            return
        self.receipts_link = receipts_link(self.receipts_url, self.summary)
        self.log.info("The runner ended with %s: %s", exit_code, fit(self.summary))

    def _leave_summary(self, context: Any) -> None:
        """For call-backs and the eye: a try that returns nothing leaves its summary under a key of its own."""
        if self.summary is not None and (ti := context.get("ti")) is not None:
            ti.xcom_push(key=SUMMARY_KEY, value=fit(self.summary))

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """What the OpenLineage provider asks for; nothing of it is imported without that provider."""
        return lineage.lineage_of(self)


def usual_drain(backend: BackendName) -> int:
    """Seconds. Airflow up to 3.3 kills the task, and so its child process, 5 s after it asked."""
    return 4 if backend == "subprocess" and airflow_version() < (3, 4) else 8


def is_true(value: bool | str) -> bool:
    """A flag, or what a template made of it: ``True`` or ``true``."""
    return value if isinstance(value, bool) else value.strip().lower() == "true"


def is_retry(context: Any, retries: int) -> bool:
    """Whether this try follows another one, counted from the last clear."""
    ti = context.get("ti")
    if ti is None:
        return False
    return bool(ti.try_number - run_key.tries_before_clear(ti.max_tries, retries) > 1)


def airflow_environment(context: Any) -> dict[str, str]:
    """Which run of which DAG this is, in the variables that Airflow gives every task."""
    ti = context.get("ti")
    if ti is None:
        return {}
    return {
        "AIRFLOW_CTX_DAG_ID": ti.dag_id,
        "AIRFLOW_CTX_TASK_ID": ti.task_id,
        "AIRFLOW_CTX_DAG_RUN_ID": ti.run_id,
        "AIRFLOW_CTX_TRY_NUMBER": str(ti.try_number),
    }
