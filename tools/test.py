"""./test: builds everything and proves it. The last line says how many tests passed and failed.

    ./test [--quick]                      quick: without sanitizers, on the daily build
    ./test --sdks [go] [python] [java]    only the official SDKs, against the release build
"""
import argparse
import os
import sys

from postgres import PostgresError, fast_server
from sdks import SUITES, run_suites
from steps import ROOT, Steps, node_or_tidy_count, on_postgres, tidy, unit_tests


EXAMPLES = ["astro", "astro-pkce", "one-line", "docs-site", "astro-sdk", "edge", "api"]

# A file of these holds many tests, each with a browser; node counts the time of a file as a test's.
FILE_MS_MAX = {"astro": 400_000}


def node_tests(steps: Steps, folder: str, preset: str, postgres: str = "") -> None:
    files = [ROOT / "build/tests" / folder / source.with_suffix(".js").name
             for source in sorted((ROOT / "tests" / folder).glob("*.test.ts"))]
    where = ", on PostgreSQL" if postgres else ""
    spare = max(1, (os.cpu_count() or 2) - 1)
    files_at_once = {"astro": 2, "black_box": max(2, spare), "faults": 2, "packages": 2,
                     "sso": 2}.get(folder, spare)
    steps.run(f"{folder.replace('_', '-')} tests ({preset}{where})",
              ["node", "--test", "--test-reporter=tap",
               f"--test-timeout={FILE_MS_MAX.get(folder, 120_000)}",
               f"--test-concurrency={files_at_once}", *files],
              node_or_tidy_count,
              {"GATEHOUSE": f"build/{preset}/gatehouse", **on_postgres(postgres)})


def sdk_tests(wanted: list[str]) -> int:
    steps = Steps()
    if steps.run("what is needed", ["tools/setup", "build"]) and \
            steps.run("build (release)", ["tools/build", "release", "gatehouse"]):
        run_suites(steps, wanted, ROOT / "build" / "release" / "gatehouse")
    return steps.finish()


def everything(steps: Steps, quick: bool, postgres: str) -> None:
    """What has a database runs on the embedded one first, then on PostgreSQL."""
    unit_preset = "check" if quick else "sanitize"
    tidy(steps)
    has_release = steps.run("build (release)", ["tools/build", "release", "gatehouse"])
    has_unit = steps.run(f"build ({unit_preset})", ["tools/build", unit_preset])
    if has_unit:
        unit_tests(steps, unit_preset)
        unit_tests(steps, unit_preset, postgres)

    has_packages = steps.run("build: packages", ["tools/build_packages"])
    has_tests = steps.run("TypeScript: tests", ["npx", "tsc", "-p", "tests"])
    has_matrix = has_packages and steps.run("build: astro matrix", ["tools/astro_matrix"])
    for example in EXAMPLES:
        steps.run(f"TypeScript: examples/{example}",
                  ["npm", "run", "check", "-w", f"examples/{example}"])
        has_tests &= steps.run(f"build: examples/{example}", ["tools/build_example", example])
    if has_tests and has_release:
        node_tests(steps, "black_box", "release")
        if not quick:
            node_tests(steps, "black_box", "release", postgres)
    if has_tests and has_unit and not quick:
        node_tests(steps, "black_box", unit_preset)
    if has_tests and has_release:
        node_tests(steps, "browser", "release")
        node_tests(steps, "sso", "release")
        node_tests(steps, "faults", "release")
        if has_packages:
            node_tests(steps, "packages", "release")
        if has_matrix:
            node_tests(steps, "astro", "release")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./test", description="Builds everything and proves it.")
    parser.add_argument("--quick", action="store_true",
                        help="without sanitizers, on the daily build")
    parser.add_argument("--sdks", nargs="*", choices=list(SUITES), metavar="SDK",
                        help="only the suites of the official SDKs: " + ", ".join(SUITES))
    options = parser.parse_args()
    if options.sdks is not None:
        return sdk_tests(options.sdks)
    steps = Steps()
    if not steps.run("what is needed", ["tools/setup", "build", "run", "test"]):
        return steps.finish()
    try:
        with fast_server() as postgres:
            everything(steps, options.quick, postgres)
    except PostgresError as error:
        print(error)
        steps.add("PostgreSQL", 0.0, 0, 1)
    steps.slowest(5)
    return steps.finish()


sys.exit(main())
