"""Speaks the REST protocol of BigQuery (jobs, results in pages, sessions) over DuckDB: python bigquery_server.py PORT

Too kind: it knows every function of DuckDB and has no conflicts between jobs, which run one after the other. Beside what
a client asks, see control.py.
"""

import base64
import json
import re
import sys
import time
import uuid
from datetime import UTC, date, datetime

import control
import duckdb
import uvicorn
from bigquery_script import DEFINITIONS, MUTATIONS, If, Refused, datasets_of_catalogues, parse, translated
from sqlglot import exp
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

KINDS = {exp.Insert: "INSERT", exp.Update: "UPDATE", exp.Delete: "DELETE", exp.Merge: "MERGE"}
TYPES = {
    "BIGINT": "INTEGER",
    "INTEGER": "INTEGER",
    "HUGEINT": "INTEGER",
    "DOUBLE": "FLOAT",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "DATETIME",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "BLOB": "BYTES",
    "TIME": "TIME",
}
MACROS = """
create type bytes as blob;
create macro plain_text(t) as cast(t as varchar) collate "C";
create macro utc_now() as current_timestamp at time zone 'UTC';
create macro safe_convert_bytes_to_string(b) as decode(b);
create macro to_hex(b) as lower(hex(b));
create macro from_hex(t) as unhex(t);
create macro farm_fingerprint(v) as cast(cast(hash(v) as hugeint) - 9223372036854775808 as bigint);
"""


class Project:
    """One database, its sessions and its jobs."""

    def __init__(self):
        self.database = duckdb.connect()
        self.database.execute("set global timezone = 'UTC'; set python_enable_replacements = false; set threads = 1")
        self.database.execute(MACROS)
        self.sessions, self.jobs, self.faults = {}, {}, []

    def time_zone(self):
        """The default of its jobs: what a test has set for all connections."""
        return self.database.cursor().execute("select current_setting('TimeZone')").fetchone()[0]

    @property
    def asked(self):
        """Jobs, in their order."""
        return [
            {
                "sql": job["configuration"]["query"]["query"],
                "labels": job["configuration"].get("labels", {}),
                "kind": job["kind"],
                "fetched": job["fetched"],
                "session": job["session"],
                "time_zone": job["time_zone"],
            }
            for job in self.jobs.values()
        ]


PROJECTS = {}


def project_named(name):
    if name not in PROJECTS:
        PROJECTS[name] = Project()
    return PROJECTS[name]


def project_of(request):
    return project_named(request.path_params["project"])


def bound(parameters):
    return [p["parameterValue"].get("value") for p in parameters or []]


class Run:
    """One script on a connection."""

    def __init__(self, connection, parameters):
        self.connection, self.parameters = connection, list(parameters)
        self.in_transaction, self.touched = False, 0
        self.kind, self.affected, self.result, self.returned = None, None, None, False

    def all(self, statements):
        for statement in statements:
            if self.returned:
                return
            if isinstance(statement, If):
                self.either(statement)
            else:
                self.one(statement)

    def either(self, block):
        if self.connection.execute(translated(f"select {self.filled(block.condition.text)}")[1]).fetchone()[0]:
            self.all(block.then)

    def filled(self, text):
        return re.sub(r"@@row_count", str(self.touched), text, flags=re.IGNORECASE)

    def one(self, statement):
        text = self.filled(statement.text)
        word = re.sub(r"\s+", " ", text.lower())
        taken = [self.parameters.pop(0) for _ in range(statement.parameters)]
        if word in ("begin", "begin transaction"):
            self.begin()
        elif word in ("commit", "commit transaction"):
            self.end("commit")
        elif word in ("rollback", "rollback transaction"):
            self.end("rollback")
        elif word == "return":
            self.returned = True
        else:
            self.say(text, taken)

    def begin(self):
        if self.in_transaction:
            raise Refused("invalidQuery", "Transaction is already in progress")
        self.connection.execute("begin")
        self.in_transaction = True

    def end(self, how):
        if not self.in_transaction:
            raise Refused("invalidQuery", f"There is no active transaction to {how}")
        self.connection.execute(how)
        self.in_transaction = False

    def say(self, text, parameters):
        tree, duck = translated(text)
        if self.in_transaction and isinstance(tree, DEFINITIONS) and not tree.find(exp.TemporaryProperty):
            raise Refused("invalidQuery", "DDL on permanent objects is not supported inside a transaction")
        for dataset in datasets_of_catalogues(tree):
            there = "select count(*) from information_schema.schemata where schema_name = ?"
            if not self.connection.execute(there, [dataset]).fetchone()[0]:
                raise Refused("notFound", f"Not found: Dataset {dataset}", 404)
        self.connection.execute(duck, {f"p{i}": v for i, v in enumerate(parameters, 1)} or None)
        self.kind = next((kind for of, kind in KINDS.items() if isinstance(tree, of)), "SELECT")
        self.result = None
        if isinstance(tree, MUTATIONS):
            self.touched = self.affected = self.connection.fetchone()[0]
        elif isinstance(tree, exp.Query):
            self.result = (self.connection.description, self.connection.fetchall())
        else:
            self.kind = "CREATE_TABLE_AS_SELECT"


def refused(error):
    """DuckDB's errors as BigQuery's."""
    if isinstance(error, Refused):
        return error
    text = str(error)
    if "Schema with name" in text or "because schema" in text:
        return Refused("notFound", f"Not found: Dataset {text}", 404)
    if isinstance(error, duckdb.CatalogException):
        if "already exists" in text:
            return Refused("duplicate", f"Already Exists: {text}", 409)
        if "Function" in text:
            return Refused("invalidQuery", f"Function not found: {text}")
        return Refused("notFound", f"Not found: Table {text}", 404)
    if isinstance(error, duckdb.BinderException):
        return Refused("invalidQuery", f"Unrecognized name: {text}")
    if isinstance(error, duckdb.ParserException):
        return Refused("invalidQuery", f"Syntax error: {text}")
    return Refused("invalidQuery", text)


def run(project, configuration, session, time_zone):
    query = configuration["query"]
    connection = session or project.database.cursor()
    connection.execute(f"set timezone = '{time_zone or project.time_zone()}'")
    parameters = bound(query.get("queryParameters"))
    try:
        statements = parse(query["query"])
        if configuration.get("dryRun"):
            return dry(connection, statements)
        if statements and not isinstance(statements[0], If) and "abort_session" in statements[0].text.lower():
            connection.close()
            return {"kind": "SCRIPT", "affected": None, "fields": [], "rows": [], "aborted": True}
        if sum(s.parameters for s in flat(statements)) != len(parameters):
            raise Refused("invalidQuery", "Query parameter count does not match")
        return ran(connection, statements, parameters)
    except Exception as error:
        control.tell(error, query["query"])
        raise refused(error) from error


def flat(statements):
    for statement in statements:
        if isinstance(statement, If):
            yield from [statement.condition, *flat(statement.then)]
        else:
            yield statement


def ran(connection, statements, parameters):
    script = Run(connection, parameters)
    try:
        script.all(statements)
    finally:
        # A script that fails, or ends without COMMIT, is rolled back.
        if script.in_transaction:
            connection.execute("rollback")
    several = len(statements) > 1
    fields, rows = [], []
    if script.result:
        fields = [field(name, kind) for name, kind, *_ in script.result[0]]
        rows = [{"f": [{"v": value(v)} for v in row]} for row in script.result[1]]
    kind = "SCRIPT" if several else script.kind
    return {"kind": kind, "affected": None if several else script.affected, "fields": fields, "rows": rows}


def dry(connection, statements):
    fields = []
    if len(statements) == 1 and not isinstance(statements[0], If):
        tree, duck = translated(statements[0].text)
        if isinstance(tree, exp.Query):
            fields = [field(name, kind) for name, kind, *_ in connection.execute(f"describe {duck}").fetchall()]
    return {"kind": "SELECT", "affected": None, "fields": fields, "rows": []}


def value(v):
    if v is None:
        return None
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, datetime) and v.tzinfo:
        since = v - datetime(1970, 1, 1, tzinfo=UTC)
        return str((since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds)
    if isinstance(v, (datetime, date)):
        return v.isoformat()
    if isinstance(v, bytes):
        return base64.b64encode(v).decode()
    return str(v)


def field(name, kind):
    kind = str(kind)
    mode = "REPEATED" if kind.endswith("[]") else "NULLABLE"
    plain = kind.removesuffix("[]").split("(")[0]
    return {"name": name, "type": TYPES.get(plain, "NUMERIC" if plain == "DECIMAL" else "STRING"), "mode": mode}


def submit(project, name, job_id, configuration):
    """A job that has run; one of its id that is there already is told by 409."""
    if job_id in project.jobs:
        raise Refused("duplicate", f"Already Exists: Job {name}:EU.{job_id}", 409)
    query = configuration["query"]
    properties = {p["key"]: p["value"] for p in query.get("connectionProperties") or []}
    wanted = properties.get("session_id")
    session_id = str(uuid.uuid4()) if query.get("createSession") else wanted
    if query.get("createSession"):
        project.sessions[session_id] = project.database.cursor()
    if session_id and session_id not in project.sessions:
        raise Refused("invalid", f"Session {session_id} not found")
    job = {"id": job_id, "project": name, "configuration": configuration, "session": session_id, "at": time.time()}
    job |= {"time_zone": properties.get("time_zone")}
    job |= {"error": None, "kind": None, "affected": None, "fields": [], "rows": [], "fetched": 0}
    if not configuration.get("dryRun"):
        project.jobs[job_id] = job
    fault = None
    try:
        fault = control.struck(project.faults, query["query"])
        if fault and not fault.get("lost"):
            raise Refused(fault["reason"], fault["message"], fault["status"])
        job |= run(project, configuration, project.sessions.get(session_id), properties.get("time_zone"))
        if job.get("aborted"):
            del project.sessions[session_id]
    except Refused as error:
        if configuration.get("dryRun"):
            raise
        job["error"] = error
    # It ran, and the answer does not arrive.
    if fault and fault.get("lost"):
        raise Refused(fault["reason"], fault["message"], fault["status"])
    return job


def described(job):
    error = job["error"] and {"reason": job["error"].reason, "message": str(job["error"]), "location": "query"}
    status = {"state": "DONE"} | ({"errorResult": error, "errors": [error]} if error else {})
    query = {"statementType": job["kind"], "schema": {"fields": job["fields"]}}
    if job["affected"] is not None:
        query["numDmlAffectedRows"] = str(job["affected"])
    statistics = {"creationTime": str(int(job["at"] * 1000)), "query": query}
    if job["session"]:
        statistics["sessionInfo"] = {"sessionId": job["session"]}
    return {
        "kind": "bigquery#job",
        "jobReference": {"projectId": job["project"], "jobId": job["id"], "location": "EU"},
        "status": status,
        "configuration": job["configuration"],
        "statistics": statistics,
    }


def results(job, most, token):
    if job["error"]:
        raise job["error"]
    start = int(token or 0)
    end = min(len(job["rows"]), start + (10_000 if most is None else int(most)))
    job["fetched"] += end - start
    answer = {
        "jobComplete": True,
        "jobReference": {"projectId": job["project"], "jobId": job["id"], "location": "EU"},
        "schema": {"fields": job["fields"]},
        "totalRows": str(len(job["rows"])),
        "rows": job["rows"][start:end],
    }
    if job["affected"] is not None:
        answer["numDmlAffectedRows"] = str(job["affected"])
    if end < len(job["rows"]):
        answer["pageToken"] = str(end)
    return answer


def insert(request, body):
    job_id = body.get("jobReference", {}).get("jobId") or str(uuid.uuid4())
    return described(submit(project_of(request), request.path_params["project"], job_id, body["configuration"]))


def job_of(request):
    jobs = project_of(request).jobs
    if request.path_params["job"] not in jobs:
        raise Refused("notFound", "Not found: Job", 404)
    return jobs[request.path_params["job"]]


def forget(name):
    gone = PROJECTS.pop(name, None)
    if gone:
        gone.database.close()


def api(work):
    async def answer(request):
        try:
            # Within the event loop: one after the other.
            return JSONResponse(work(request, json.loads(await request.body() or b"{}")))
        except Refused as error:
            said = {"reason": error.reason, "message": str(error), "domain": "global"}
            return JSONResponse({"error": {"code": error.status, "message": str(error), "errors": [said]}}, error.status)
        except duckdb.Error as error:
            return JSONResponse({"error": {"code": 400, "message": str(error), "errors": []}}, 400)

    return answer


OF = "/bigquery/v2/projects/{project}"
app = Starlette(
    routes=[
        Route(f"{OF}/jobs", api(insert), methods=["POST"]),
        Route(f"{OF}/jobs/{{job}}", api(lambda request, _: described(job_of(request)))),
        Route(
            f"{OF}/queries/{{job}}",
            api(lambda r, _: results(job_of(r), r.query_params.get("maxResults"), r.query_params.get("pageToken"))),
        ),
        *control.routes(project_named, lambda name: project_named(name).database.cursor(), forget),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
