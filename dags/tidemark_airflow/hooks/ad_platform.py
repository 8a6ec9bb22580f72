"""What the hooks of the ad platforms share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from airflow.sdk import BaseHook

from tidemark_airflow.connection_types import HIDDEN, PLACEHOLDERS, RELABELLED, Field


class AdPlatformHook(BaseHook):
    """Reads a connection of an ad platform. It calls nobody: delivery is the runner's."""

    conn_name_attr: ClassVar[str] = "conn_id"
    conn_type: ClassVar[str]
    default_conn_name: ClassVar[str]
    hook_name: ClassVar[str]
    fields: ClassVar[Mapping[str, Field]]

    def __init__(self, conn_id: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id or self.default_conn_name

    def get_conn(self) -> dict[str, Any]:
        """The facts in the extra, secrets too: for code, never for a log."""
        return dict(self.get_connection(self.conn_id).extra_dejson)

    def test_connection(self) -> tuple[bool, str]:
        """
        Whether everything is there that a run needs, and what is missing or unknown. No call is made: whether the
        platform takes the token is what ``tidemark accounts`` tells.
        """
        connection = self.get_connection(self.conn_id)
        extra = connection.extra_dejson
        problems = [
            f"{name} is missing" for name, field in self.fields.items() if field.required and not extra.get(name)
        ]
        problems += [f"{name} is unknown" for name in extra if name not in self.fields]
        if connection.host and urlsplit(connection.host).scheme not in ("http", "https"):
            problems.append(f"the base URL {connection.host!r} begins with neither https:// nor http://")
        if problems:
            return False, f"{'; '.join(problems)}. It takes {', '.join(self.fields)}."
        return True, "Everything is there. `tidemark accounts` asks the platform whether it takes the token."


def field_behaviour() -> dict[str, Any]:
    """Which of the usual fields the form shows, for versions that ask the hook (3.1)."""
    return {"hidden_fields": HIDDEN, "relabeling": RELABELLED, "placeholders": PLACEHOLDERS}


def form_widgets(fields: Mapping[str, Field]) -> dict[str, Any]:
    """The form's own fields, for versions that ask the hook (3.1)."""
    from wtforms import PasswordField, StringField

    return {
        name: (PasswordField if field.secret else StringField)(field.label, description=field.description)
        for name, field in fields.items()
    }
