"""Speaks the protocol of Snowflake's drivers over fakesnow (DuckDB), as JSON: python snowflake_server.py PORT

Mended here: answers in the JSON form that the Node driver reads (fakesnow's are Arrow), errors with Snowflake's codes and
never an HTTP 5xx, which the driver repeats; a definition commits an open transaction; a request that is repeated finds
the first. Too kind: DuckDB's functions are all known, and statements run one after the other, without conflicts.
`/control` lets a test say plain DuckDB, count what was asked, and make something fail.
"""

import gzip
import importlib
import json
import logging
import os
import re
import sys
import uuid
import warnings
from datetime import UTC, date, datetime

import duckdb
import snowflake.connector.errors as errors
import sqlglot
import uvicorn
from fakesnow.rowtype import describe_as_rowtype
from fakesnow.statement_type import SCL, TCL, statement_type_id
from snowflake_text import MACROS, Refused, filled, rewritten
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

# The attribute of that name is a function.
fakesnow_server = importlib.import_module("fakesnow.server")
fakesnow_server.shared_fs.create_schema_on_connect = False

DEFINITIONS = (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable)
ANSWERED = {}
"""What a request was answered, by its id: one that is sent again is not run twice."""
IN_TRANSACTION, FAILED = set(), set()
STATE = "TIDEMARK_STATE"
MERGE = 0x3400
DATABASES = {}
"""Of each database: what was asked, and what is to fail."""


class Database:
    def __init__(self):
        self.asked, self.faults = [], []


def database_of(name):
    return DATABASES.setdefault(str(name).upper(), Database())


def cell(value, kind):
    """A value as Snowflake's JSON results have it ("text" of everything)."""
    if value is None:
        return None
    if kind == "boolean":
        return "1" if value else "0"
    if kind == "date":
        return str((value - date(1970, 1, 1)).days)
    if isinstance(value, datetime):
        since = (value if value.tzinfo else value.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
        return f"{since.days * 86400 + since.seconds}.{since.microseconds * 1000:09d}"
    if isinstance(value, (bytes, bytearray)):
        return value.hex().upper()
    return str(value)


def answer(connection, rows, columns, type_id):
    return {
        "success": True,
        "code": None,
        "message": None,
        "data": {
            "parameters": [{"name": "TIMEZONE", "value": "Etc/UTC"}, {"name": "CLIENT_RESULT_CHUNK_SIZE", "value": 160}],
            "rowtype": columns,
            "rowset": rows,
            "total": len(rows),
            "returned": len(rows),
            "queryId": str(uuid.uuid4()),
            "queryResultFormat": "json",
            "statementTypeId": type_id,
            "version": 1,
            "finalDatabaseName": connection.database,
            "finalSchemaName": connection.schema,
        },
    }


def done(connection, text, type_id):
    column = {"name": "status", "database": "", "schema": "", "table": "", "nullable": True, "type": "text"}
    column |= {"byteLength": 16777216, "length": 16777216, "scale": None, "precision": None, "collation": None}
    return answer(connection, [[text]], [column], type_id)


def failed(code, message):
    data = {"errorCode": code, "sqlState": "42000", "queryId": str(uuid.uuid4()), "internalError": False}
    return {"success": False, "code": code, "message": message, "headers": None, "data": data}


def look_in(duck, database):
    """Names without a schema are looked up in that of the state, and in PUBLIC (the default SEARCH_PATH)."""
    query = "select schema_name from information_schema.schemata where catalog_name = ? and upper(schema_name) in (?, ?)"
    there = {name.upper() for (name,) in duck.execute(query, [database, STATE, "PUBLIC"]).fetchall()}
    path = ",".join(f'"{database}"."{name}"' for name in (STATE, "PUBLIC") if name in there)
    duck.execute(f"set search_path = '{path}'")


def run(connection, text, bindings):
    if re.match(r"\s*alter\s+session\s+(un)?set\b", text, re.IGNORECASE):
        return done(connection, "Statement executed successfully.", SCL)
    tree, mended = rewritten(filled(text, bindings))
    if isinstance(tree, exp.Commit) and connection in FAILED:
        raise Refused("000603", "The stand-in: COMMIT after a statement that failed; Snowflake would commit what went before")
    if isinstance(tree, (exp.Transaction, exp.Commit, exp.Rollback)):
        FAILED.discard(connection)
        (IN_TRANSACTION.add if isinstance(tree, exp.Transaction) else IN_TRANSACTION.discard)(connection)
    elif isinstance(tree, DEFINITIONS) and connection in IN_TRANSACTION:
        connection.cursor().execute("commit", server=True)
        IN_TRANSACTION.discard(connection)
    kind = 0x1000 if isinstance(tree, exp.SetOperation) else statement_type_id(tree)
    cursor = connection.cursor()
    if not isinstance(tree, (exp.Create, exp.Drop)) or tree.kind != "SCHEMA":
        look_in(cursor._duck_conn, connection.database)
    if isinstance(tree, exp.Merge):
        return merged(connection, cursor._duck_conn, mended)
    cursor.execute(mended, server=True)
    if kind == TCL:
        return done(connection, "Statement executed successfully.", kind)
    # As of tables that were made without quotes around names.
    columns = [{**column, "name": column["name"].upper()} for column in describe_as_rowtype(cursor._describe_last_sql())]
    table = cursor._arrow_table
    read = [column.to_pylist() for column in table.columns] if table else []
    rows = [[cell(v, c["type"]) for v, c in zip(row, columns, strict=True)] for row in zip(*read, strict=True)]
    return answer(connection, rows, columns, kind)


def merged(connection, duck, text):
    """Past fakesnow, which takes a MERGE apart and writes to a database of its own."""
    (touched,) = duck.execute(sqlglot.transpile(text, read="snowflake", write="duckdb")[0]).fetchone()
    column = {"name": "number of rows updated", "type": "fixed", "scale": 0, "precision": 19, "nullable": False}
    return answer(connection, [[str(touched)]], [column], MERGE)


def code_of(error):
    """DuckDB's and fakesnow's errors by Snowflake's codes."""
    text = str(error)
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, (ParseError, TokenError, duckdb.ParserException)):
        return "001003"
    if isinstance(error, errors.Error) and error.errno:
        return f"{error.errno:06d}"
    if isinstance(error, duckdb.CatalogException):
        return "002140" if "Function" in text else "002003"
    if isinstance(error, duckdb.BinderException):
        return "000904"
    if isinstance(error, (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)):
        return "100038"
    return "000603"


def execute(connection, request):
    database, text = database_of(connection.database), request["sqlText"]
    tag = (request.get("parameters") or {}).get("QUERY_TAG")
    asked = {"sql": text, "tag": tag, "fetched": 0}
    database.asked.append(asked)
    try:
        for fault in database.faults:
            if fault["times"] > 0 and fault["match"] in text:
                fault["times"] -= 1
                raise Refused(fault["code"], fault["message"])
        result = run(connection, text, request.get("bindings"))
        asked["fetched"] = len(result["data"]["rowset"])
        return result
    except Exception as error:
        if os.environ.get("TIDEMARK_TEST_STAND_IN_TELLS"):
            print(f"{type(error).__name__}: {error}\n  {text[:2000]}", file=sys.stderr, flush=True)
        if connection in IN_TRANSACTION:
            FAILED.add(connection)
        return failed(code_of(error), str(error))


async def body_of(request):
    raw = await request.body()
    return json.loads(gzip.decompress(raw) if request.headers.get("Content-Encoding") == "gzip" else raw or b"{}")


async def query(request):
    try:
        connection = fakesnow_server.to_conn(fakesnow_server.to_token(request))
    except fakesnow_server.ServerError as error:
        return JSONResponse({"data": None, "code": error.code, "message": error.message, "success": False})
    request_id = request.query_params.get("requestId")
    if request_id not in ANSWERED:
        ANSWERED[request_id] = execute(connection, await body_of(request))
    return JSONResponse(ANSWERED[request_id])


async def login(request):
    said = json.loads((await fakesnow_server.login_request(request)).body)
    # Every database has it.
    connection = fakesnow_server.sessions[said["data"]["token"]]
    connection.cursor().execute("create schema if not exists public", server=True)
    connection.cursor()._duck_conn.execute(MACROS)
    said["code"] = None
    said["data"] |= {"masterToken": "m", "validityInSeconds": 36000, "masterValidityInSeconds": 36000, "sessionId": 1}
    return JSONResponse(said)


async def session(request):
    """A heartbeat, or the end of a session: what is open in it is rolled back."""
    connection = None
    if request.query_params.get("delete"):
        connection = fakesnow_server.sessions.pop(fakesnow_server.to_token(request), None)
    if connection is not None and connection in IN_TRANSACTION:
        IN_TRANSACTION.discard(connection)
        connection.cursor().execute("rollback", server=True)
    return JSONResponse({"data": None, "code": None, "message": None, "success": True})


def fine(_):
    return JSONResponse({"success": True, "code": None, "data": {}})


def plain(value):
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


async def say(request):
    """Plain DuckDB, statement by statement; the rows of the last as objects of texts."""
    name = request.path_params["database"].upper()
    try:
        connection = fakesnow_server.shared_fs.duck_conn.cursor()
        connection.execute(MACROS)
        look_in(connection, name)
        for statement in (await body_of(request))["statements"]:
            connection.execute(statement)
        if not connection.description:
            return JSONResponse({"rows": []})
        # Names are in capitals where they are Snowflake's.
        names = [column.lower() for column, *_ in connection.description]
        return JSONResponse({"rows": [dict(zip(names, map(plain, row), strict=True)) for row in connection.fetchall()]})
    except duckdb.Error as error:
        return JSONResponse({"error": str(error)}, 400)


def asked(request):
    return JSONResponse({"jobs": database_of(request.path_params["database"]).asked})


async def fault(request):
    database_of(request.path_params["database"]).faults.append(await body_of(request))
    return JSONResponse({})


def forget(request):
    DATABASES.pop(request.path_params["database"].upper(), None)
    return JSONResponse({})


app = Starlette(
    routes=[
        Route("/session/v1/login-request", login, methods=["POST"]),
        Route("/session", session, methods=["POST"]),
        Route("/session/heartbeat", session, methods=["POST"]),
        Route("/session/token-request", fine, methods=["POST"]),
        Route("/telemetry/send", fine, methods=["POST"]),
        Route("/queries/v1/query-request", query, methods=["POST"]),
        Route("/queries/v1/abort-request", fine, methods=["POST"]),
        Route("/control/{database}/say", say, methods=["POST"]),
        Route("/control/{database}/jobs", asked),
        Route("/control/{database}/faults", fault, methods=["POST"]),
        Route("/control/{database}", forget, methods=["DELETE"]),
    ]
)

if __name__ == "__main__":
    logging.disable(logging.INFO)
    warnings.simplefilter("ignore")
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
