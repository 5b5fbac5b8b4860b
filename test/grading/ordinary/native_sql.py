"""Statements by CPython's own SQLite: reads {setup, code, queries} as JSON, prints what the sandbox would report."""
import json
import sqlite3
import sys


def statements(text):
    rest = ""
    for piece in text.split(";"):
        rest += piece
        if sqlite3.complete_statement(rest + ";"):
            yield rest
            rest = ""
        else:
            rest += ";"
    if rest.strip(" ;\n"):
        yield rest


def value(x):
    if x is None:
        return {"t": "null"}
    if isinstance(x, int):
        return {"t": "int", "v": str(x)}
    if isinstance(x, float):
        return {"t": "float", "v": x if abs(x) != float("inf") else "inf" if x > 0 else "-inf"}
    return {"t": "str", "v": x} if isinstance(x, str) else {"t": "bytes", "v": x.hex()}


def run(database, text):
    results = []
    try:
        for statement in statements(text):
            cursor = database.execute(statement)
            if cursor.description is not None:
                columns = [column[0] for column in cursor.description]
                results.append({"columns": columns, "rows": [[value(x) for x in row] for row in cursor]})
    except sqlite3.Error as error:
        return {"raised": {"types": ["SqlError", "Error"], "message": str(error), "line": None}}
    return {"results": results}


asked = json.load(sys.stdin)
database = sqlite3.connect(":memory:", isolation_level=None)
database.executescript(asked["setup"])
answered = run(database, asked["code"])
after = [] if "raised" in answered else [run(database, query) for query in asked["queries"]]
print(json.dumps({"kind": "queried", "answered": answered, "after": after, "death": None}))
