"""Rules for any text: names, citations, TODOs, pages, the changelog, paths of one machine."""
import re

from tidy_rules.source import Source

_VAGUE = re.compile(
    r"(?:^|/)(?:[a-z0-9]+_)?(?:utils?|helpers?|common|misc|managers?)(?:/|\.|_test\.|$)")


def name(source: Source):
    if source.path.startswith(("server/", "tests/", "fuzz/", "bench/", "examples/", "packages/")):
        if found := _VAGUE.search(source.path):
            yield 1, f"'{found[0].strip('/.')}' says nothing: name the file for what it holds"


_OPEN = re.compile(r"\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))")


def todo(source: Source):
    if source.suffix in (".md", ".py") or source.path.startswith("tools/"):
        return
    for number, line in enumerate(source.lines, 1):
        if _OPEN.search(line):
            yield number, "names no issue: TODO(#12)"


# What may stand in brackets before the section sign.
_SPECS = (
    r"RFC \d+",
    r"OIDC (?:Core|Discovery|Session|RP-Initiated Logout|Back-Channel Logout|Dynamic Registration)",
    r"OAuth (?:Form Post|Multiple Response Types)",
    r"SAML (?:Core|Bindings|Profiles|Metadata)", r"XML (?:Signature|Encryption)",
    r"WebAuthn", r"WCAG 2\.2", r"NIST SP 800-\w+", r"FIPS \d+(?:-\d)?", r"ASVS 5\.0",
    r"CSP 3", r"Fetch Metadata", r"HTML", r"Fetch", r"SQLite [a-z_]+",
)
_CITATION = re.compile(r"\[(?:" + "|".join(_SPECS) + r")(?: §[\w.]+(?:, §?[\w.]+)*)?\]")
_MENTION = re.compile(
    r"\bRFC[ -]?\d{3,5}\b|\bOpenID Connect Core\b|\b(?:OIDC|SAML) \w+ ?§|[Ss]ection \d+\.\d")


def citation(source: Source):
    if not (source.is_cpp or source.suffix == ".ts"):
        return
    for line, comment in source.comments:
        rest = _CITATION.sub("", comment)
        if found := _MENTION.search(rest):
            yield line, f"'{found[0]}': cite as [RFC 6749 §4.1.2] or [OIDC Core §3.1.2.1]"


_INLINE = [
    (re.compile(r"<script(?![^>]*\bsrc=)", re.I), "an inline script"),
    (re.compile(r"<style\b", re.I), "an inline stylesheet"),
    (re.compile(r"\sstyle\s*=", re.I), "an inline style"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.I), "an inline event handler"),
    (re.compile(r"javascript:", re.I), "a javascript: address"),
]


def inline_in_page(source: Source):
    is_page = source.suffix in (".html", ".mustache") and source.path.startswith("server/")
    # Mail programs know nothing but inline styles.
    if not is_page or source.path.startswith("server/mail/"):
        return
    for pattern, what in _INLINE:
        for line, _ in source.matches(pattern, source.text):
            yield line, f"{what}: the Content-Security-Policy forbids it, use a file in assets/"


# Written in pieces, so that this file does not find itself.
_LOCAL = re.compile("(?:^|[^A-Za-z0-9.])(?:/" + "work/|/" + "farm/|/tmp/" + "gh/)[a-z]"
                    "|" + "arti" + "factory|nex" + r"us\.|verd" + "accio", re.I)
_RESOLVED = re.compile(r'"resolved": "https?://(?!registry\.npmjs\.org/)')


def one_machine(source: Source):
    for number, line in enumerate(source.lines, 1):
        if _LOCAL.search(line) or _RESOLVED.search(line):
            yield number, "a path or host of one machine"


_HEADING = re.compile(r"## (?:Unreleased|\d+\.\d+\.\d+ – \d{4}-\d\d-\d\d)")


def changelog(source: Source):
    if source.path != "CHANGELOG.md":
        return
    if not source.lines or source.lines[0] != "# Changelog":
        yield 1, "begins with '# Changelog'"
    headings = [(n, line) for n, line in enumerate(source.lines, 1) if line.startswith("## ")]
    if not headings or headings[0][1] != "## Unreleased":
        yield headings[0][0] if headings else 1, "its first section is '## Unreleased'"
    for number, line in headings:
        if not _HEADING.fullmatch(line):
            yield number, "a section is '## 1.2.3 – 2026-11-30'"


_TYPESCRIPT = [
    (re.compile(r":\s*any\b|\bas any\b|<any>"), "any: use unknown and narrow it"),
    (re.compile(r"^\s*(?:export )?(?:const )?enum\s", re.M), "enum: use a union of strings"),
    (re.compile(r"\bResponse\.redirect\("), "Response.redirect: its headers cannot be changed, so "
     "cookies set beside it are lost; use redirect() of the context"),
]


def typescript(source: Source):
    if source.is_typescript:
        for pattern, message in _TYPESCRIPT:
            for line, _ in source.matches(pattern):
                yield line, message


RULES = [name, todo, citation, inline_in_page, one_machine, changelog, typescript]
