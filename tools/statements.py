#!/usr/bin/env python3
"""Finds every SQL statement of the product and writes them down as a table, for tests/statements.

    statements.py OUTPUT    a .cc that defines every_statement() of tests/statements/statements.h

What stands in the tree gets listed: a text that looks like SQL, or an Sql, that was not understood
ends the build. Only literals side by side and macros of them are read, which is all that a
`constexpr Sql` is made of. What a driver asks of its own engine is left out.
"""
from __future__ import annotations

import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Of one engine on purpose, or made of what the database says of its tables.
OUTSIDE = ("server/storage/sqlite/", "server/storage/postgres/", "server/storage/table_statements.")

_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<raw>R\"\((?:.*?)\)\")|(?P<string>\"(?:\\.|[^\"\\\n])*\")"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<number>\d[\w.']*)|(?P<char>'(?:\\.|[^'\\\n])+')|(?P<sign>.)",
    re.DOTALL)
_SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|PRAGMA)\s")
_NAME = re.compile(r"[a-z][a-z_0-9]*(?:\.[a-z_0-9]+)+")
_DEFINE = re.compile(r"(?m)^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)]*\))?((?:[^\n]*\\\n)*[^\n]*)\n")
_INCLUDE = re.compile(r'(?m)^#include "(server/[^"]+)"')


@dataclasses.dataclass
class Token:
    kind: str
    text: str
    line: int


@dataclasses.dataclass
class Macro:
    parameters: list[str] | None
    body: list[Token]


@dataclasses.dataclass
class Statement:
    path: str
    line: int
    name: str
    text: str


def _tokens(code: str, line: int = 1) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(code):
        if match.lastgroup != "space":
            found.append(Token(match.lastgroup, match[0], line))
        line += match[0].count("\n")
    return found


def _inside(token: Token) -> str:
    if token.kind == "raw":
        return token.text[3:-2]
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], token.text[1:-1])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


class Tree:
    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self._macros: dict[str, dict[str, Macro]] = {}

    def macros(self, path: str) -> dict[str, Macro]:
        """What is defined in a file or in a file it includes."""
        if path not in self._macros:
            self._macros[path] = {}  # an include of itself ends here
            text = (self.root / path).read_text()
            known: dict[str, Macro] = {}
            for included in _INCLUDE.findall(text):
                if (self.root / included).exists():
                    known |= self.macros(included)
            for name, parameters, body in _DEFINE.findall(text):
                known[name] = Macro(
                    [p.strip() for p in parameters[1:-1].split(",")] if parameters else None,
                    _tokens(body.replace("\\\n", " ")))
            self._macros[path] = known
        return self._macros[path]

    def text_of(self, tokens: list[Token], macros: dict[str, Macro]) -> str | None:
        """The one string that the tokens make, or None if they are something else."""
        text = ""
        position = 0
        while position < len(tokens):
            token = tokens[position]
            position += 1
            if token.kind in ("string", "raw"):
                text += _inside(token)
            elif token.kind == "name" and token.text in macros:
                macro = macros[token.text]
                body = macro.body
                if macro.parameters is not None:
                    if position >= len(tokens) or tokens[position].text != "(":
                        return None
                    arguments, position = _arguments(tokens, position)
                    values = dict(zip(macro.parameters, arguments))
                    body = [t for b in body for t in values.get(b.text, [b])]
                part = self.text_of(body, macros)
                if part is None:
                    return None
                text += part
            else:
                return None
        return text

    def statements(self, path: str) -> tuple[list[Statement], list[str]]:
        """All of a file, and what is wrong with it."""
        text = _DEFINE.sub(lambda m: _blank(m[0]), (self.root / path).read_text())
        tokens = _tokens(text)
        macros = self.macros(path)
        found: list[Statement] = []
        problems: list[str] = []
        used: set[int] = set()
        for start in range(len(tokens) - 2):
            if tokens[start].text != "{" or tokens[start + 1].kind != "string" or \
                    tokens[start + 2].text != ",":
                continue
            end = _closing(tokens, start)
            body = self.text_of(tokens[start + 3:end], macros)
            if body is None or not _SQL.match(body):
                continue
            name = tokens[start + 1].text[1:-1]
            if not _NAME.fullmatch(name):
                problems.append(f"{path}:{tokens[start].line}: {name} is not <module>.<act>")
            found.append(Statement(path, tokens[start].line, name, body))
            used |= set(range(start, end))
        for number, token in enumerate(tokens):
            if number in used:
                continue
            if token.kind in ("string", "raw") and _SQL.match(_inside(token)):
                problems.append(f"{path}:{token.line}: SQL in another form than Sql{{name, text}}")
            if token.text == "Sql" and tokens[number + 2].text in ("{", "(", "=") and \
                    number + 2 not in used and "constexpr" in (
                        tokens[number - 1].text, tokens[number - 4].text):
                problems.append(f"{path}:{token.line}: an Sql that was not understood")
        return found, problems


def _closing(tokens: list[Token], opening: int) -> int:
    depth = 0
    for position in range(opening, len(tokens)):
        depth += (tokens[position].text in "{(") - (tokens[position].text in "})")
        if depth == 0:
            return position
    return len(tokens)


def _arguments(tokens: list[Token], opening: int) -> tuple[list[list[Token]], int]:
    end = _closing(tokens, opening)
    arguments, depth = [[]], 0
    for token in tokens[opening + 1:end]:
        depth += (token.text in "{(") - (token.text in "})")
        if token.text == "," and depth == 0:
            arguments.append([])
        else:
            arguments[-1].append(token)
    return arguments, end + 1


def statements_of(root: pathlib.Path) -> tuple[list[Statement], list[str]]:
    """All of the product, and what is wrong with any."""
    tree = Tree(root)
    found: list[Statement] = []
    problems: list[str] = []
    for file in sorted([*(root / "server").rglob("*.cc"), *(root / "server").rglob("*.h")]):
        path = file.relative_to(root).as_posix()
        if path.startswith(OUTSIDE) or re.fullmatch(r".*_test\.cc|(?:test_.*|.*_fixture)\.h",
                                                    file.name):
            continue
        more, wrong = tree.statements(path)
        found += more
        problems += wrong
    texts: dict[str, str] = {}
    for one in found:
        if texts.setdefault(one.name, one.text) != one.text:
            problems.append(f"{one.path}:{one.line}: another statement is called {one.name}")
    return found, problems


def _source(found: list[Statement]) -> str:
    rows = [f'    {{"{one.path}:{one.line}", "{one.name}",\n{_literal(one.text)}}},'
            for one in found]
    return "\n".join([
        '#include "tests/statements/statements.h"', "", "namespace gatehouse::statements {",
        "namespace {", "", "constexpr Statement all[] = {", *rows, "};", "", "}  // namespace", "",
        "std::span<const Statement> every_statement() { return all; }", "",
        "}  // namespace gatehouse::statements", ""])


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'     "{escaped}"'


def main() -> int:
    found, problems = statements_of(ROOT)
    for problem in problems:
        print(f"tools/statements.py: {problem}", file=sys.stderr)
    if problems:
        return 1
    output = pathlib.Path(sys.argv[1])
    source = _source(found)
    if not output.exists() or output.read_text() != source:  # what did not change is not compiled
        output.write_text(source)
    return 0


if __name__ == "__main__":
    sys.exit(main())
