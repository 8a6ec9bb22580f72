"""Reads statements in Snowflake's dialect (JSON, a list of texts) and says of each what Snowflake would not take of it.

sqlglot parses them, and is kind: so functions stand on a list of those that Snowflake documents, and names without quotes
are none of its reserved words ("Reserved & limited keywords").
"""

import json
import sys

import sqlglot
from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.tokens import TokenType

FUNCTIONS = set(
    """coalesce collate concat convert_timezone count current_timestamp dense_rank first_value flatten get greatest
    hex_decode_binary hex_encode least length listagg lower max md5_binary md5_number_lower64 min mod nullif parse_json
    regexp_instr regexp_replace replace row_number sha2_binary substr sum timestampadd timestampdiff to_char translate trim""".split()
)
# What may stand before a parenthesis and is no function.
WORDS = set(
    """all and as binary by case cast else exists from group in insert into join not number on or over select table then
    union using values varchar when where with within""".split()
)
RESERVED = set(
    """account all alter and any as between by case cast check column connect connection constraint create cross current
    database delete distinct drop else exists false following for from full grant group gscluster having ilike in increment
    inner insert intersect into is issue join lateral left like localtime localtimestamp minus natural not null of on or
    order organization qualify regexp revoke right rlike row rows sample schema select set some start table tablesample then
    to trigger true try_cast union unique update using values view when whenever where with""".split()
)
NAMES = (TokenType.VAR, TokenType.IDENTIFIER)


def problems(text):
    try:
        tree = sqlglot.parse_one(text, read="snowflake")
    except sqlglot.errors.SqlglotError as error:
        return [f"does not parse: {error}"]
    tokens = Snowflake().tokenize(text)
    found = []
    if isinstance(tree, exp.Command):
        found.append("is no statement that sqlglot knows")
    for operation in tree.find_all(exp.Except, exp.Intersect):
        if operation.args.get("distinct") is False:
            found.append("EXCEPT ALL")
    for window in tree.find_all(exp.Window):
        if isinstance(window.this, (exp.RowNumber, exp.DenseRank, exp.FirstValue)) and not window.args.get("order"):
            found.append("a window function without an order")
    for exists in tree.find_all(exp.Exists):
        if looks_out(exists) and not plainly_in_where(exists):
            found.append("an EXISTS that looks out, and is not in a WHERE by itself")
    for alias in tree.find_all(exp.Identifier):
        if not alias.quoted and alias.name.lower() in RESERVED:
            found.append(f"{alias.name} is reserved")
    for token, following in zip(tokens, tokens[1:]):
        if following.token_type == TokenType.L_PAREN and token.text[:1].isalpha() and token.token_type != TokenType.STRING:
            if token.token_type != TokenType.IDENTIFIER and token.text.lower() not in FUNCTIONS | WORDS | aliases(tokens):
                found.append(f"{token.text} is no function on the list")
        if token.token_type == TokenType.DCOLON:
            found.append(":: instead of cast")
    return found


def looks_out(exists):
    """Does it name a table of the query around it?"""
    inner = exists.this
    own = {t.alias_or_name.lower() for t in [*inner.find_all(exp.Table), *inner.find_all(exp.Subquery)]}
    return any(c.table and c.table.lower() not in own for c in inner.find_all(exp.Column))


def plainly_in_where(node):
    """ "Subquery operators": not in a list of columns, nor in an OR."""
    where = False
    while node.parent and not isinstance(node.parent, (exp.Select, exp.Delete, exp.Update, exp.Merge)):
        node = node.parent
        if isinstance(node, (exp.Or, exp.Case)):
            return False
        where = where or isinstance(node, exp.Where)
    return where


def aliases(tokens):
    """Names with a list of columns behind them."""
    pairs = zip(tokens, tokens[1:])
    return {following.text.lower() for token, following in pairs if token.text.lower() in ("as", "with", "into", "table")}


print(json.dumps([problems(text) for text in json.load(sys.stdin)]))
