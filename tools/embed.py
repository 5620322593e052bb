#!/usr/bin/env python3
"""Turns files into C++ string constants: embed.py NAMESPACE DIR OUTPUT FILE...

The output defines gatehouse::NAMESPACE::embedded_files(), declared in server/core/embedded.h terms:
each entry is the file's path relative to DIR and its bytes.
"""
import pathlib
import sys

PIECE = 8000  # compilers limit the length of one literal


def literal(data: bytes) -> str:
    out = []
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE]
        text = "".join(
            chr(b) if 32 <= b < 127 and b not in (34, 92, 63) else f"\\{b:03o}" for b in piece
        )
        out.append(f'    "{text}"')
    return "\n".join(out) or '    ""'


def main() -> None:
    namespace, folder, output, *files = sys.argv[1:]
    lines = ['#include "server/core/embedded.h"', ""]
    lines += [f"namespace gatehouse::{namespace} {{", "namespace {", ""]
    entries = []
    for number, name in enumerate(files):
        data = (pathlib.Path(folder) / name).read_bytes()
        lines.append(f"constexpr char file_{number}[] =\n{literal(data)};")
        view = f"std::string_view(file_{number}, {len(data)})"
        entries.append(f'    EmbeddedFile{{"{name}", {view}}},')
    lines += ["constexpr EmbeddedFile all[] = {", *entries, "};", "", "}  // namespace", ""]
    lines += ["std::span<const EmbeddedFile> embedded_files() { return all; }", ""]
    lines += [f"}}  // namespace gatehouse::{namespace}", ""]
    pathlib.Path(output).write_text("\n".join(lines))


main()
