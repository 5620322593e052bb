"""The programs that are measured: each on core 0, each ended by its own process id."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from person import send

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / os.environ.get("GATEHOUSE", "build/release/gatehouse")
SERVER_CORE, LOAD_CORE = {0}, {1}

SEED = """
product_name = "Bench"
[[applications]]
name = "Web"
type = "ENV"
signing_algorithm = "ES256"
redirect_uris = ["http://localhost:4321/callback"]
[[applications]]
name = "Machine ES256"
type = "M2M"
signing_algorithm = "ES256"
scopes = ["todo:read"]
[[applications]]
name = "Machine RS256"
type = "M2M"
signing_algorithm = "RS256"
scopes = ["todo:read"]
[[organizations]]
name = "Acme"
members = [{ email = "ada@acme.test", role = "admin" }]
[[users]]
email = "ada@acme.test"
given_name = "Ada"
family_name = "Lovelace"
"""

NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 300;
  client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
  uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
  open_file_cache max=10; default_type application/json;
  server {{
    listen 127.0.0.1:{port};
    location = /return {{ return 200 "{{}}"; }}
    location / {{ root {folder}; }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_core(cores: set[int]):
    """For preexec_fn: the program runs on these cores, or where it may if the machine has fewer."""
    def pin() -> None:
        if cores <= os.sched_getaffinity(0):
            os.sched_setaffinity(0, cores)
    return pin


class Server:
    def __init__(self, folder: pathlib.Path, port: int):
        self.folder, self.port = folder, port
        self.process: subprocess.Popen | None = None

    def launch(self, command: list, path: str, cores: set[int] = SERVER_CORE) -> float:
        """Starts the program and returns the seconds until it answered with 200."""
        began = time.monotonic()
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen([str(word) for word in command], stdout=output,
                                            stderr=output, preexec_fn=on_core(cores))
        while time.monotonic() < began + 30:
            try:
                if send(self.port, path).status == 200:
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.0003)
            if self.process.poll() is not None:
                break
        raise RuntimeError(f"{command[0]} did not start: "
                           + (self.folder / "output").read_text()[-2000:])

    def end(self, how: int = signal.SIGTERM) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(timeout=20)
        self.process = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def rss_mb(self) -> float:
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024


class Gatehouse(Server):
    def __init__(self, folder: pathlib.Path):
        super().__init__(folder, free_port())
        (folder / "seed.toml").write_text(SEED)

    def start(self) -> float:
        return self.launch([BINARY, "dev", "--port", self.port, "--data", self.folder / "data",
                            "--seed", self.folder / "seed.toml", "--log", self.folder / "log",
                            "--ready-file", self.folder / "ready.json"],
                           "/.well-known/openid-configuration")

    def applications(self) -> dict[str, dict]:
        # It is written, in one piece, a moment after the first request can be answered.
        file, until = self.folder / "ready.json", time.monotonic() + 10
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.01)
        ready = json.loads(file.read_text())
        return {application["name"]: {key: application[key]
                                      for key in ("client_id", "client_secret")}
                for application in ready["applications"]}


class Peer(Server):
    FOLDER = ROOT / "bench/peer"

    def __init__(self, folder: pathlib.Path):
        super().__init__(folder, free_port())
        if not (self.FOLDER / "node_modules").is_dir():
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
                            "--loglevel=error"], cwd=self.FOLDER, check=True)

    def start(self) -> float:
        return self.launch(["node", self.FOLDER / "server.mjs", self.port],
                           "/.well-known/openid-configuration")

    def applications(self) -> dict[str, dict]:
        machine = {"client_secret": "a-secret-of-the-machine-for-the-bench"}
        return {"Web": {"client_id": "web", "client_secret": "a-secret-of-the-web-for-the-bench"},
                "Machine ES256": {"client_id": "machine-ES256", **machine},
                "Machine RS256": {"client_id": "machine-RS256", **machine}}


class Nginx(Server):
    def start(self, document: str) -> float:
        (self.folder / "document.json").write_text(document)
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder, port=self.port))
        return self.launch([shutil.which("nginx") or "/usr/sbin/nginx", "-c",
                            self.folder / "nginx.conf"], "/return")


def signatures_per_second() -> dict[str, float]:
    """What `openssl speed` makes of a core, in processor time."""
    printed = subprocess.run(["openssl", "speed", "-seconds", "2", "rsa2048", "ecdsap256"],
                             capture_output=True, text=True, check=True,
                             preexec_fn=on_core(SERVER_CORE)).stdout
    rates = {}
    for name, label in (("RS256", r"rsa 2048 bits"), ("ES256", r"256 bits ecdsa \(nistp256\)")):
        found = re.search(label + r"\s+\S+s\s+\S+s\s+([\d.]+)", printed)
        if not found:
            raise RuntimeError(f"cannot read openssl speed:\n{printed}")
        rates[name] = float(found[1])
    return rates
