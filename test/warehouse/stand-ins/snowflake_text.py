"""Snowflake's SQL as DuckDB takes it (sqlglot), and what Snowflake would refuse of it."""

import functools

import sqlglot
from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.tokens import TokenType

MUTATIONS = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
DEFINITIONS = (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable)
MACROS = """
create temp macro sf_matches(t, p) as regexp_matches(t, p);
create temp macro sf_md5_number(t) as cast(md5_number_lower(t) as hugeint);
create temp macro sf_iso(t) as strftime(t, '%Y-%m-%dT%H:%M:%S.%gZ');
create temp macro sf_member(j, name) as json_extract_string(j, '$.' || name);
create temp macro sf_add_ms(t, ms) as t + to_milliseconds(cast(ms as bigint));
create temp macro sf_trim(t, characters) as trim(t, characters);
create temp macro sf_plain(t) as cast(t as varchar) collate "C";
create temp macro sf_greatest(a, b) as case when a is null or b is null then null else greatest(a, b) end;
create temp macro sf_least(a, b) as case when a is null or b is null then null else least(a, b) end;
create temp macro to_hex(b) as lower(hex(b));
create temp macro from_hex(t) as unhex(t);
create temp macro safe_convert_bytes_to_string(b) as decode(b);
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
def translated(text):
    """(tree as Snowflake has it, text as DuckDB takes it)"""
    tree = sqlglot.parse_one(text, read="snowflake")
    refuse(tree, text)
    return tree, tree.transform(mended).sql(dialect="duckdb")


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
    # What stands in the place of a node is not looked at again.
    return exp.Anonymous(this=name, expressions=[argument.transform(mended) for argument in arguments])


def mended(node):
    if isinstance(node, exp.Drop) and node.kind == "SCHEMA" and not node.args.get("cascade"):
        # Whatever stands in it goes along; RESTRICT is about foreign keys.
        return exp.Drop(**{**node.args, "cascade": True})
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
    if isinstance(node, exp.Collate):
        return call("sf_plain", node.this)
    if isinstance(node, (exp.Greatest, exp.Least)) and len(node.expressions) == 1:
        return call("sf_greatest" if isinstance(node, exp.Greatest) else "sf_least", node.this, node.expressions[0])
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.DECIMAL:
        return exp.DataType.build("BIGINT")
    if isinstance(node, exp.TableFromRows):
        return rows_of_json(node)
    if isinstance(node, exp.Table) and node.db.lower() == "information_schema":
        return catalogue(node)
    return node


def catalogue(node):
    """INFORMATION_SCHEMA is a database's own."""
    of = "catalog_name" if node.name.lower() == "schemata" else "table_catalog"
    query = f"select * from information_schema.{node.name} where {of} = current_database()"
    return sqlglot.parse_one(query, read="duckdb").subquery(node.alias or None)


def rows_of_json(node):
    """table(flatten(input => parse_json(x))) as j"""
    text = node.find(exp.ParseJSON).this.transform(mended).sql(dialect="duckdb")
    query = sqlglot.parse_one(f"select unnest(from_json({text}, '[\"json\"]')) as value", read="duckdb")
    return query.subquery(node.alias)
