"""Nodes of `gatehouse serve` on one PostgreSQL, as they are run in production: durable commits, an
audit log, a proxy's header. Processor time is counted for the nodes and for PostgreSQL apart."""
from __future__ import annotations

import os
import pathlib
import re
import secrets
import signal
import subprocess
import sys

from mail_sink import MailSink
from person import send
from servers import BINARY, ROOT, Server, free_port

sys.path.insert(0, str(ROOT / "tools"))
import postgres  # noqa: E402

ORIGIN = "https://id.bench.test"
HOST = {"Host": "id.bench.test"}
ALL_CORES = set(range(os.cpu_count() or 1))
# What an operator has who changes nothing, but for memory: an acknowledged commit is on the disk.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
           "shared_buffers": "256MB", "max_wal_size": "2GB", "max_connections": "200"}

CONFIG = """[server]
port = {port}
trusted_proxies = ["127.0.0.1"]
[data]
folder = "{folder}/data"
[database]
url = "{url}"
connections_max = {connections}
[master_key]
file = "{key}"
[environment]
base_url = "{origin}"
product_name = "Bench"
[mail]
host = "127.0.0.1"
port = {mail}
security = "plain"
from = "id@bench.test"
[log]
file = "{folder}/log"
"""


def _ticks(pid: int, with_children: bool = False) -> int:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15 if with_children else 13])


def cpu_seconds(cluster: postgres.Cluster) -> float:
    """Of PostgreSQL: the server, its processes, and those that have ended."""
    assert cluster.process
    ticks = _ticks(cluster.process.pid, with_children=True)
    children = pathlib.Path(f"/proc/{cluster.process.pid}/task/{cluster.process.pid}/children")
    for child in children.read_text().split():
        try:
            ticks += _ticks(int(child))
        except OSError:
            continue  # ended meanwhile
    return ticks / os.sysconf("SC_CLK_TCK")


class Share:
    """A part of a core for one process, so that several nodes and their database do not fight for
    the few that there are. Needs root and the cpu controller; `is_possible()` says whether."""

    FOLDER = pathlib.Path("/sys/fs/cgroup/cpu")

    def __init__(self, pid: int, part: float):
        self.folder = self.FOLDER / f"gatehouse-bench-{pid}"
        self.folder.mkdir()
        (self.folder / "cpu.cfs_period_us").write_text("10000")
        (self.folder / "cpu.cfs_quota_us").write_text(str(int(part * 10_000)))
        (self.folder / "cgroup.procs").write_text(str(pid))

    def end(self, pid: int) -> None:
        try:
            (self.FOLDER / "cgroup.procs").write_text(str(pid))
        except OSError:
            pass  # it has ended
        self.folder.rmdir()

    @classmethod
    def is_possible(cls) -> bool:
        return (cls.FOLDER / "cgroup.procs").exists() and os.access(cls.FOLDER, os.W_OK) and \
            (cls.FOLDER / "cpu.shares").exists()


class Node(Server):
    def __init__(self, folder: pathlib.Path, key: pathlib.Path, url: str, mail_port: int):
        super().__init__(folder, free_port())
        folder.mkdir()
        self.config = folder / "gatehouse.toml"
        self.config.write_text(CONFIG.format(
            port=self.port, folder=folder, url=url, key=key, origin=ORIGIN, mail=mail_port,
            connections=32))

    def start(self) -> float:
        return self.launch([BINARY, "serve", "--config", self.config], "/readyz",
                           cores=ALL_CORES)

    def printed(self) -> str:
        return (self.folder / "output").read_text()

    def admin(self, *words: str) -> str:
        command = [BINARY, "admin", "--config", self.config, "--yes", *words]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout


class Installation:
    """A database, a mail server, and nodes that are started one by one."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.mail = MailSink()
        postgres.MEMORY = folder / "no memory"  # its files belong on a disk
        self.cluster = postgres.Cluster(DURABLE).create().start()
        self.cluster.sql("CREATE DATABASE bench ENCODING 'UTF8' TEMPLATE template0")
        self.key = folder / "master.key"
        self.key.write_text(secrets.token_hex(32) + "\n")
        self.key.chmod(0o600)
        self.nodes: list[Node] = []
        self.credentials: dict[str, str] = {}

    def add_node(self) -> Node:
        node = Node(self.folder / f"node{len(self.nodes)}", self.key, self.cluster.url("bench"),
                    self.mail.port)
        node.start()
        self.nodes.append(node)
        if len(self.nodes) == 1:
            printed = node.printed()
            for name, label in (("client_id", "Client id"), ("client_secret", "Client secret")):
                found = re.search(rf"{label}\s+(\S+)", printed)
                if not found:
                    raise RuntimeError(f"no {label} in: {printed}")
                self.credentials[name] = found[1]
        return node

    def token(self) -> str:
        """For the management API."""
        form = {"grant_type": "client_credentials", **self.credentials}
        return send(self.nodes[0].port, "/oauth/token", form, HOST).json()["access_token"]

    def end(self) -> None:
        for node in self.nodes:
            node.end(signal.SIGTERM)
        self.cluster.remove()
        self.mail.shutdown()
