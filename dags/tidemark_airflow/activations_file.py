"""Reading ``activations.json``, which ``tidemark compile`` writes: checked whole, and readable where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = "tidemark.activations/1"
_MANY = 5


class ActivationsFileError(ValueError):
    """``activations.json`` cannot be used. The message names the file, what is wrong, and the way out."""


@dataclass(frozen=True)
class Activation:
    """One activation as the file has it. ``airflow`` is the mapping of that name in the configuration."""

    name: str
    segment: str
    destination: str
    platform: str
    account_id: str | None
    relation: str | None
    model: str | None
    description: str | None
    schedule: str | None
    connections: tuple[str, ...]
    airflow: Mapping[str, Any]

    @property
    def pool(self) -> str:
        """Its pool in Airflow: the one of the configuration, else one for each ad account."""
        own = self.airflow.get("pool")
        # Where only the connection knows the account, the connection stands for it.
        account = self.account_id or (self.connections[-1] if self.connections else self.destination)
        return str(own or f"tidemark_{self.platform}_{account}")


@dataclass(frozen=True)
class ActivationsFile:
    """The whole file. ``config`` is the absolute path of the configuration that it was compiled from."""

    path: Path
    config: Path
    lease_seconds: int
    warehouse: Mapping[str, Any]
    activations: tuple[Activation, ...]


_TEXT = {"activation": "name", "segment": "segment", "destination": "destination", "platform": "platform"}
_TEXT_OR_NULL = ("account_id", "relation", "model", "description", "schedule")
# Of the mapping ``airflow``. Others would be of a newer version: what they ask for must not go unheard.
_AIRFLOW: Mapping[str, type | tuple[type, ...]] = {
    "pool": str,
    "pool_slots": int,
    "retries": int,
    "retry_delay_seconds": (int, float),
    "execution_timeout_seconds": (int, float),
    "owner": str,
    "tags": list,
    "queue": str,
    "priority_weight": int,
}


def read_activations(path: Path) -> ActivationsFile:
    """Reads and checks the file. Raises ``ActivationsFileError`` with everything that is wrong."""
    whole = parsed(path)
    found = whole.get("schema")
    if found != SCHEMA:
        raise unusable(
            path,
            f"it has the schema {found!r}, and this version of tidemark-airflow reads {SCHEMA!r}",
            "Use versions of tidemark and tidemark-airflow that belong together, and run `tidemark compile` again.",
        )
    problems = [*head_problems(whole)]
    entries = whole.get("activations")
    for position, entry in enumerate(entries if isinstance(entries, list) else ()):
        problems += [f"activations[{position}]{problem}" for problem in entry_problems(entry)]
    if not problems:
        problems += [f"activation {name!r} stands in it twice" for name in repeated(whole["activations"])]
    if problems:
        more = f" and {len(problems) - _MANY} more" if len(problems) > _MANY else ""
        raise unusable(path, "; ".join(problems[:_MANY]) + more)
    return ActivationsFile(
        path=path,
        config=(path.parent / whole["config"]).resolve(),
        lease_seconds=whole.get("lease_seconds", 120),
        warehouse=whole.get("warehouse") or {},
        activations=tuple(activation_of(entry) for entry in whole["activations"]),
    )


def parsed(path: Path) -> dict[str, Any]:
    """The JSON object in the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise unusable(path, "there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise unusable(path, f"it cannot be read ({type(error).__name__})") from None
    try:
        whole = json.loads(text)
    except ValueError as error:
        raise unusable(path, f"it is no JSON ({error})") from None
    if not isinstance(whole, dict):
        raise unusable(path, f"it is a {type(whole).__name__}, not a JSON object")
    return whole


def unusable(path: Path, wrong: str, way_out: str = "") -> ActivationsFileError:
    """The error, with the way out that nearly always helps."""
    way_out = way_out or "Write it anew: run `tidemark compile` in the folder of tidemark.yml."
    return ActivationsFileError(f"{path}: {wrong}. {way_out}")


def head_problems(whole: Mapping[str, Any]) -> list[str]:
    """What is wrong beside the activations."""
    problems = []
    if not isinstance(whole.get("config"), str):
        problems.append(f"config must be text, and is {whole.get('config')!r}")
    if not isinstance(whole.get("lease_seconds", 120), int):
        problems.append(f"lease_seconds must be a whole number, and is {whole['lease_seconds']!r}")
    if not isinstance(whole.get("activations"), list):
        problems.append(f"activations must be a list, and is a {type(whole.get('activations')).__name__}")
    return problems


def entry_problems(entry: Any) -> list[str]:
    """What is wrong with one activation, each beginning with its place in the entry."""
    if not isinstance(entry, dict):
        return [f" must be an object, and is a {type(entry).__name__}"]
    problems = [
        f".{key} must be text, and is {entry.get(key)!r}"
        for key in _TEXT
        if not isinstance(entry.get(key), str) or not entry[key]
    ]
    for key in _TEXT_OR_NULL:
        if not isinstance(entry.get(key), str | None):
            problems.append(f".{key} must be text or null, and is {entry[key]!r}")
    if not is_texts(entry.get("connections", [])):
        problems.append(".connections must be a list of texts")
    return problems + airflow_problems(entry.get("airflow", {}))


def airflow_problems(airflow: Any) -> list[str]:
    """What is wrong with the mapping ``airflow`` of an activation."""
    if not isinstance(airflow, dict):
        return [f".airflow must be an object, and is a {type(airflow).__name__}"]
    problems = [
        f".airflow.{key} is not known: this tidemark-airflow is too old for it"
        for key in airflow
        if key not in _AIRFLOW
    ]
    for key, kind in _AIRFLOW.items():
        value = airflow.get(key)
        if key in airflow and (not isinstance(value, kind) or isinstance(value, bool)):
            problems.append(f".airflow.{key} has the wrong type: {value!r}")
    if isinstance(airflow.get("tags"), list) and not is_texts(airflow["tags"]):
        problems.append(".airflow.tags must be a list of texts")
    return problems


def is_texts(value: Any) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def repeated(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names that more than one activation has."""
    seen: set[str] = set()
    again: dict[str, None] = {}
    for entry in entries:
        name = entry["activation"]
        if name in seen:
            again[name] = None
        seen.add(name)
    return list(again)


def activation_of(entry: Mapping[str, Any]) -> Activation:
    """An entry that has been checked."""
    attributes: dict[str, Any] = {
        **{attribute: entry[key] for key, attribute in _TEXT.items()},
        **{key: entry.get(key) for key in _TEXT_OR_NULL},
    }
    return Activation(**attributes, connections=tuple(entry.get("connections", ())), airflow=entry.get("airflow", {}))
