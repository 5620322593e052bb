"""Rules about the tree as a whole."""
import re

from tidy_rules.source import Source

_INCLUDED = re.compile(r"#\s*include\s*\"([^\"]+)\"")


def check(sources: list[Source]) -> list[str]:
    """A header that nobody includes, and an include of what is not there."""
    cpp = [source for source in sources if source.is_cpp]
    paths = {source.path for source in cpp}
    included: dict[str, set[str]] = {}
    messages = []
    for source in cpp:
        for line, match in source.matches(_INCLUDED, source.code_with_strings):
            included.setdefault(match[1], set()).add(source.path)
            is_ours = match[1].startswith(("server/", "tests/", "fuzz/", "bench/"))
            if is_ours and match[1] not in paths:
                messages.append(f"{source.path}:{line}: dead: \"{match[1]}\" does not exist")
    for source in cpp:
        own = source.path[:-2] + ".cc"
        others = included.get(source.path, set()) - {own}
        if source.suffix == ".h" and not others and "tidy: allow dead:" not in source.text:
            messages.append(f"{source.path}:1: dead: no file but its own includes it")
    return messages
