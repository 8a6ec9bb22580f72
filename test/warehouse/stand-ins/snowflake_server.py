"""Speaks the protocol of Snowflake's drivers (logins, sessions, queries, JSON results) over DuckDB: python snowflake_server.py PORT

A definition commits an open transaction; a statement that fails leaves one open; a request that is repeated finds the
first. A client that is killed leaves its transaction open, and whoever meets its rows gets the lock's time-out, until the
transaction was idle for so long that the service breaks it off. Too kind: it knows every function of DuckDB, and
statements run one after the other.
"""

import gzip
import json
import re
import secrets
import sys
import time
import uuid
from datetime import UTC, date, datetime

import control
import duckdb
import uvicorn
from snowflake_text import DEFINITIONS, MACROS, MUTATIONS, Refused, filled, translated
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

# "Statement type ids" of the driver.
SELECT, MUTATION, SETTING, TRANSACTION, DEFINITION = 0x1000, 0x3000, 0x4000, 0x5000, 0x6000
MUTATION_KINDS = {exp.Insert: 0x3100, exp.Update: 0x3200, exp.Delete: 0x3300, exp.Merge: 0x3400}
TYPES = {
    "VARCHAR": "text",
    "BIGINT": "fixed",
    "INTEGER": "fixed",
    "HUGEINT": "fixed",
    "UBIGINT": "fixed",
    "DECIMAL": "fixed",
    "DOUBLE": "real",
    "FLOAT": "real",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "TIMESTAMP WITH TIME ZONE": "timestamp_ltz",
    "BLOB": "binary",
}
ENGINE = duckdb.connect()
# The default of an account ("Parameters, TIMEZONE").
ENGINE.execute("set global timezone = 'America/Los_Angeles'; set threads = 1")
DATABASES, SESSIONS, ANSWERED = {}, {}, {}
# Idle and in somebody's way, a transaction is broken off after five minutes ("Transactions, detached"); here sooner.
DETACHED_SECONDS = 10


class Database:
    def __init__(self, name):
        self.name, self.asked, self.faults = name, [], []
        ENGINE.execute(f"attach ':memory:' as \"{name}\"; create schema \"{name}\".\"PUBLIC\"")

    def schemas(self):
        query = "select schema_name from information_schema.schemata where catalog_name = ?"
        return {name.upper() for (name,) in ENGINE.execute(query, [self.name]).fetchall()}


class Session:
    """`schema`: where names without a schema are looked up first; then in PUBLIC (the default SEARCH_PATH)."""

    def __init__(self, database, schema):
        self.database, self.connection = database, ENGINE.cursor()
        self.connection.execute(MACROS)
        self.in_transaction = self.failed = False
        self.last = time.monotonic()
        self.schema = schema if schema in database.schemas() else None

    def look_around(self):
        there = self.database.schemas()
        path = [name for name in dict.fromkeys([self.schema, "PUBLIC"]) if name in there]
        self.connection.execute("set search_path = '{}'".format(",".join(f'"{self.database.name}"."{n}"' for n in path)))


def database_of(name):
    if name.upper() not in DATABASES:
        DATABASES[name.upper()] = Database(name.upper())
    return DATABASES[name.upper()]


def column(name, kind):
    plain, digits = re.fullmatch(r"([^(\[]*)(?:\(\d+,(\d+)\))?.*", kind, re.DOTALL).groups()
    of = "array" if kind.endswith("[]") else TYPES.get(plain, "variant")
    scale = int(digits or 0) if of == "fixed" else None
    known = {"database": "", "schema": "", "table": "", "nullable": True, "byteLength": None, "length": None}
    # Made without quotes, it is in capitals.
    name = name.upper() if re.fullmatch(r"[a-z_][a-z0-9_$]*", name) else name
    return known | {"name": name, "type": of, "scale": scale, "precision": 38, "collation": None}


def cell(value, kind):
    """A value as Snowflake's JSON results have it."""
    if value is None:
        return None
    if kind == "boolean":
        return "1" if value else "0"
    if kind == "date":
        return str((value - date(1970, 1, 1)).days)
    if isinstance(value, datetime):
        since = (value if value.tzinfo else value.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
        return f"{since.days * 86400 + since.seconds}.{since.microseconds * 1000:09d}"
    return value.hex().upper() if isinstance(value, bytes) else str(value)


def answer(session, rows, columns, kind):
    parameters = {"TIMEZONE": "Etc/UTC", "CLIENT_RESULT_CHUNK_SIZE": 160}
    return {
        "success": True,
        "code": None,
        "message": None,
        "data": {
            "parameters": [{"name": name, "value": value} for name, value in parameters.items()],
            "rowtype": columns,
            "rowset": rows,
            "total": len(rows),
            "returned": len(rows),
            "queryId": str(uuid.uuid4()),
            "queryResultFormat": "json",
            "statementTypeId": kind,
            "version": 1,
            "finalDatabaseName": session.database.name,
            "finalSchemaName": session.schema,
        },
    }


def done(session, kind):
    return answer(session, [["Statement executed successfully."]], [column("status", "VARCHAR")], kind)


def refused(code, message):
    data = {"errorCode": code, "sqlState": "42000", "queryId": str(uuid.uuid4()), "internalError": False}
    return {"success": False, "code": code, "message": message, "headers": None, "data": data}


def of_session(session, text):
    """What is about the session and not about data; None for all else."""
    if re.match(r"alter\s+session\s+(un)?set\b", text, re.IGNORECASE):
        time_zone = re.search(r"\btimezone = '(\w+)'", text, re.IGNORECASE)
        if time_zone:
            session.connection.execute(f"set timezone = '{time_zone[1]}'")
        return done(session, SETTING)
    if re.fullmatch(r"select current_schema\(\) as current_schema", text, re.IGNORECASE):
        return answer(session, [[session.schema]], [column("current_schema", "VARCHAR")], SELECT)
    used = re.fullmatch(r"use schema (\w+)", text, re.IGNORECASE)
    if used is None:
        return None
    if used[1].upper() not in session.database.schemas():
        raise Refused("002043", "SQL compilation error: Object does not exist, or operation cannot be performed.")
    session.schema = used[1].upper()
    return done(session, SETTING)


def run(session, text, bindings):
    about = of_session(session, text)
    if about is not None:
        return about
    tree, duck = translated(filled(text, bindings))
    if isinstance(tree, (exp.Transaction, exp.Commit, exp.Rollback)):
        return transaction(session, tree, duck)
    if isinstance(tree, DEFINITIONS) and session.in_transaction:
        session.connection.execute("commit")
        session.in_transaction = False
    if not session.in_transaction:
        session.look_around()
    session.connection.execute(duck)
    if isinstance(tree, exp.Create) and tree.kind == "SCHEMA":
        session.schema = tree.this.db.upper()
    if isinstance(tree, MUTATIONS):
        kind = next(kind for of, kind in MUTATION_KINDS.items() if isinstance(tree, of))
        touched = str(session.connection.fetchone()[0])
        return answer(session, [[touched]], [column("number of rows updated", "BIGINT")], kind)
    return selected(session) if isinstance(tree, exp.Query) else done(session, DEFINITION)


def selected(session):
    columns = [column(name, str(kind)) for name, kind, *_ in session.connection.description]
    kinds = [of["type"] for of in columns]
    rows = [[cell(v, kind) for v, kind in zip(row, kinds, strict=True)] for row in session.connection.fetchall()]
    return answer(session, rows, columns, SELECT)


def transaction(session, tree, duck):
    if isinstance(tree, exp.Commit) and session.failed:
        raise Refused("000603", "The stand-in: a COMMIT after a failure; Snowflake would commit what went before it")
    if isinstance(tree, exp.Transaction) == session.in_transaction:
        # A second BEGIN, or an end of nothing, does nothing.
        return done(session, TRANSACTION)
    if isinstance(tree, exp.Transaction):
        session.look_around()
    session.connection.execute(duck)
    session.failed, session.in_transaction = False, isinstance(tree, exp.Transaction)
    return done(session, TRANSACTION)


def code_of(error):
    """DuckDB's errors by Snowflake's codes."""
    text = str(error)
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, (ParseError, TokenError, duckdb.ParserException)):
        return "001003"
    if isinstance(error, duckdb.CatalogException):
        if "already exists" in text:
            return "002002"
        return "002140" if "Function" in text else "002003"
    if isinstance(error, duckdb.BinderException):
        return "000904"
    if isinstance(error, duckdb.TransactionException):
        return "000625"
    if isinstance(error, (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)):
        return "100038"
    return "000603"


def break_off(database):
    """Ends the sessions whose clients left a transaction open; one that is only slow is told that its session is gone."""
    now = time.monotonic()
    for token, other in list(SESSIONS.items()):
        if other.database is database and other.in_transaction and now - other.last > DETACHED_SECONDS:
            SESSIONS.pop(token).connection.close()


def execute(session, request):
    text = request["sqlText"]
    asked = {"sql": text, "tag": (request.get("parameters") or {}).get("QUERY_TAG"), "fetched": 0}
    session.database.asked.append(asked)
    try:
        fault = control.struck(session.database.faults, text)
        if fault:
            raise Refused(fault["code"], fault["message"])
        result = run(session, text, request.get("bindings"))
        if result["data"]["statementTypeId"] == SELECT:
            asked["fetched"] = len(result["data"]["rowset"])
        return result
    except Exception as error:
        control.tell(error, text)
        session.failed = session.in_transaction
        code = code_of(error)
        if code == "000625":
            break_off(session.database)
        return refused(code, str(error))
    finally:
        session.last = time.monotonic()


async def body_of(request):
    raw = await request.body()
    return json.loads(gzip.decompress(raw) if request.headers.get("Content-Encoding") == "gzip" else raw or b"{}")


def token_of(request):
    return re.sub(r'^Snowflake Token="(.*)"$', r"\1", request.headers.get("Authorization", ""))


async def query(request):
    session = SESSIONS.get(token_of(request))
    if session is None:
        return JSONResponse(refused("390104", "Session no longer exists. New login required."))
    request_id = request.query_params.get("requestId")
    if request_id not in ANSWERED:
        ANSWERED[request_id] = execute(session, await body_of(request))
    return JSONResponse(ANSWERED[request_id])


async def login(request):
    asked = (await body_of(request))["data"]
    if asked.get("PASSWORD") == "wrong":
        return JSONResponse(refused("390100", "Incorrect username or password was specified."))
    database = database_of(request.query_params["databaseName"])
    token = secrets.token_urlsafe(24)
    SESSIONS[token] = Session(database, request.query_params.get("schemaName", "").upper())
    said = {"token": token, "masterToken": "m", "validityInSeconds": 36000, "masterValidityInSeconds": 36000}
    said |= {"sessionId": 1, "serverVersion": "10.0.0", "parameters": [{"name": "AUTOCOMMIT", "value": True}]}
    said["sessionInfo"] = {"databaseName": database.name, "schemaName": SESSIONS[token].schema}
    return JSONResponse({"data": said, "code": None, "message": None, "success": True})


async def session_ends(request):
    """Or a heartbeat. What is open in it is rolled back, and its temporary tables go."""
    session = SESSIONS.pop(token_of(request), None) if request.query_params.get("delete") else None
    if session is not None:
        session.connection.close()
    return JSONResponse({"data": None, "code": None, "message": None, "success": True})


async def fine(_):
    return JSONResponse({"success": True, "code": None, "data": {}})


def connect(name):
    session = Session(database_of(name), "TIDEMARK_STATE")
    session.connection.execute("set timezone = 'UTC'")
    session.look_around()
    return session.connection


def forget(name):
    gone = DATABASES.pop(name.upper(), None)
    if gone is None:
        return
    for token in [token for token, session in SESSIONS.items() if session.database is gone]:
        SESSIONS.pop(token).connection.close()
    ENGINE.execute(f'detach "{gone.name}"')


app = Starlette(
    routes=[
        Route("/session/v1/login-request", login, methods=["POST"]),
        Route("/session", session_ends, methods=["POST"]),
        Route("/session/heartbeat", session_ends, methods=["POST"]),
        Route("/session/token-request", fine, methods=["POST"]),
        Route("/telemetry/send", fine, methods=["POST"]),
        Route("/queries/v1/query-request", query, methods=["POST"]),
        Route("/queries/v1/abort-request", fine, methods=["POST"]),
        *control.routes(database_of, connect, forget),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
