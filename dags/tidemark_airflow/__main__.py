"""``python -m tidemark_airflow pools activations.json``: the pools that the DAGs need, for ``airflow pools import``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tidemark_airflow.activations_file import ActivationsFileError, read_activations
from tidemark_airflow.pools import missing_pools, pools_of

_CONFIGURATION = 78


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0, 1 where pools are missing, 78 where a file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m tidemark_airflow")
    commands = parser.add_subparsers(required=True)
    pools = commands.add_parser("pools", help="print the pools that the DAGs need, for `airflow pools import`")
    pools.add_argument("file", type=Path, help="activations.json")
    pools.add_argument("--slots", type=int, default=1, help="of each pool (default: 1 task of an account at a time)")
    pools.add_argument(
        "--check",
        action="store_true",
        help="print nothing but the pools that are missing from standard input: `airflow pools list --output json`",
    )
    options = parser.parse_args(arguments)
    try:
        needed = pools_of(read_activations(options.file).activations, options.slots)
    except ActivationsFileError as error:
        print(error, file=sys.stderr)
        return _CONFIGURATION
    if not options.check:
        print(json.dumps(needed, indent=2))
        return 0
    missing = missing_pools(needed, json.load(sys.stdin))
    for name in missing:
        print(f"Airflow has no pool {name}: its tasks would wait for ever.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
