"""DAGs out of ``activations.json``: parsed in milliseconds, with nothing looked up."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from airflow.sdk import DAG, BaseOperator

from tidemark_airflow.activations_file import Activation, ActivationsFile, read_activations, unusable
from tidemark_airflow.assets import receipt_asset
from tidemark_airflow.dag_docs import dag_doc, task_doc
from tidemark_airflow.operator import TidemarkRunOperator
from tidemark_airflow.pools import DEFAULT_POOL
from tidemark_airflow.retries import MARGIN_SECONDS

By = Literal["activation", "destination", "segment"]
_BY: tuple[By, ...] = ("activation", "destination", "segment")

RETRIES = 4
RETRY_DELAY_SECONDS = 300
MAX_RETRY_DELAY = timedelta(hours=1)
# A first sync of millions is bound by the platform. A task that is ended here drains, and the next try goes on.
EXECUTION_TIMEOUT_SECONDS = 6 * 3600
_MAX_TAG = 100
# A yes up to Airflow 3.1, the factor of the next wait since then.
_BACKOFF_IS_FLAG = inspect.signature(BaseOperator.__init__).parameters["retry_exponential_backoff"].default is False
BACKOFF: Any = True if _BACKOFF_IS_FLAG else 2.0


@dataclass(frozen=True)
class Group:
    """The activations of one DAG."""

    name: str
    activations: tuple[Activation, ...]


class _OfFile:
    """Stands for the schedule of the configuration; ``None`` means: no schedule."""

    def __repr__(self) -> str:
        return "the schedule of the configuration"


OF_FILE = _OfFile()


def activation_dags(
    file: str | Path,
    *,
    by: By = "activation",
    schedule: Any = OF_FILE,
    dag_id: str = "tidemark.{name}",
    pools: bool = True,
    dag_args: Mapping[str, Any] | None = None,
    **operator_args: Any,
) -> dict[str, DAG]:
    """
    One DAG for each activation of the file, or for each destination or segment. Airflow finds them by itself.

    :param file: ``activations.json``; a relative path begins at the folder of the DAG file that calls this.
    :param by: ``activation``, ``destination`` or ``segment``: what a DAG is for. Its tasks are activations.
    :param schedule: instead of the schedule of the configuration: anything that ``DAG(schedule=…)`` takes; or a mapping
        from the name of the activation, destination or segment to that; or a function of the ``Group``.
    :param dag_id: how DAGs are named.
    :param pools: every task in the pool of its ad account, which has to be there. ``False``: in Airflow's default pool.
    :param dag_args: more arguments for every ``DAG``; not ``schedule``, which has a parameter of its own.
    :param operator_args: more arguments for every ``TidemarkRunOperator``: ``backend``, ``command``, call-backs, …
    :return: the DAGs by their ids.

    Raises ``ActivationsFileError`` where the file cannot be used, ValueError where an argument is wrong.
    """
    if by not in _BY:
        raise ValueError(f"activation_dags(by={by!r}): it is one of {', '.join(_BY)}.")
    if "{name}" not in dag_id:
        raise ValueError(f"activation_dags(dag_id={dag_id!r}): it has to have {{name}} in it.")
    read = read_activations(beside_caller(file))
    groups = grouped(read.activations, by)
    if isinstance(schedule, Mapping) and (unknown := sorted(set(schedule) - {group.name for group in groups})):
        raise ValueError(f"activation_dags(schedule=…): no {by} is named {', '.join(unknown)}.")
    dags = {}
    for group in groups:
        wanted = schedule_of(read, group, schedule)
        dag = dag_of(read, group, dag_id.format(name=group.name), wanted, pools, dag_args or {}, operator_args)
        dags[dag.dag_id] = dag
    return dags


def beside_caller(file: str | Path) -> Path:
    """The absolute path; a relative one begins at the file that called ``activation_dags``."""
    path = Path(file)
    if path.is_absolute():
        return path
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    caller = frame.f_globals.get("__file__") if frame is not None else None
    return (Path(caller).parent if caller else Path.cwd()) / path


def grouped(activations: Sequence[Activation], by: By) -> list[Group]:
    """The groups, in the order of the file."""
    names: dict[str, list[Activation]] = {}
    for one in activations:
        names.setdefault(one.name if by == "activation" else getattr(one, by), []).append(one)
    return [Group(name, tuple(own)) for name, own in names.items()]


def schedule_of(file: ActivationsFile, group: Group, schedule: Any) -> Any:
    """What the DAG of this group is started by."""
    if isinstance(schedule, Mapping):
        schedule = schedule.get(group.name, OF_FILE)
    elif callable(schedule) and not isinstance(schedule, type):
        function: Callable[[Group], Any] = schedule
        schedule = function(group)
    if schedule is not OF_FILE:
        return schedule
    found = list(dict.fromkeys(one.schedule for one in group.activations))
    if len(found) > 1:
        raise unusable(
            file.path,
            f"the activations of {group.name} have several schedules, {found}, and are to be one DAG",
            "Give them one in tidemark.yml and run `tidemark compile`, pass schedule=…, or use by='activation'.",
        )
    return found[0]


def dag_of(
    file: ActivationsFile,
    group: Group,
    dag_id: str,
    schedule: Any,
    pools: bool,
    dag_args: Mapping[str, Any],
    operator_args: Mapping[str, Any],
) -> DAG:
    """One DAG with a task for each activation of the group."""
    used = sorted({one.pool for one in group.activations if one.pool != DEFAULT_POOL}) if pools else []
    usual: dict[str, Any] = {
        "max_active_runs": 1,
        "catchup": False,
        "tags": tags_of(group),
        "doc_md": dag_doc(file, group.activations, used),
    }
    # On leaving, Airflow registers it for the file that is being parsed.
    with DAG(dag_id, schedule=schedule, **{**usual, **dag_args}) as dag:
        for activation in group.activations:
            TidemarkRunOperator(**{**task_arguments(file, activation, pools), **operator_args})
    return dag


def tags_of(group: Group) -> list[str]:
    """Of all its activations, each once."""
    tags = {"tidemark": None}
    for one in group.activations:
        tags |= dict.fromkeys([one.platform, one.segment, *one.airflow.get("tags", ())])
    return [tag[:_MAX_TAG] for tag in tags]


def task_arguments(file: ActivationsFile, activation: Activation, pools: bool) -> dict[str, Any]:
    """The arguments of the operator, as the file says."""
    own = activation.airflow
    delay = own.get("retry_delay_seconds", max(RETRY_DELAY_SECONDS, file.lease_seconds + MARGIN_SECONDS))
    arguments: dict[str, Any] = {
        "task_id": activation.name,
        "activation": activation.name,
        "config": str(file.config),
        "connections": activation.connections,
        "lease_seconds": file.lease_seconds,
        "retries": own.get("retries", RETRIES),
        "retry_delay": timedelta(seconds=delay),
        "retry_exponential_backoff": BACKOFF,
        "max_retry_delay": max(MAX_RETRY_DELAY, timedelta(seconds=delay)),
        "execution_timeout": timedelta(seconds=own.get("execution_timeout_seconds", EXECUTION_TIMEOUT_SECONDS)),
        "max_active_tis_per_dag": 1,
        "outlets": [receipt_asset(activation.name)],
        "doc_md": task_doc(activation),
        "warehouse": file.warehouse,
        "relation": activation.relation,
        "destination": {"platform": activation.platform, "account_id": activation.account_id},
    }
    if pools:
        arguments["pool"] = activation.pool
    return arguments | {key: own[key] for key in ("pool_slots", "owner", "queue", "priority_weight") if key in own}
