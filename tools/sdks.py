"""./test --sdks [go] [python] [java]: the official SDKs, unmodified, against the built server.

Each suite of tests/sdks has a fresh server with TLS. What a suite needs is fetched by its
language's own tool, as that is configured; a suite that cannot be had is skipped, saying why.
"""
import importlib.util
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

from steps import LOGS, ROOT, Steps, node_or_tidy_count

SOURCES = ROOT / "tests" / "sdks"
PLACE = ROOT / "build" / "sdks"
READY_SECONDS_MAX = 20
FETCH_SECONDS_MAX = 900


class Missing(Exception):
    """Something that a suite needs and that cannot be had here."""


@dataclass
class Server:
    """A server of one suite: fresh data, TLS, on `port` (0: any)."""
    binary: pathlib.Path
    port: int
    folder: pathlib.Path = field(default_factory=lambda: pathlib.Path(tempfile.mkdtemp()))
    ready: dict = field(default_factory=dict)

    def __enter__(self) -> "Server":
        ready_file = self.folder / "ready.json"
        with open(self.folder / "gatehouse.log", "wb") as log:
            self.process = subprocess.Popen(
                [self.binary, "dev", "--tls", "--port", str(self.port), "--data",
                 self.folder / "data", "--ready-file", ready_file],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not ready_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("gatehouse dev --tls did not get ready:\n" + self.log())
            time.sleep(0.02)
        self.ready = json.loads(ready_file.read_text())
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        return (self.folder / "gatehouse.log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def fetch(name: str, command: list, folder: pathlib.Path, environment: dict | None = None) -> None:
    """Runs a tool that fetches; what it says when it cannot is the reason to skip."""
    log = LOGS / f"sdks_fetch_{name}.log"
    with open(log, "wb") as output:
        try:
            done = subprocess.run(
                [str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, timeout=FETCH_SECONDS_MAX,
                env={**os.environ, **(environment or {})})
        except subprocess.TimeoutExpired:
            raise Missing(f"no answer within {FETCH_SECONDS_MAX} s from: {command[0]}") from None
    if done.returncode != 0:
        raise Missing(reason_in(log.read_text(errors="replace")) +
                      f" (all of it: {log.relative_to(ROOT)})")


def reason_in(log: str) -> str:
    """The line that tells most: the first that names an error, else the last."""
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in log.splitlines()]
    lines = [line for line in lines if line]
    telling = [line for line in lines if re.search(r"could not|not find|forbidden|error:|no match",
                                                   line, re.IGNORECASE)]
    line = (telling or lines[-1:] or ["no reason given"])[0]
    return re.sub(r"^\[ERROR\] (Failed to execute goal .*?: )?", "", line)[:300]


def need(*programs: str, group: str) -> None:
    """Has tools/setup install the group if a program is missing."""
    if all(shutil.which(program) for program in programs):
        return
    fetch(group, ["tools/setup", group], ROOT)
    for program in programs:
        if shutil.which(program) is None:
            raise Missing(f"{program} is not there, though tools/setup {group} was run")


def documented(language: str) -> str:
    """The program of docs/sdks.md in this language."""
    page = (ROOT / "docs" / "sdks.md").read_text()
    found = re.search(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    if found is None:
        raise RuntimeError(f"docs/sdks.md has no program in {language}")
    return found[1]


def copied(name: str) -> pathlib.Path:
    """The suite's sources where its tool may write beside them."""
    folder = PLACE / name
    shutil.copytree(SOURCES / name, folder, dirs_exist_ok=True)
    return folder


class Python:
    name, port = "python", 0

    def prepare(self) -> None:
        venv = PLACE / "python" / "venv"
        self.python = venv / "bin" / "python"
        if not (venv / "bin" / "pip").exists():
            if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it apart
                fetch("sdk_python", ["tools/setup", "sdk_python"], ROOT)
            fetch("python", [sys.executable, "-m", "venv", "--clear", venv], ROOT)
        fetch("python", [self.python, "-m", "pip", "install", "--quiet", "--requirement",
                         SOURCES / "python" / "requirements.txt"], ROOT)

    def build(self) -> list[list]:
        return []

    def environment(self, server: Server) -> dict:
        ca = server.ready["ca_file"]
        return {"REQUESTS_CA_BUNDLE": ca, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": ca}

    def walk(self) -> list:
        return [self.python, "-B", SOURCES / "python" / "walk.py"]

    def example(self) -> list:
        return [self.python, "-c", documented("python")]


class Go:
    name, port = "go", 0

    def prepare(self) -> None:
        if shutil.which("go") is None:
            raise Missing("go is not there, and Debian's is older than the SDK takes; "
                          "install it from https://go.dev/dl/")
        self.folder = copied("go")
        fetch("go", ["go", "mod", "tidy"], self.folder, {"GOFLAGS": "-mod=mod"})

    def build(self) -> list[list]:
        example = self.folder / "example"
        example.mkdir(exist_ok=True)
        (example / "main.go").write_text(documented("go"))
        line = ["go", "-C", self.folder, "build", "-mod=mod", "-o"]
        return [[*line, self.folder / "walk", "."], [*line, example / "program", "./example"]]

    def environment(self, server: Server) -> dict:
        return {"SSL_CERT_FILE": server.ready["ca_file"]}

    def walk(self) -> list:
        return [self.folder / "walk"]

    def example(self) -> list:
        return [self.folder / "example" / "program"]


class Java:
    name, port = "java", 443  # the SDK knows no other port

    def prepare(self) -> None:
        need("javac", "keytool", "mvn", group="sdk_java")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise Missing(f"port {self.port}, the only one that this SDK uses, cannot be had: "
                              f"{error.strerror}") from None
        self.folder = copied("java")
        fetch("java", ["mvn", "-B", "-q", "-U", "dependency:build-classpath",
                       f"-Dmdep.outputFile={self.folder}/classpath"], self.folder)

    def build(self) -> list[list]:
        sources = sorted(self.folder.glob("*.java"))
        return [["javac", "-d", self.folder / "classes", *sources]]

    def environment(self, server: Server) -> dict:
        store = server.folder / "truststore.p12"
        subprocess.run(["keytool", "-importcert", "-noprompt", "-alias", "gatehouse", "-storetype",
                        "PKCS12", "-storepass", "changeit", "-keystore", store, "-file",
                        server.ready["ca_file"]], check=True, capture_output=True)
        return {"JAVA_TOOL_OPTIONS": f"-Djavax.net.ssl.trustStore={store} "
                                     "-Djavax.net.ssl.trustStorePassword=changeit"}

    def classpath(self) -> str:
        return f"{self.folder}/classes:{(self.folder / 'classpath').read_text().strip()}"

    def walk(self) -> list:
        return ["java", "-cp", self.classpath(), "Walk"]

    def example(self) -> list:
        program = self.folder / "example" / "Example.java"
        program.parent.mkdir(exist_ok=True)
        program.write_text(documented("java"))
        return ["java", "-cp", self.classpath(), program]


SUITES = {suite.name: suite for suite in (Go, Python, Java)}


def prints_acme(log: str) -> tuple[int, int]:
    """What the programs of docs/sdks.md say on fresh data; counted as one test."""
    return (1, 0) if log.splitlines()[-1:] == ["Acme"] else (0, 1)


def run_suites(steps: Steps, wanted: list[str], binary: pathlib.Path) -> None:
    """Runs the suites named, or all; a suite that cannot be had is counted as skipped."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in wanted or SUITES:
        suite = SUITES[name]()
        try:
            suite.prepare()
        except Missing as missing:
            steps.skip(f"SDK suite: {name}", str(missing))
            continue
        if not all(steps.run(f"SDK suite: {name}: build", line) for line in suite.build() or []):
            continue
        with Server(binary, suite.port) as server:
            environment = suite.environment(server) | {
                "GATEHOUSE_READY": str(server.folder / "ready.json"),
                "GATEHOUSE_SIGN_IN": str(SOURCES / "sign_in.py"),
                "SCALEKIT_ENVIRONMENT_URL": server.ready["environment_url"],
                "SCALEKIT_CLIENT_ID": server.ready["client_id"],
                "SCALEKIT_CLIENT_SECRET": server.ready["client_secret"]}
            steps.run(f"SDK suite: {name}: docs/sdks.md", suite.example(), prints_acme, environment)
            steps.run(f"SDK suite: {name}", suite.walk(), node_or_tidy_count, environment)
