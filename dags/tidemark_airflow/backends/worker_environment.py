"""What a child process sees of the worker's environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# A worker's environment holds Airflow's own secrets and everybody's connections, so a runner gets a list of names.
_PASSED = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|TZ|LANG|LC_\w+|TMPDIR|TEMP|TMP"
    r"|(HTTP|HTTPS|ALL|NO)_PROXY|(http|https|all|no)_proxy"
    r"|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR"
)
# Never passed, not even with the whole environment or by name.
_AIRFLOWS_OWN = re.compile(r"_?AIRFLOW__.*|AIRFLOW_CONN_.*|AIRFLOW_VAR_.*|_AIRFLOW_.*|SUPERVISOR_.*")


def worker_environment(environment: Mapping[str, str], *, whole: bool, more: Iterable[str]) -> dict[str, str]:
    """
    The part of the worker's ``environment`` that the runner gets.

    ``whole`` is everything but Airflow's own; ``more`` are names besides those every program needs.
    """
    named = set(more)
    return {
        name: value
        for name, value in environment.items()
        if (whole or name in named or _PASSED.fullmatch(name)) and not _AIRFLOWS_OWN.fullmatch(name)
    }
