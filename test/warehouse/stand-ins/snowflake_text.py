"""Snowflake's SQL as fakesnow takes it: bound texts written out, and what sqlglot says wrongly in DuckDB by macros."""

import functools

import sqlglot
from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.tokens import TokenType

MACROS = """
create or replace temp macro sf_matches(t, p) as regexp_matches(t, p);
create or replace temp macro sf_trim(t, characters) as trim(t, characters);
create or replace temp macro sf_md5_number(t) as cast(md5_number_lower(t) as hugeint);
create or replace temp macro sf_iso(t) as strftime(t, '%Y-%m-%dT%H:%M:%S.%gZ');
create or replace temp macro sf_member(j, name) as json_extract_string(j, '$.' || name);
create or replace temp macro sf_add_ms(t, ms) as t + to_milliseconds(cast(ms as bigint));
create or replace temp macro to_hex(b) as lower(hex(b));
create or replace temp macro from_hex(t) as unhex(t);
create or replace temp macro safe_convert_bytes_to_string(b) as decode(b);
"""


class Refused(Exception):
    """An error by Snowflake's code."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def filled(text, bindings):
    """Each `?` as a literal: sqlglot writes some expressions out several times."""
    tokens = Snowflake().tokenize(text)
    if any(t.token_type == TokenType.SEMICOLON for t in tokens[:-1]):
        raise Refused("000008", "Actual statement count 2 did not match the desired statement count 1.")
    values = [bindings[str(i)]["value"] for i in range(1, len(bindings or {}) + 1)]
    parts, at, n = [], 0, 0
    for token in tokens:
        if token.token_type == TokenType.PLACEHOLDER:
            if n == len(values):
                raise Refused("002049", "SQL compilation error: Bind variable ? not set.")
            parts += [text[at : token.start], literal(values[n])]
            at, n = token.end + 1, n + 1
    return "".join([*parts, text[at:]])


def literal(value):
    if value is None:
        return "null"
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


@functools.lru_cache(maxsize=4096)
def rewritten(text):
    """(tree, text for fakesnow)"""
    tree = sqlglot.parse_one(text, read="snowflake")
    refuse(tree, text)
    return tree, tree.transform(mended).sql(dialect="snowflake")


def refuse(tree, text):
    """What Snowflake does not take, and DuckDB would."""
    if isinstance(tree, exp.Command):
        raise Refused("001003", f"SQL compilation error: the stand-in does not know: {text[:60]}")
    for operation in tree.find_all(exp.Except, exp.Intersect):
        if operation.args.get("distinct") is False:
            raise Refused("001003", "SQL compilation error: EXCEPT ALL")
    for window in tree.find_all(exp.Window):
        if isinstance(window.this, (exp.RowNumber, exp.Rank, exp.DenseRank)) and not window.args.get("order"):
            raise Refused("002303", "SQL compilation error: the window function requires ORDER BY in its window")


def call(name, *arguments):
    return exp.Anonymous(this=name, expressions=list(arguments))


def mended(node):
    if isinstance(node, exp.GT) and isinstance(node.this, exp.RegexpInstr):
        return call("sf_matches", node.this.this, node.this.expression)
    if isinstance(node, exp.Trim) and node.expression:
        return call("sf_trim", node.this, node.expression)
    if isinstance(node, exp.MD5NumberLower64):
        return call("sf_md5_number", node.this)
    if isinstance(node, exp.ToChar) and node.args.get("format"):
        return call("sf_iso", node.this)
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.GetExtract):
        return call("sf_member", node.this.this, node.this.expression)
    if isinstance(node, exp.DateAdd) and str(node.args.get("unit")).upper() == "MILLISECOND":
        return call("sf_add_ms", node.this, node.expression)
    return node
