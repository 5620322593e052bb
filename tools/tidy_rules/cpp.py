"""Rules for C++: who may include whom, how long things may be, which words have a better one."""
import pathlib
import re
import tomllib

from tidy_rules.source import Source

LINE_MAX = 100
UNBROKEN_MIN = 80
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400
TEST_FILE_LINES_MAX = 800

_LAYERS = tomllib.loads((pathlib.Path(__file__).parent.parent / "layers.toml").read_text())
GRANTS: dict[str, list[str]] = _LAYERS["grants"]
LIBRARIES: dict[str, list[str]] = _LAYERS["libraries"]
TEST_LIBRARIES = ("doctest/", "rapidcheck")
SYSTEM_FOLDERS = ("sys/", "netinet/", "arpa/", "linux/", "net/")

_INCLUDE = re.compile(r"^[ \t]*#\s*include\s*([<\"])([^>\"]+)[>\"]", re.MULTILINE)


def module_of(path: str) -> str | None:
    """server/http/server/x.cc belongs to http/server, server/storage/sqlite/x.cc to storage."""
    inner = path.removeprefix("server/")
    names = [name for name in GRANTS if inner.startswith(name + "/")]
    return max(names, key=len, default=None)


def include(source: Source):
    if not source.is_cpp:
        return
    module = module_of(source.path) if source.path.startswith("server/") else None
    if source.path.startswith("server/") and module is None:
        yield 1, "no grant names this folder; add it to tools/layers.toml"
        return
    for line, match in source.matches(_INCLUDE, source.code_with_strings):
        quote, target = match[1], match[2]
        if quote == "<" or target.endswith(".pb.h"):  # generated from proto/: a library as others
            message = _refuse_library(source, module, target)
        elif not target.startswith(("server/", "tests/", "fuzz/", "bench/")):
            message = f'"{target}": write the path from the root of the repository'
        else:
            message = _refuse_own(source, module, target)
        if message:
            yield line, message


def _refuse_own(source: Source, module: str | None, target: str) -> str | None:
    if module is None:
        return None  # tests, fuzz and bench may look at anything
    if not target.startswith("server/"):
        return None if source.is_test else f'"{target}": the product does not include tests'
    wanted = module_of(target)
    granted = GRANTS[module]
    if wanted in (module, "core") or "*" in granted or wanted in granted:
        return None
    return f"{module} may not include {wanted} (tools/layers.toml)"


def _refuse_library(source: Source, module: str | None, target: str) -> str | None:
    if target.startswith(TEST_LIBRARIES):
        return None if not source.is_product else f"<{target}> is for tests"
    for prefix, owners in LIBRARIES.items():
        if target.startswith(prefix):
            if module is None or module in owners:
                return None
            return f"<{target}> belongs to {' and '.join(owners)}; use what that module offers"
    if module is not None and "/" in target and not target.startswith(SYSTEM_FOLDERS):
        return f"<{target}> has no owner in tools/layers.toml"
    return None


def length(source: Source):
    if not (source.is_cpp or source.is_typescript or source.suffix in (".py", ".mjs", ".sql")
            or source.text.startswith("#!")):
        return
    if source.suffix == ".sql" and source.is_test:  # rows as a database has written them
        return
    for number, line in enumerate(source.lines, 1):
        # A key or an address that cannot be broken may be as long as it is.
        if len(line) > LINE_MAX and max(map(len, line.split())) < UNBROKEN_MIN:
            yield number, f"{len(line)} columns; at most {LINE_MAX}"
    lines_max = TEST_FILE_LINES_MAX if source.is_test else FILE_LINES_MAX
    if len(source.lines) > lines_max:
        yield lines_max + 1, f"{len(source.lines)} lines; a file has at most {lines_max}"
    if not source.is_cpp:
        return
    for first, last in source.functions:
        if last - first + 1 > FUNCTION_LINES_MAX:
            yield first, f"{last - first + 1} lines; a function has at most {FUNCTION_LINES_MAX}"


# The name of a rule, what it bans, and what to write instead.
_BANNED = [
    ("new", r"\bnew\b(?!\s*\()", "use std::make_unique or a value"),
    ("delete", r"(?<!=)(?<!= )\bdelete\b", "let std::unique_ptr own it"),
    ("capture", r"\[\s*=\s*[\],]", "[=]: name what is captured"),
    ("thread-local", r"\bthread_local\b", "hand the state in through a parameter"),
    ("shared-ptr", r"\bshared_ptr<\s*(?!const\b)",
     "one owner, std::unique_ptr; only published snapshots are shared, as shared_ptr<const T>"),
    ("coroutine", r"\bco_(?:await|return|yield)\b",
     "handlers are plain functions (docs/decisions/0001-no-coroutines.md)"),
    ("global", r"^(?:static |inline )*std::(?:\w+_)?(?:mutex|atomic)\b[^(\n]*;",
     "make it a member of the class that owns the state"),
    ("global", r"^[ ]+static (?!const\b|constexpr\b|inline\b)[^()\n]*[;={]",
     "static state: make it a member of the class that owns it"),
    ("bool-parameter", r"(?<!\bif )(?<!\bwhile )(?<!\bfor )(?:\(|,)\s*(?:const )?bool\s+\w+\s*"
     r"(?:[,)]|=\s*\w+\s*[,)])", "an enum class reads better at the call"),
    ("wall-clock", r"\b(?:system_clock::now|gettimeofday|time\s*\(\s*(?:nullptr|NULL|0)\s*\))",
     "use Context::now or the Clock that was handed in"),
    ("view-member", r"^\s+(?:const )?(?:std::string_view|std::span<[^;(]*>|FunctionRef<[^;]*>)\s+"
     r"\w+_(?:\s*=[^;]*|\{[^;]*\})?;", "keep a std::string or std::vector"),
    ("throw", r"\bthrow\b", "return a Result"),
    ("try-in-initialiser", r"(?:^\s+\.\w+ = |\{[^{}();\n]+, ?)TRY\(",
     "what the initialiser has built before it leaks: TRY in a statement of its own"),
    ("c-function", r"\b(?:strcpy|strcat|sprintf|gets|strtok|atoi)\s*\(",
     "unbounded: use std::string and std::from_chars"),
]
_BANNED = [(rule, re.compile(pattern, re.MULTILINE), advice) for rule, pattern, advice in _BANNED]
_CLOCK_HOMES = ("server/core/time.cc", "bench/")


def banned(source: Source):
    if not source.is_cpp:
        return
    for rule, pattern, advice in _BANNED:
        # Throwing is how a test makes a caller's failure; measuring needs the clock of the wall.
        if rule == "throw" and source.is_test:
            continue
        if rule == "wall-clock" and source.path.startswith(_CLOCK_HOMES):
            continue
        for line, match in source.matches(pattern):
            # What a pattern matched may begin with white space of the line before.
            begin = match[0][: len(match[0]) - len(match[0].lstrip())]
            yield line + begin.count("\n"), advice, rule


_SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(")


def sleep_in_test(source: Source):
    if source.is_cpp and source.is_test:
        for line, _ in source.matches(_SLEEP):
            yield line, "a test does not sleep: move the clock, or wait for a condition"


def header(source: Source):
    if source.suffix == ".h" and "#pragma once" not in source.text:
        yield 1, "a header begins with #pragma once"


RULES = [include, length, banned, sleep_in_test, header]
