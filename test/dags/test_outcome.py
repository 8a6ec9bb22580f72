"""Every end of the runner becomes the end of the task that the table of exit codes says."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from airflow.sdk import BaseOperator
from conftest import fake_runner
from contexts import context_of
from tidemark_airflow import TidemarkRunOperator, exceptions
from tidemark_airflow.compat import AirflowException, AirflowFailException, AirflowSkipException

Steps = list[list[Any]]


def operator(steps: Steps, **arguments: Any) -> TidemarkRunOperator:
    """A task whose runner does these steps."""
    return TidemarkRunOperator(
        task_id="x", activation="high_value.x", run_key="the key", **fake_runner(steps), **arguments
    )


def failed(code: str, message: str) -> list[Any]:
    """The step that prints the summary of a failed activation."""
    error = {"code": code, "message": message}
    return ["summary", {"status": "failed", "activations": [{"activation": "high_value.x", "error": error}]}]


def test_success_returns_the_summary() -> None:
    entry = {"activation": "high_value.x", "run_id": "r1", "status": "succeeded", "members_added": 3, "error": None}
    task = operator([["out", "first"], ["summary", {"activations": [entry]}]])
    assert task.execute({}) == {
        "schema": "tidemark.summary/1",
        "run_key": "the key",
        "status": "succeeded",
        "activations": [entry],
    }


def test_the_command_line_is_the_contract_s(caplog: pytest.LogCaptureFixture) -> None:
    task = operator([["arguments"], ["summary", {}]], config="conf/tidemark.yml", drain_seconds=3, full=True)
    with caplog.at_level(logging.INFO):
        task.execute({})
    said = next(json.loads(r.message) for r in caplog.records if r.message.startswith('["run"'))
    assert said == [
        *["run", "high_value.x", "--config", "conf/tidemark.yml", "--run-key", "the key", "--json"],
        *["--drain-seconds", "3", "--exit-code-when-unchanged", "--full", "--drain-on-stdin-end"],
    ]


@pytest.mark.parametrize(
    ("code", "expected", "at_once"),
    [
        (64, exceptions.TidemarkUsageError, True),
        (65, exceptions.TidemarkGuarded, True),
        (70, exceptions.TidemarkBug, False),
        (75, exceptions.TidemarkTryAgain, False),
        (76, exceptions.TidemarkNotUnderstood, True),
        (77, exceptions.TidemarkPermissionError, True),
        (78, exceptions.TidemarkConfigurationError, True),
        (137, exceptions.TidemarkKilled, False),
        (143, exceptions.TidemarkAborted, False),
        (1, exceptions.TidemarkKilled, False),
    ],
)
def test_an_exit_code_has_a_class_of_its_own(code: int, expected: type[Exception], at_once: bool) -> None:
    with pytest.raises(AirflowException) as caught:
        operator([failed("some_code", "what is wrong"), ["exit", code]]).execute({})
    assert type(caught.value) is expected
    assert isinstance(caught.value, AirflowFailException) is at_once
    assert f"exit {code}, high_value.x: some_code: what is wrong. " in str(caught.value)


def test_a_lease_held_is_a_class_of_its_own_to_wait_for() -> None:
    with pytest.raises(exceptions.TidemarkLeaseHeld):
        operator([failed("lease_held", "another run lives"), ["exit", 75]]).execute({})


def test_nothing_to_do_is_a_skip() -> None:
    with pytest.raises(AirflowSkipException):
        operator([["summary", {}], ["exit", 99]]).execute({})


@pytest.mark.parametrize("exit_code", [0, 99])
@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "ended without a line"),
        ([["out", ""]], "ended without a line"),
        ([["out", "all is well"]], "is no JSON: 'all is well'"),
        ([["out", '{"schema": "other/1"}']], "is no tidemark.summary/1"),
        ([["out", "[1, 2]"]], "is no tidemark.summary/1"),
        ([["summary", {"run_key": "another"}]], "of another run: 'another' instead of the key"),
        ([["summary", {}], ["out", "and one more line"]], "is no JSON: 'and one more line'"),
        ([["summary", {"activations": None}]], "lists no activations"),
        ([["bytes", "ff00fe0a"]], "is no JSON"),
        ([["summary", {"status": "partial"}]], "its summary says partial"),
    ],
)
def test_success_is_never_assumed(steps: Steps, said: str, exit_code: int) -> None:
    with pytest.raises(exceptions.TidemarkNoSummary) as caught:
        operator([*steps, ["exit", exit_code]]).execute({})
    assert said in str(caught.value)


def test_a_failure_without_a_summary_says_so() -> None:
    with pytest.raises(
        exceptions.TidemarkConfigurationError, match="exit 78, and standard output ended without a line"
    ):
        operator([["exit", 78]]).execute({})


def test_a_huge_line_before_the_summary_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        operator([["long", "out", "x", 20_000_000], ["long", "err", "y", 9_000_000], ["summary", {}]]).execute({})
    assert max(len(r.getMessage()) for r in caplog.records) < 4_100


def test_the_runner_s_log_keeps_its_levels(caplog: pytest.LogCaptureFixture) -> None:
    lines = [
        '{"at":"2026-12-01T00:00:00.000Z","level":"info","event":"lease_taken","fence":3}',
        '{"level":"warn","event":"throttled","message":"Waits 3 s.","batch":4}',
        '{"level":"error","event":"crashed","code":"bug"}',
        "no JSON at all",
    ]
    with caplog.at_level(logging.INFO):
        operator([*(["err", line] for line in lines), ["summary", {}]]).execute({})
    said = [(r.levelname, r.getMessage()) for r in caplog.records if r.name == "tidemark_airflow.backends.subprocess"]
    assert said[1:] == [
        ("INFO", "lease_taken fence=3"),
        ("WARNING", "throttled: Waits 3 s. batch=4"),
        ("ERROR", "crashed code=bug"),
        ("INFO", "no JSON at all"),
    ]


def test_a_summary_too_long_for_xcom_keeps_its_counts() -> None:
    entries = [
        {"activation": f"s{i}.x", "run_id": f"r{i}", "status": "succeeded", "members_added": 2, "error": None}
        for i in range(400)
    ]
    entries[399] = {**entries[399], "status": "failed", "error": {"code": "c", "message": "m" * 5_000}}
    returned = operator([["summary", {"activations": entries}]]).execute({})
    assert len(json.dumps(returned)) <= 10_000
    assert returned["totals"]["members_added"] == 800
    assert len(returned["activations"]) + returned["activations_left_out"] == 400
    # What went wrong comes first.
    assert returned["activations"][0]["activation"] == "s399.x"
    assert returned["activations"][0]["error"] == {"code": "c", "message": "m" * 300}


def test_a_failed_try_leaves_its_summary_for_call_backs() -> None:
    context = context_of()
    with pytest.raises(exceptions.TidemarkGuarded):
        operator([failed("guard", "too many"), ["exit", 65]]).execute(context)
    assert context["ti"].pushed["summary"]["activations"][0]["error"]["code"] == "guard"


@pytest.mark.parametrize(
    ("try_number", "max_tries", "again"), [(1, 2, False), (2, 2, True), (4, 5, False), (5, 5, True)]
)
def test_a_bug_is_tried_once_more_after_each_clear(try_number: int, max_tries: int, again: bool) -> None:
    """With 2 retries: max_tries is 2 before any clear, and 5 after a clear that came after 3 tries."""

    context = context_of(try_number=try_number, max_tries=max_tries)
    with pytest.raises(AirflowException) as caught:
        operator([failed("bug", "b"), ["exit", 70]], retries=2).execute(context)
    assert type(caught.value) is (exceptions.TidemarkBugAgain if again else exceptions.TidemarkBug)


def test_no_such_program_says_its_name() -> None:
    task = TidemarkRunOperator(task_id="x", activation="a.x", command=["/no/such/program"], run_key="k")
    with pytest.raises(FileNotFoundError, match="/no/such/program"):
        task.execute({})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"backend": "podman"}, "backend='podman'"),
        ({"receipts_url": "https://bi/{dag}"}, r"unknown \['dag'\]"),
    ],
)
def test_wrong_arguments_are_one_readable_import_error(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        TidemarkRunOperator(task_id="x", activation="a.x", **arguments)


def test_it_is_an_operator_like_any_other() -> None:
    assert issubclass(TidemarkRunOperator, BaseOperator)
