"""Prints the GraphQL documents that are in an installed client, in its Python and in its program in Go, as JSON.

Most come whole. Where the client puts parts in while it runs, these are filled in with constants of the same name, or left
out; what is then no document any more is what its makers wrote for that case.
"""

import ast, json, pathlib, re, sys

root = pathlib.Path(sys.argv[1])
begins = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:query|mutation|subscription|fragment)\b\s*\w*\s*(?:\(|\{|@|on\s|%s)")
constants = {}


def text(node, own):
    """What an expression says, as far as that can be known without running it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text(part, own) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return text(node.value, own)
    if isinstance(node, ast.Name):
        return own.get(node.id) or constants.get(node.id) or ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text(node.left, own) + text(node.right, own)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        words = iter([text(part, own) for part in parts])
        return re.sub("%s", lambda _: next(words, ""), text(node.left, own))
    if isinstance(node, ast.Call) and node.args and not isinstance(node.func, ast.Attribute):
        return text(node.args[0], own)  # gql("…")
    return ""


def without_gaps(document):
    """Leaves out the places that the client fills in while it runs."""
    if "{{" in document:  # for str.format
        document = document.replace("{}", "").replace("{{", "{").replace("}}", "}")
    document = re.sub(r"\b_[A-Z]\w*_\b|\bID_(?:TYPE|VALUE)\b|%s", "", document)
    return re.sub(r"\.\.\.\s*(?=[}])", "id ", document)


def in_python():
    trees = {file: ast.parse(file.read_bytes()) for file in sorted(root.rglob("*.py")) if "vendor" not in file.parts}
    owns = {}
    for file, tree in trees.items():
        own = owns[file] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                if said := text(node.value, own):
                    own.setdefault(node.targets[0].id, said)
                    constants.setdefault(node.targets[0].id, said)
    for file, tree in trees.items():
        inner = set()
        for node in ast.walk(tree):
            if id(node) in inner or not isinstance(node, (ast.Constant, ast.JoinedStr, ast.BinOp)):
                continue
            if begins.match(said := text(node, owns[file])):
                inner.update(id(part) for part in ast.walk(node))
                yield without_gaps(said)


def closed(data, at):
    """Where the braces that open at or after a place are closed, or -1."""
    depth, opened = 0, False
    for i in range(at, min(len(data), at + 60_000)):
        c = data[i]
        if c == "{":
            depth, opened = depth + 1, True
        elif c == "}":
            depth -= 1
            if depth == 0:
                return i + 1
        elif not (c == "\n" or c == "\t" or " " <= c <= "~"):
            return -1
        if depth < 0:
            return -1
    return -1


def in_go():
    """Documents stand in the program as text, one after the other, each with its fragments behind it."""
    program = root / "bin" / "wandb-core"
    if not program.exists():
        return
    data = program.read_bytes().decode("latin-1")
    for start in re.finditer(r"\n(?:query|mutation) \w+ ?[({]", data):
        end = closed(data, start.start() + 1)
        while end > 0 and (more := re.compile(r"\s*fragment \w+ on \w+ \{").match(data, end)):
            end = closed(data, more.start())
        if end > 0:
            yield data[start.start() : end]


def fragments(document):
    for start in re.finditer(r"fragment (\w+) on", document):
        if (end := closed(document, start.start())) > 0:
            yield start[1], document[start.start() : end]


said = list(in_python()) + list(in_go())
known = {name: body for document in said for name, body in fragments(document)}
found = {}
for document in said:
    if re.match(r"\s*fragment\b", document):
        continue  # is part of others
    while missing := [name for name in re.findall(r"\.\.\.\s*(\w+)", document) if name != "on" and name in known and not re.search(rf"fragment {name} on", document)]:
        document += "\n" + known[missing[0]]
    named = re.search(r"(?:query|mutation|subscription)\s+(\w+)", document) or re.search(r"\{\s*(\w+)", document)
    found[" ".join(document.split())] = {"name": named[1] if named else document[:40], "text": document}
print(json.dumps(list(found.values())))
