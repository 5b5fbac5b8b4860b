"""Names that are imported or assigned and never used. Reads {name: source} from stdin, prints {name: [unused names]}."""
import ast
import json
import sys


def unused(code):
    nodes = list(ast.walk(ast.parse(code)))
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    imports = [name for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for name in node.names]
    bound = [(name.asname or name.name).split(".")[0] for name in imports]
    # A module's own constants are for those who import it; `for _, x in …` says that the first is not used.
    for function in (node for node in nodes if isinstance(node, ast.FunctionDef)):
        stored = [node for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        bound += [node.id for node in stored if not node.id.startswith("_")]
    return sorted(set(bound) - used)


found = {name: unused(code) for name, code in json.load(sys.stdin).items()}
print(json.dumps({name: names for name, names in found.items() if names}))
