"""
Secrets that this task has handed over, for whatever its runner says.

Airflow masks logs too, but only where a supervisor writes them (not in ``dag.test``), and no XCom.
"""

from __future__ import annotations

import json
import re

from airflow.sdk.log import mask_secret

# As in Airflow: shorter ones would take ordinary words out of every line.
MIN_LENGTH = 5

_secrets: set[str] = set()


def hide(secret: str) -> None:
    """From here on this text is ``***`` in the task log and in the runner's words, also where JSON escapes it."""
    once = json.dumps(secret)[1:-1]
    for form in {secret, once, json.dumps(once)[1:-1]}:
        mask_secret(form)
        if len(form) >= MIN_LENGTH:
            _secrets.add(form)


def masked(text: str) -> str:
    """A text without what is hidden."""
    if not _secrets:
        return text
    # The longest first: a secret may be part of another one.
    return re.sub("|".join(map(re.escape, sorted(_secrets, key=len, reverse=True))), "***", text)
