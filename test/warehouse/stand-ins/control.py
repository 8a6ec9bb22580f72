"""What a test does to a stand-in beside what a client asks: plain DuckDB, what was asked, and what is to fail."""

import json
import os
import sys

import duckdb
from starlette.responses import JSONResponse
from starlette.routing import Route


def plain(value):
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def said(connection, statements):
    """The rows of the last statement as objects; names in lower case, whatever the service makes of them."""
    for statement in statements:
        connection.execute(statement)
    if not connection.description:
        return []
    names = [column.lower() for column, *_ in connection.description]
    return [dict(zip(names, map(plain, row), strict=True)) for row in connection.fetchall()]


def struck(faults, text):
    """The fault that this text meets, once less from now on."""
    for fault in faults:
        if fault["times"] > 0 and fault["match"] in text:
            fault["times"] -= 1
            return fault
    return None


def tell(error, text):
    """For whoever looks for a reason."""
    if os.environ.get("TIDEMARK_TEST_STAND_IN_TELLS"):
        print(f"{type(error).__name__}: {error}\n  {text[:2000]}", file=sys.stderr, flush=True)


def routes(find, connect, forget):
    """`find(name)` gives what bears `asked` and `faults`, `connect(name)` a connection to its database."""

    async def say(request):
        try:
            statements = json.loads(await request.body())["statements"]
            return JSONResponse({"rows": said(connect(request.path_params["name"]), statements)})
        except duckdb.Error as error:
            return JSONResponse({"error": str(error)}, 400)

    async def jobs(request):
        return JSONResponse({"jobs": find(request.path_params["name"]).asked})

    async def fault(request):
        find(request.path_params["name"]).faults.append(json.loads(await request.body()))
        return JSONResponse({})

    async def gone(request):
        forget(request.path_params["name"])
        return JSONResponse({})

    return [
        Route("/control/{name}/say", say, methods=["POST"]),
        Route("/control/{name}/jobs", jobs),
        Route("/control/{name}/faults", fault, methods=["POST"]),
        Route("/control/{name}", gone, methods=["DELETE"]),
    ]
