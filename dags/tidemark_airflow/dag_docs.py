"""What the UI shows of a DAG and of a task, in Markdown, from the configuration alone."""

from __future__ import annotations

from collections.abc import Sequence

from tidemark_airflow.activations_file import Activation, ActivationsFile


def dag_doc(file: ActivationsFile, activations: Sequence[Activation], pools: Sequence[str]) -> str:
    """A table of the activations, and which pools have to be there."""
    rows = [
        f"| {cell(one.name)} | {cell(one.segment)} | {cell(one.platform)} {cell(one.account_id)} "
        f"| {cell(one.relation or one.model or 'SQL text')} | {cell(one.schedule)} |"
        for one in activations
    ]
    lines = [
        "| activation | segment | ad account | reads | schedule |",
        "| --- | --- | --- | --- | --- |",
        *rows,
        "",
        f"Made of `{file.path.name}`, which `tidemark compile` wrote of `{file.config.name}`.",
    ]
    if pools:
        names = ", ".join(f"`{name}`" for name in pools)
        lines.append(
            f"\nTasks wait for the pool {names}. Where Airflow does not have it, they wait for ever: "
            f"`python -m tidemark_airflow pools {file.path.name}`."
        )
    return "\n".join(lines)


def task_doc(activation: Activation) -> str:
    """The description of the audience, and where it comes from."""
    return (
        f"{line(activation.description) or line(activation.segment)}\n\n"
        f"Segment `{activation.segment}` to destination `{activation.destination}`."
    )


def line(text: str | None) -> str:
    """A text in one line."""
    return " ".join((text or "").split())


def cell(text: str | None) -> str:
    """A text in a cell of a table."""
    return line(text).replace("|", "\\|")
