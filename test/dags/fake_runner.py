"""
A program in the place of the runner, for ends that the real one cannot be brought to.

``FAKE`` in its environment is a JSON list of steps, done in order:

- ``["out", text]``, ``["err", text]``, ``["long", "err", "x", times]``, ``["bytes", hexadecimal]`` on standard output
- ``["summary", {…}]`` with this run's key and the rest as given
- ``["touch", file]``
- ``["environment"]`` and ``["arguments"]`` print them on standard error
- ``["ignore"]`` SIGTERM from here on, ``["wait"]`` until SIGTERM or the end of standard input, ``["exit", code]``
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

# Written by a runner that quotes a secret; ``{canary}`` in a summary becomes this.
CANARY = "canary7f3a"

asked = threading.Event()


def watch_input() -> None:
    """The end of standard input asks to end, as the runner's ``--drain-on-stdin-end`` does."""
    while os.read(0, 65_536):
        pass
    asked.set()


def main() -> int:
    """Does the steps; returns the exit code."""
    run_key = sys.argv[sys.argv.index("--run-key") + 1] if "--run-key" in sys.argv else None
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    threading.Thread(target=watch_input, daemon=True).start()
    for step, *rest in json.loads(os.environ["FAKE"]):
        if step == "out":
            print(rest[0], flush=True)
        elif step == "err":
            print(rest[0], file=sys.stderr, flush=True)
        elif step == "long":
            print(rest[1] * rest[2], file=sys.stderr if rest[0] == "err" else sys.stdout, flush=True)
        elif step == "bytes":
            sys.stdout.buffer.write(bytes.fromhex(rest[0]))
            sys.stdout.flush()
        elif step == "summary":
            [given] = json.loads(json.dumps(rest).replace("{canary}", CANARY))
            summary = {"schema": "tidemark.summary/1", "run_key": run_key, "status": "succeeded", "activations": []}
            print(json.dumps({**summary, **given}), flush=True)
        elif step == "environment":
            print(json.dumps(dict(os.environ)), file=sys.stderr, flush=True)
        elif step == "arguments":
            print(json.dumps(sys.argv[1:]), file=sys.stderr, flush=True)
        elif step == "touch":
            Path(rest[0]).touch()
        elif step == "ignore":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        elif step == "wait":
            while not asked.wait(0.05):
                pass
        elif step == "exit":
            return int(rest[0])
    return 0


code = main()
# At once: the thread that reads standard input would be in the way of an orderly end.
os._exit(code)
