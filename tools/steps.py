"""Runs the steps of ./test and `make check`: prints each with its time, adds up the results."""
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree

from postgres import VARIABLE

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "logs"
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != VARIABLE},  # a step sets it
    "PATH": f"{ROOT}/build/tools/node/bin:{os.environ['PATH']}",
    "ASTRO_TELEMETRY_DISABLED": "1",
}


class Steps:
    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.times: list[tuple[float, str]] = []
        LOGS.mkdir(parents=True, exist_ok=True)

    def run(self, name: str, command: list, count=None, environment=None) -> bool:
        """Runs a command, its output to a log that is shown if it fails.

        `count(log)` yields (passed, failed); a step without it counts only when it fails. A step
        that should count tests and finds none has failed.
        """
        log = LOGS / (re.sub(r"\W+", "_", name) + ".log")
        print(f"  {name} …", end="" if sys.stdout.isatty() else "\n", flush=True)
        start = time.monotonic()
        with open(log, "wb") as output:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env={**ENVIRONMENT, **(environment or {})},
            )
        seconds = time.monotonic() - start
        text = log.read_text(errors="replace")
        passed, failed = count(text) if count else (0, 0)
        if done.returncode != 0 and failed == 0 or count and passed + failed == 0:
            failed += 1
        self.add(name, seconds, passed, failed)
        if failed:
            print(text if os.environ.get("CI") else "\n".join(text.splitlines()[-60:]))
            print(f"  all of it is in {log.relative_to(ROOT)}", flush=True)
        return failed == 0

    def add(self, name: str, seconds: float, passed: int, failed: int) -> None:
        self.passed += passed
        self.failed += failed
        self.times.append((seconds, name))
        start = "\r\033[K" if sys.stdout.isatty() else ""
        outcome = "FAILED" if failed else "ok"
        number = f"{passed:5} passed" if passed else ""
        print(f"{start}  {outcome:6} {seconds:6.1f} s  {name:44}{number}", flush=True)

    def skip(self, name: str, reason: str) -> None:
        """Something that cannot be run here; it is said, and counted, but fails nothing."""
        self.skipped += 1
        print(f"  skipped           {name}: {reason}", flush=True)

    def slowest(self, number: int) -> None:
        slowest = sorted(self.times, reverse=True)[:number]
        print("slowest: " + ", ".join(f"{name} {seconds:.1f} s" for seconds, name in slowest))

    def finish(self) -> int:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{skipped}")
        return 1 if self.failed else 0


def unit_tests(steps: Steps, preset: str, postgres: str = "") -> None:
    """Runs ctest; a program of doctest counts its cases, any other program counts as one.

    With the URL of a PostgreSQL server, only what has a database, on that server: the programs with
    the label that cmake/modules.cmake gives to all that can make one.
    """
    results = LOGS / f"ctest_{preset}{'_postgres' if postgres else ''}.xml"
    results.unlink(missing_ok=True)
    output_bytes = str(1 << 20)

    def count(_: str) -> tuple[int, int]:
        if not results.exists():
            return 0, 1
        passed = failed = 0
        for case in xml.etree.ElementTree.parse(results).getroot().iter("testcase"):
            summary = re.search(r"test cases: *\d+ \| *(\d+) passed \| *(\d+) failed",
                                case.findtext("system-out") or "")
            good, bad = (int(summary[1]), int(summary[2])) if summary else (1, 0)
            if case.get("status") != "run":
                good, bad = (good if summary else 0), max(bad, 1)
            passed, failed = passed + good, failed + bad
        return passed, failed

    where = ", on PostgreSQL" if postgres else ""
    only = ["--label-regex", "^database$"] if postgres else []
    steps.run(f"unit and journey tests ({preset}{where})", [
        "ctest", "--test-dir", f"build/{preset}", "--parallel", os.cpu_count() or 2,
        "--output-on-failure", "--no-tests=error", "--timeout", "600", "--output-junit", results,
        "--test-output-size-passed", output_bytes, "--test-output-size-failed", output_bytes, *only,
    ], count, {"UBSAN_OPTIONS": "print_stacktrace=1", **on_postgres(postgres)})


def on_postgres(url: str) -> dict[str, str]:
    """The environment of tests that are to run on that server; nothing without one."""
    return {VARIABLE: url} if url else {}


def tidy(steps: Steps) -> None:
    steps.run("house rules", ["tools/tidy"])
    steps.run("house rules: their own tests", ["tools/tidy", "--self-test"], node_or_tidy_count)


def node_or_tidy_count(log: str) -> tuple[int, int]:
    """The sums at the end of node --test and of tools/tidy --self-test: # pass 3, # fail 0."""
    def last(word: str) -> int:
        found = re.findall(rf"^[#ℹ] {word} (\d+)$", log, re.MULTILINE)
        return int(found[-1]) if found else 0

    return last("pass"), last("fail") + last("cancelled")
