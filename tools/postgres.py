#!/usr/bin/env python3
"""Throw-away PostgreSQL servers for tests, on a private socket and a free port of loopback.

    tools/postgres.py run [--] COMMAND…     runs COMMAND beside a server of its own

COMMAND finds the server in GATEHOUSE_TEST_POSTGRES. Afterwards, whatever became of COMMAND, the
server is stopped and its files are removed. Servers run as an ordinary user: the caller, or for
root the user that Debian's package made. As a module: `Cluster`, and `fast_server` for ./test.
"""
from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

VARIABLE = "GATEHOUSE_TEST_POSTGRES"
BINARIES = pathlib.Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "gatehouse"
# dynamic_shared_memory_type: nothing is left behind outside the folder, even after kill().
STARTED_IN_S = 30.0
MEMORY = pathlib.Path("/dev/shm")
MEMORY_BYTES_MIN = 2 << 30

# Nothing that outlives a crash of the machine, and nothing that a test would wait for.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
        "wal_level": "minimal", "max_wal_senders": "0", "checkpoint_timeout": "1h",
        "max_wal_size": "1GB"}
# An acknowledged commit outlives the death of any process, and can be sent to a standby. What is
# left to the operating system is lost with the machine only.
DURABLE = {"fsync": "off", "synchronous_commit": "on", "wal_level": "replica",
           "max_wal_senders": "8", "wal_keep_size": "256MB", "wal_sender_timeout": "5s"}
ALWAYS = {"max_connections": "200", "shared_buffers": "128MB", "listen_addresses": "127.0.0.1",
          "log_min_messages": "warning", "dynamic_shared_memory_type": "mmap"}


class PostgresError(Exception):
    """What a person can do something about; shown without a trace."""


def _server_user() -> pwd.struct_passwd | None:
    """Whom servers run as, or None for the user we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("PostgreSQL refuses to run as root, and there is no user postgres")


def _die_with_parent() -> None:
    """In the server's process: SIGQUIT once we are gone, even if we were killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _scratch_folder() -> pathlib.Path:
    """A new folder of the servers' user: in memory where there is room."""
    where = None
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES_MIN:
        where = MEMORY
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-postgres-", dir=where))
    if user := _server_user():
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


class Cluster:
    """One server: its folder, its port, its process. Use as a context, or call remove()."""

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        require_installed()
        self.settings = {**ALWAYS, **(FAST if settings is None else settings)}
        self.folder = _scratch_folder()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.password = secrets.token_hex(16)
        self.port = 0
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def url(self, database: str = "postgres", over: str = "socket") -> str:
        """What libpq takes, over "socket" or "tcp". Only the second one asks for the password."""
        where = {"socket": {"host": str(self.folder), "user": SUPERUSER},
                 "tcp": {"host": "127.0.0.1", "user": SUPERUSER, "password": self.password}}[over]
        query = urllib.parse.urlencode({**where, "port": str(self.port)}, safe="/")
        return f"postgres:///{database}?{query}"

    def create(self) -> Cluster:
        """An empty cluster: UTF-8, sorted by code point, no password over the socket."""
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        password_file.chmod(0o644)  # the folder is closed to others
        self._run("initdb", "--pgdata", self.data, "--encoding=UTF8", "--locale=C",
                  "--username", SUPERUSER, "--pwfile", password_file, "--auth-local=trust",
                  "--auth-host=scram-sha-256", "--no-sync", "--no-instructions")
        password_file.unlink()
        return self

    def start(self) -> Cluster:
        """Starts it, on the same port as before if it ran before; returns once it answers."""
        is_first = self.port == 0
        for _ in range(5):
            if is_first:
                self.port = _free_port()
            if self._launch():
                return self
            if not is_first or "Address already in use" not in self._log_text():
                break
        raise PostgresError(f"PostgreSQL did not start:\n{self._log_text()[-4000:]}")

    def stop(self, mode: str = "fast") -> None:
        """smart: when the last client has gone; fast: now, in order; immediate: as in a crash."""
        signals = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
        self._end(signals[mode])

    def kill(self) -> None:
        """kill -9 of every process of the server at once: what it had not sent is not sent."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGSTOP)  # nobody is started in between
        for child in _children(process.pid):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """Stops it if it runs, and removes its files."""
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def reload(self) -> None:
        self.sql("SELECT pg_reload_conf()")

    def sql(self, text: str, database: str = "postgres") -> str:
        """What psql prints: rows by lines, columns by |."""
        return self._run("psql", self.url(database), "-XAtq", "-v", "ON_ERROR_STOP=1",
                         "-c", text).strip()

    def standby(self, name: str, synchronous: bool = True) -> Cluster:
        """A started copy that follows this one, which has to run with DURABLE or the like.

        synchronous: from here on this server acknowledges a commit when the copy has written it.
        """
        other = Cluster({**self.settings, "cluster_name": name, "hot_standby": "on"})
        try:
            other.password = self.password
            self._run("pg_basebackup", "--pgdata", other.data, "--dbname", self.url(),
                      "--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf",
                      "--no-sync")
            other.start()
            self._await("SELECT count(*) FROM pg_stat_replication"
                        f" WHERE application_name = '{name}' AND state = 'streaming'")
            if synchronous:
                self.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
                self.reload()
                self._await("SELECT count(*) FROM pg_stat_replication"
                            f" WHERE application_name = '{name}' AND sync_state = 'sync'")
        except BaseException:
            other.remove()
            raise
        return other

    def promote(self) -> None:
        """A standby becomes a server that takes writes; returns once it does."""
        self._run("pg_ctl", "promote", "--pgdata", self.data, "--wait", "--silent")

    def _launch(self) -> bool:
        settings = {**self.settings, "port": str(self.port),
                    "unix_socket_directories": str(self.folder)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        self.log.write_bytes(b"")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [BINARIES / "postgres", "-D", self.data, *options], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=_die_with_parent,
                cwd=self.folder, **_as_server_user())
        deadline = time.monotonic() + STARTED_IN_S
        status = self.data / "postmaster.pid"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:  # the line that pg_ctl --wait looks for
                lines = status.read_text().splitlines()
                if lines[0] == str(self.process.pid) and lines[7].strip() in ("ready", "standby"):
                    return True
            except (OSError, IndexError):
                pass
            time.sleep(0.005)
        self._end(signal.SIGQUIT)
        return False

    def _end(self, with_signal: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(with_signal)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _run(self, program: str, *arguments: object) -> str:
        done = subprocess.run(
            [BINARIES / program, *map(str, arguments)], stdin=subprocess.DEVNULL, text=True,
            capture_output=True, cwd=self.folder, **_as_server_user())
        if done.returncode != 0:
            raise PostgresError(f"{program}: {done.stderr.strip()}")
        return done.stdout

    def _await(self, count: str) -> None:
        """Until a query says 1 or more."""
        deadline = time.monotonic() + STARTED_IN_S
        while self.sql(count) == "0":
            if time.monotonic() > deadline:
                raise PostgresError(f"still none: {count}\n{self._log_text()[-4000:]}")
            time.sleep(0.02)

    def _log_text(self) -> str:
        try:
            return self.log.read_text(errors="replace")
        except OSError:
            return ""


def _as_server_user() -> dict:
    user = _server_user()
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if user is None:
        return {"env": environment}
    return {"env": environment, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in
                pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def require_installed() -> None:
    if not (BINARIES / "initdb").exists():
        raise PostgresError(f"PostgreSQL 15 is not in {BINARIES}: `tools/setup test` installs it")


@contextlib.contextmanager
def fast_server():
    """A started server for as long as the context lasts; its value is what libpq takes. From here
    on a signal that ends this program ends it by an exception, and so the server first."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with Cluster() as cluster:
        cluster.create().start()
        yield cluster.url()


def run(command: list[str]) -> int:
    """Runs a command beside a fast server; returns its exit code, 128 + n after signal n."""
    with fast_server() as url:
        child = subprocess.Popen(command, env={**os.environ, VARIABLE: url})
        try:
            code = child.wait()
        except BaseException:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            raise
    return code if code >= 0 else 128 - code


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="tools/postgres.py", description="Throw-away PostgreSQL servers for tests.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("run", help=f"run a command beside a server, found in {VARIABLE}")
    verb.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("which command?")
    try:
        return run(command)
    except (PostgresError, OSError) as error:
        print(f"tools/postgres.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
