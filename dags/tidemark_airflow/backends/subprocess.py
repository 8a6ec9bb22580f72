"""The runner as a child process of the worker: for virtual machines, development and tests."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from subprocess import PIPE, Popen
from threading import Thread
from typing import IO, Any

from tidemark_airflow.backends import Ended, Invocation, Place
from tidemark_airflow.backends.worker_environment import worker_environment
from tidemark_airflow.log_lines import cut, read_log_line

log = logging.getLogger(__name__)

# Longer lines are cut here: a summary of ten thousand activations has half of it.
MAX_LINE_BYTES = 8 << 20
# Between the end of the drain and SIGKILL. Airflow up to 3.3 ends the task 5 s after SIGTERM; the drain takes 4.
GRACE_SECONDS = 0.5
# After the end of the runner, for its pipes: a process that it left behind may hold them open for ever.
PIPES_SECONDS = 2.0
# How often it is looked whether this process is an orphan.
PARENT_SECONDS = 1.0
_POLL_SECONDS = 0.02
_OPTIONS = ("append_env", "pass_env", "cwd")


class SubprocessBackend:
    """
    Runs ``[*command, "run", …]`` in a process group of its own.

    Its standard input stays open while the task lives: when the task dies in whatever way, the runner sees it end and
    drains. It drains, too, when the process that started this one dies: Airflow's supervisor, without whom nobody hears
    how the run ends, while its lease would keep the next try away.

    As in Airflow's ``SubprocessHook`` the signal goes to the group and pipes outlive a time-out, because ``on_kill``
    comes only after the time-out has left ``execute``; that hook joins both outputs and has no input.
    """

    def __init__(self, place: Place) -> None:
        unknown = sorted(set(place.options) - set(_OPTIONS))
        if unknown:
            raise ValueError(f"backend_options of subprocess: unknown {unknown}; it takes {list(_OPTIONS)}.")
        self._command = list(place.command)
        self._options = place.options
        self._process: Popen[bytes] | None = None
        self._drain_seconds = 0
        self._killed = False

    def run(self, invocation: Invocation, context: Any) -> Ended:
        """Runs to the end; see ``Backend``. Raises FileNotFoundError where there is no such program."""
        self._drain_seconds = invocation.drain_seconds
        process = self._start(invocation)
        last = LastLine()
        readers = [reader(process.stdout, last.take), reader(process.stderr, say)]
        if self._killed:
            self.kill()
        Thread(target=self._watch, args=(os.getppid(), process.pid), daemon=True).start()
        wait_for_exit(process.pid)
        deadline = time.monotonic() + PIPES_SECONDS
        for thread in readers:
            thread.join(max(0.0, deadline - time.monotonic()))
        code = process.wait()
        if process.stdin is not None:
            process.stdin.close()
        return Ended(exit_code=code if code >= 0 else 128 - code, last_line=last.line)

    def _start(self, invocation: Invocation) -> Popen[bytes]:
        arguments = [*self._command, *invocation.arguments(*invocation.orphan_flags)]
        log.info("Runs %s", arguments)
        kept = worker_environment(
            os.environ,
            whole=bool(self._options.get("append_env", False)),
            more=self._options.get("pass_env", ()),
        )
        self._process = Popen(
            arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=self._options.get("cwd"),
            env={**kept, **invocation.environment, **invocation.private},
            start_new_session=True,
        )
        return self._process

    def _watch(self, parent: int, runner: int) -> None:
        """Drains the runner when the parent of this process is gone, which no event tells a child."""
        while not has_ended(runner):
            if os.getppid() != parent:
                self.kill()
                return
            time.sleep(PARENT_SECONDS)

    def kill(self) -> None:
        """SIGTERM to the process group; SIGKILL when the drain is over. Returns when the runner has ended."""
        self._killed = True
        process = self._process
        if process is None or has_ended(process.pid):
            return
        signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + self._drain_seconds + GRACE_SECONDS
        while not has_ended(process.pid):
            if time.monotonic() > deadline:
                log.warning("The runner did not drain in %s s: it is killed.", self._drain_seconds)
                signal_group(process.pid, signal.SIGKILL)
                return
            time.sleep(_POLL_SECONDS)


class LastLine:
    """Standard output: its last line is kept for the summary, lines before it go to the task log."""

    def __init__(self) -> None:
        self.line: str | None = None

    def take(self, line: str) -> None:
        """The next line."""
        if self.line is not None:
            log.info("%s", cut(self.line))
        self.line = line


def say(line: str) -> None:
    """A line of standard error, in the task log at its level."""
    level, text = read_log_line(line)
    log.log(level, "%s", text)


def reader(pipe: IO[bytes] | None, take: Callable[[str], None]) -> Thread:
    """Reads a pipe in a thread of its own: the runner never waits for its reader, not even while it is killed."""

    def read() -> None:
        if pipe is not None:
            # Closed by who reads it: a close from elsewhere would wait for the read.
            with pipe:
                for line in lines_of(pipe):
                    take(line)

    thread = Thread(target=read, daemon=True)
    thread.start()
    return thread


def lines_of(pipe: IO[bytes]) -> Iterator[str]:
    """Lines without their end, bytes that are no UTF-8 as ``\\xNN``; of a line too long, its beginning."""
    begins = True
    while part := pipe.readline(MAX_LINE_BYTES):
        if begins:
            yield part.decode("utf-8", errors="backslashreplace").rstrip("\r\n")
        begins = part.endswith(b"\n")


def has_ended(pid: int) -> bool:
    """
    Whether the child has ended; it is not reaped, so that its number stays its own.

    ``Popen.wait`` cannot be asked here: it holds a lock while it waits, and this runs in a signal handler on top of it.
    """
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    except ChildProcessError:
        return True


def wait_for_exit(pid: int) -> None:
    """Waits for the end of the child without reaping it."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def signal_group(pid: int, number: signal.Signals) -> None:
    """A signal to the child and whatever it started."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
