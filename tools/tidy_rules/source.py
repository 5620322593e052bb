"""A file and views of it: its lines, and its code without comments, with and without strings."""
import functools
import re

# Comments, raw strings, strings and characters; a ' after a digit separates digits.
_LEXEMES = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r"|R\"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)\""
    r"|\"(?:\\.|[^\"\\\n])*\""
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.DOTALL)

_WAIVER = re.compile(r"tidy: allow ([\w-]+): \S")


class Source:
    def __init__(self, path: str, content: str) -> None:
        self.path = path
        self.text = content
        self.lines = content.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.name = path.rsplit("/", 1)[-1]
        self.suffix = "." + self.name.rsplit(".", 1)[-1] if "." in self.name else ""
        self.is_cpp = self.suffix in (".cc", ".h")
        self.is_typescript = self.suffix in (".ts", ".mts", ".astro")
        # Beside the code, what only tests use is called x_test.cc or test_x.h.
        self.is_test = (path.startswith("tests/") or self.name.startswith("test_")
                        or self.name.endswith(("_test.cc", ".test.ts")))
        self.is_product = path.startswith("server/") and not self.is_test

    def is_waived(self, line: int, rule: str) -> bool:
        near = self.lines[max(0, line - 2):line]
        named = (found[1] for text in near for found in _WAIVER.finditer(text))
        return any(name.replace("_", "-") == rule for name in named)

    @functools.cached_property
    def code(self) -> str:
        """The text with comments blanked and the contents of strings too; lines stay in place."""
        return _LEXEMES.sub(lambda m: _blank(m[0], keep_quotes=True), self.text)

    @functools.cached_property
    def code_with_strings(self) -> str:
        return _LEXEMES.sub(lambda m: _blank(m[0]) if m[0][0] == "/" else m[0], self.text)

    @functools.cached_property
    def comments(self) -> list[tuple[int, str]]:
        return [(self.line_at(m.start()) + offset, text)
                for m in _LEXEMES.finditer(self.text) if m[0][0] == "/"
                for offset, text in enumerate(m[0].split("\n"))]

    def line_at(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def matches(self, pattern: re.Pattern, view: str | None = None):
        """Yields (line, match) for each match in `view`, which defaults to the bare code."""
        view = self.code if view is None else view
        for match in pattern.finditer(view):
            yield self.line_at(match.start()), match

    @functools.cached_property
    def functions(self) -> list[tuple[int, int]]:
        """First and last line of each outermost function body, by following braces."""
        found = []
        stack = []  # for each open brace: the position its head begins at, and what it opens
        head_start = 0
        after_member = None  # where a constructor whose member initializers have braces began
        for match in re.finditer(r"[{};]", self.code):
            position, sign = match.start(), match[0]
            if sign == "{":
                head = self.code[head_start:position]
                kind = _kind(head, inside=stack[-1][1] if stack else "scope")
                goes_on = re.fullmatch(r"\s*(,.*)?", head, re.DOTALL)
                if kind != "function" and after_member is not None and goes_on:
                    kind = "function"
                    head_start = after_member
                stack.append((head_start, kind))
                after_member = None
            elif sign == "}" and stack:
                start, kind = stack.pop()
                if kind == "function" and not any(outer == "function" for _, outer in stack):
                    first = start + re.match(r"\s*", self.code[start:position]).end()
                    found.append((self.line_at(first), self.line_at(position)))
                    after_member = start
            else:
                after_member = None
            head_start = position + 1
        return found


def _blank(text: str, keep_quotes: bool = False) -> str:
    blank = re.sub(r"[^\n]", " ", text)
    if keep_quotes and text[0] == '"' and len(text) > 1:
        return '"' + blank[1:-1] + '"'
    return blank


_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
_CONTROL = re.compile(r"^\s*(if|for|while|switch|do|else|catch|try|case|return)\b")


def _kind(head: str, inside: str) -> str:
    if inside != "scope":
        return "block"
    # `operator=(` and default arguments aside, a head that ends in = opens a table of values.
    if "(" in head and not re.search(r"=\s*$", head) and not _CONTROL.match(head):
        return "function"
    return "scope" if _SCOPE.search(head) or not head.strip() else "block"
