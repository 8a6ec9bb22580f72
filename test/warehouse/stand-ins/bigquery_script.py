"""GoogleSQL scripts: their statements in a tree, and each statement as DuckDB says it (sqlglot)."""

import functools
import re
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.tokens import TokenType

DIALECT = sqlglot.Dialect.get_or_raise("bigquery")
MUTATIONS = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
CATALOGUE = "INFORMATION_SCHEMA."
DEFINITIONS = (exp.Create, exp.Drop, exp.Alter)


class Refused(Exception):
    """An error as BigQuery says it: a reason ("Error messages"), and a status of HTTP."""

    def __init__(self, reason, message, status=400):
        super().__init__(message)
        self.reason, self.status = reason, status


@dataclass
class Statement:
    text: str
    parameters: int
    """How many positional parameters it takes."""


@dataclass
class If:
    condition: Statement
    then: list = field(default_factory=list)


@functools.lru_cache(maxsize=4096)
def parse(script):
    """The statements of a script: Statement, or If with those within."""
    try:
        tokens = DIALECT.tokenize(script)
    except sqlglot.errors.TokenError as error:
        raise Refused("invalidQuery", f"Syntax error: {error}") from error
    found, at = _statements(script, tokens, 0, within=False)
    if at != len(tokens):
        raise Refused("invalidQuery", "Syntax error: Unexpected keyword END")
    return found


def _statements(script, tokens, at, within):
    found = []
    while at < len(tokens):
        word = tokens[at].text.upper()
        if tokens[at].token_type == TokenType.SEMICOLON:
            at += 1
        elif word == "END" and within:
            return found, at
        elif word == "IF":
            then = next(i for i in range(at, len(tokens)) if tokens[i].text.upper() == "THEN")
            block = If(_statement(script, tokens, at + 1, then))
            block.then, at = _statements(script, tokens, then + 1, within=True)
            if [t.text.upper() for t in tokens[at : at + 2]] != ["END", "IF"]:
                raise Refused("invalidQuery", "Syntax error: Expected END IF")
            found.append(block)
            at += 2
        else:
            end = at
            while end < len(tokens) and tokens[end].token_type != TokenType.SEMICOLON:
                end += 1
            found.append(_statement(script, tokens, at, end))
            at = end
    return found, at


def _statement(script, tokens, start, end):
    # Numbered: sqlglot writes some expressions out several times.
    at, parts, parameters = tokens[start].start, [], 0
    for token in tokens[start:end]:
        if token.token_type == TokenType.PLACEHOLDER:
            parameters += 1
            parts.append(f"{script[at : token.start]}@p{parameters}")
            at = token.end + 1
    return Statement("".join([*parts, script[at : tokens[end - 1].end + 1]]), parameters)


@functools.lru_cache(maxsize=4096)
def translated(text):
    """(tree as GoogleSQL has it, text as DuckDB takes it)"""
    try:
        tree = sqlglot.parse_one(text, read="bigquery")
    except sqlglot.errors.ParseError as error:
        raise Refused("invalidQuery", f"Syntax error: {error}") from error
    _refuse(tree, text)
    return tree, tree.transform(_rewritten).sql(dialect="duckdb")


def _refuse(tree, text):
    """What BigQuery does not take, and DuckDB would."""
    if isinstance(tree, exp.Command):
        raise Refused("invalidQuery", f"The stand-in does not know this statement: {text[:60]}")
    if isinstance(tree, (exp.Update, exp.Delete)) and not tree.args.get("where"):
        raise Refused("invalidQuery", f"{tree.key.upper()} must have a WHERE clause")
    if any(not node.args.get("distinct") for node in tree.find_all(exp.Except, exp.Intersect)):
        raise Refused("invalidQuery", "Syntax error: Expected keyword DISTINCT")
    for node in tree.find_all(exp.SHA2, exp.SHA2Digest):
        if str(node.args.get("length") or 256) != "256":
            raise Refused("invalidQuery", "The stand-in has no SHA512: sqlglot writes SHA256")


def _rewritten(node):
    if isinstance(node, exp.Table):
        return _table(node)
    if isinstance(node, exp.Create) and node.kind == "SCHEMA":
        node.this.set("catalog", None)
    # Points in time are UTC without a zone here.
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.TIMESTAMPTZ:
        return exp.DataType.build("TIMESTAMP")
    if isinstance(node, exp.Collate):
        return exp.Anonymous(this="plain_text", expressions=[node.this.transform(_rewritten)])
    if isinstance(node, exp.CurrentTimestamp):
        return exp.Anonymous(this="utc_now")
    # What stands in the place of a node is not looked at again.
    if isinstance(node, exp.TimestampAdd):
        ms = exp.cast(node.expression.transform(_rewritten), "bigint")
        return exp.Add(this=node.this.transform(_rewritten), expression=exp.func("to_milliseconds", ms))
    if isinstance(node, exp.TimestampDiff):
        part = exp.Literal.string(str(node.unit).lower())
        return exp.Anonymous(this="date_sub", expressions=[part, *(e.transform(_rewritten) for e in (node.expression, node.this))])
    if isinstance(node, exp.Literal) and "%E3S" in node.name:
        return exp.Literal.string(node.name.replace("%E3S", "%S.%g"))
    return node


def _table(node):
    """A project is a database of its own here; INFORMATION_SCHEMA belongs to a dataset."""
    if not node.name.upper().startswith(CATALOGUE):
        node.set("catalog", None)
        if node.db.upper() == "_SESSION":
            node.set("db", None)
        return node
    dataset = node.db.replace("'", "''")
    relation = node.name[len(CATALOGUE) :].lower()
    query = sqlglot.parse_one(
        f"select * from information_schema.{relation} where table_schema = '{dataset}'", read="duckdb"
    )
    return query.subquery(node.alias or None)


def datasets_of_catalogues(tree):
    """Those whose INFORMATION_SCHEMA is read: one that is not there is an error."""
    return {t.db for t in tree.find_all(exp.Table) if t.name.upper().startswith(CATALOGUE)}
