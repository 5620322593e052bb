"""make check: the daily door. Format, house rules, build, unit and journey tests; TypeScript."""
import sys

from steps import Steps, tidy, unit_tests


def main() -> int:
    steps = Steps()
    steps.run("what is needed", ["tools/setup", "build", "run"])
    steps.run("format", ["tools/format", "--check"])
    tidy(steps)
    if steps.run("build (check)", ["tools/build", "check"]):
        unit_tests(steps, "check")
    if steps.run("build: packages", ["tools/build_packages"]):
        steps.run("TypeScript: tests", ["npx", "tsc", "-p", "tests"])
    steps.slowest(5)
    return steps.finish()


sys.exit(main())
