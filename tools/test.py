"""./test: builds everything and proves it. The last line says how many tests passed and failed.

    ./test [--quick]                      quick: without sanitizers, on the daily build
    ./test --sdks [go] [python] [java]    only the official SDKs, against the release build
"""
import argparse
import sys

from sdks import SUITES, run_suites
from steps import ROOT, Steps, node_or_tidy_count, tidy, unit_tests


def node_tests(steps: Steps, folder: str, preset: str) -> None:
    files = [ROOT / "build/tests" / folder / source.with_suffix(".js").name
             for source in sorted((ROOT / "tests" / folder).glob("*.test.ts"))]
    steps.run(f"{folder.replace('_', '-')} tests ({preset})",
              ["node", "--test", "--test-reporter=tap", "--test-timeout=120000", *files],
              node_or_tidy_count, {"GATEHOUSE": f"build/{preset}/gatehouse"})


def sdk_tests(wanted: list[str]) -> int:
    steps = Steps()
    if steps.run("what is needed", ["tools/setup", "build"]) and \
            steps.run("build (release)", ["tools/build", "release", "gatehouse"]):
        run_suites(steps, wanted, ROOT / "build" / "release" / "gatehouse")
    return steps.finish()


def main() -> int:
    parser = argparse.ArgumentParser(prog="./test", description="Builds everything and proves it.")
    parser.add_argument("--quick", action="store_true",
                        help="without sanitizers, on the daily build")
    parser.add_argument("--sdks", nargs="*", choices=list(SUITES), metavar="SDK",
                        help="only the suites of the official SDKs: " + ", ".join(SUITES))
    options = parser.parse_args()
    if options.sdks is not None:
        return sdk_tests(options.sdks)
    quick = options.quick
    unit_preset = "check" if quick else "sanitize"
    steps = Steps()

    if not steps.run("what is needed", ["tools/setup", "build", "run", "test"]):
        return steps.finish()
    tidy(steps)
    has_release = steps.run("build (release)", ["tools/build", "release", "gatehouse"])
    has_unit = steps.run(f"build ({unit_preset})", ["tools/build", unit_preset])
    if has_unit:
        unit_tests(steps, unit_preset)

    has_tests = steps.run("TypeScript: tests", ["npx", "tsc", "-p", "tests"])
    for example in ("astro", "astro-pkce"):
        steps.run(f"TypeScript: examples/{example}",
                  ["npm", "run", "check", "-w", f"examples/{example}"])
        has_tests &= steps.run(f"build: examples/{example}", ["tools/build_example", example])
    if has_tests and has_release:
        node_tests(steps, "black_box", "release")
    if has_tests and has_unit and not quick:
        node_tests(steps, "black_box", unit_preset)
    if has_tests and has_release:
        node_tests(steps, "browser", "release")
    steps.slowest(5)
    return steps.finish()


sys.exit(main())
