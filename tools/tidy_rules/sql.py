"""Rules for SQL: where it may stand, and what the functions of a store take first."""
import re

from tidy_rules.source import Source

_STATEMENT = re.compile(
    r"\"\s*(?:SELECT\s|INSERT (?:OR \w+ )?INTO\s|UPDATE \w+ SET\b|DELETE FROM\s"
    r"|CREATE (?:TABLE|\w* ?INDEX)|ALTER TABLE|DROP TABLE|PRAGMA\s|WITH \w+ AS\b)")


def _may_hold_sql(source: Source) -> bool:
    return (source.name.endswith("_store.cc") or source.name == "one_time.cc" or source.is_test
            or source.path.startswith("server/storage/") or source.path.startswith("bench/"))


def sql_place(source: Source):
    if source.is_cpp and not _may_hold_sql(source):
        for line, _ in source.matches(_STATEMENT, source.code_with_strings):
            yield line, "SQL stands in *_store.cc, one_time.cc and migrations"


# A declaration in a header: a name at the start of a line's own statement, then its parameters.
_DECLARATION = re.compile(
    r"(?<=[;{}])\s*((?:\[\[nodiscard\]\] )?[A-Za-z_][\w:<>,&*\s]*?\s[&*]?)(\w+)\(([^)]*)\)\s*;")


def store_parameters(source: Source):
    """Transaction& first, then EnvironmentId. Environments themselves and what belongs to none (the
    queue of mails, tables of the installation) say so by a waiver."""
    if not source.name.endswith("_store.h"):
        return
    for line, match in source.matches(_DECLARATION, _without_preprocessor(source.code)):
        line += match[0][: match.start(2) - match.start(0)].count("\n")
        types = [re.sub(r"\s+", " ", p).strip() for p in _split(match[3])]
        if "Result<" not in match[1]:  # only a lookup of a name, say
            continue
        if not types or not re.match(r"(?:const )?(?:storage::)?Transaction&", types[0]):
            yield line, f"{match[2]}: a store function takes Transaction& first"
        elif (len(types) < 2 or not re.match(r"(?:const )?EnvironmentId\b", types[1])) and \
                not source.path.startswith("server/environments/"):
            yield line, f"{match[2]}: a store function takes EnvironmentId after the transaction"


def _without_preprocessor(code: str) -> str:
    code = re.sub(r"(?m)^[ \t]*#.*$", lambda m: ";" + " " * (len(m[0]) - 1), code)
    return code


def _split(parameters: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for sign in parameters:
        depth += (sign in "<({") - (sign in ">)}")
        if sign == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += sign
    return [part for part in [*parts, current] if part.strip()]


RULES = [sql_place, store_parameters]
