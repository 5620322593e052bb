"""./dev: builds what is needed, starts Gatehouse and the Astro example, stops both on Ctrl-C."""
import argparse
import ctypes
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
READY_SECONDS_MAX = 20
QUIET_SECONDS_MAX = 2
PR_SET_PDEATHSIG = 1


class Problem(Exception):
    """Something to tell the person who typed the command, without a traceback."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev", description="Starts Gatehouse and the Astro example; Ctrl-C stops both.")
    parser.add_argument("--port", type=int, default=8080, help="Gatehouse's port (8080)")
    parser.add_argument("--app-port", type=int, default=4321, help="the example's port (4321)")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path(".gatehouse/dev"),
                        help="where the database and the logs are kept (.gatehouse/dev)")
    return parser.parse_args()


def refuse_port_in_use(port: int, flag: str, what: str) -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if probe.connect_ex((host, port)) == 0:
                    raise Problem(f"port {port}, for {what}, is in use.\n"
                                  f"Stop what uses it, or choose another: ./dev {flag} {port + 1}")
        except OSError:
            continue  # no such address family here


def run(command: list, quiet: bool) -> None:
    """Runs a step of the build. A quiet one speaks only if it fails or takes a while."""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE if quiet else None,
                          stderr=subprocess.STDOUT if quiet else None) as step:
        try:
            output, _ = step.communicate(timeout=QUIET_SECONDS_MAX if quiet else None)
        except subprocess.TimeoutExpired:
            print("building what has changed", flush=True)
            output, _ = step.communicate()
    if step.returncode != 0:
        print(output or "", end="", file=sys.stderr)
        raise Problem(f"{' '.join(command)} failed; the reason stands above")


def build() -> None:
    is_first = not (ROOT / "build/release/gatehouse").exists()
    run(["tools/setup", "build", "run"], quiet=False)
    if is_first:
        print("building Gatehouse; the first time takes some minutes", flush=True)
    run(["tools/build", "release", "gatehouse"], quiet=not is_first)
    run(["tools/build_example", "astro"], quiet=not is_first)


class Child:
    """A program of ours: logs to a file, is stopped with us, and ends even if we are killed."""

    def __init__(self, name: str, command: list, log: pathlib.Path, environment=None) -> None:
        self.name, self.log = name, log
        libc = ctypes.CDLL(None)
        with open(log, "ab") as output:
            self.start = output.tell()
            self.process = subprocess.Popen(
                [str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})},
                start_new_session=True,
                preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM))

    def refuse_ended(self) -> None:
        if self.process.poll() is not None:
            text = self.log.read_bytes()[self.start:].decode(errors="replace").strip()
            raise Problem(f"{self.name} ended with status {self.process.returncode}:\n"
                          + "\n".join(text.splitlines()[-20:]))

    def stop(self) -> None:
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def wait_until(done, children: list[Child], what: str) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while not done():
        for child in children:
            child.refuse_ended()
        if time.monotonic() > deadline:
            raise Problem(f"{what} did not answer within {READY_SECONDS_MAX} s; "
                          f"see {children[-1].log}")
        time.sleep(0.02)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def read_json(path: pathlib.Path) -> dict | None:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None  # not written, or not to its end


def seed_for(app_port: int, data: pathlib.Path) -> list:
    """Gatehouse knows the example's usual address; a seed tells it any other."""
    if app_port == 4321:
        return []
    seed = data / "seed.toml"
    origin = f"http://localhost:{app_port}"
    seed.write_text(f'''[[users]]
email = "ada@acme.test"
given_name = "Ada"
family_name = "Lovelace"

[[organizations]]
name = "Acme"
members = [{{ email = "ada@acme.test", role = "admin" }}]

[[applications]]
name = "Acme Console"
type = "ENV"
redirect_uris = ["{origin}/api/auth/callback"]
post_logout_redirect_uris = ["{origin}"]
initiate_login_uri = "{origin}/api/auth/login"
''')
    return ["--seed", seed]


def start(options: argparse.Namespace, children: list[Child]) -> dict:
    data = ROOT / options.data
    data.mkdir(parents=True, exist_ok=True)
    ready_file = data / "ready.json"
    ready_file.unlink(missing_ok=True)
    children.append(Child(
        "gatehouse",
        ["build/release/gatehouse", "dev", "--port", options.port, "--data", data,
         "--ready-file", ready_file, *seed_for(options.app_port, data)], data / "gatehouse.log"))
    wait_until(lambda: read_json(ready_file) is not None, children, "Gatehouse")
    ready = read_json(ready_file) or {}

    app_url = f"http://localhost:{options.app_port}"
    children.append(Child(
        "the example", ["node", "examples/astro/start.mjs"], data / "example.log", {
            "HOST": "127.0.0.1",
            "PORT": str(options.app_port),
            "SCALEKIT_ENVIRONMENT_URL": ready["environment_url"],
            "SCALEKIT_CLIENT_ID": ready["client_id"],
            "SCALEKIT_CLIENT_SECRET": ready["client_secret"],
            "SCALEKIT_REDIRECT_URI": f"{app_url}/api/auth/callback",
        }))
    wait_until(lambda: answers(f"{ready['environment_url']}/readyz"), children[:1], "Gatehouse")
    wait_until(lambda: answers(app_url), children, "the example")
    return {**ready, "app_url": app_url, "data": data}


def show(ready: dict, seconds: float) -> None:
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    users = [user["email"] if isinstance(user, dict) else user for user in ready.get("users", [])]
    data = ready["data"].relative_to(ROOT) if ready["data"].is_relative_to(ROOT) else ready["data"]
    lines = [
        ("Example app", ready["app_url"], "begin here"),
        ("Sign in as", users[0] if users else "anyone", "or create an account"),
        ("Mail", ready["mailbox_url"], "codes and links come here"),
        ("Gatehouse", ready["environment_url"], ""),
        ("Data", str(data), "and logs; delete it to begin anew"),
    ]
    width = max(len(value) for _, value, _ in lines)
    print(f"\nReady after {seconds:.1f} s. Ctrl-C stops everything.\n")
    for name, value, remark in lines:
        name = f"\033[32m{name:11}\033[0m" if colour else f"{name:11}"
        print(f"  {name}  {value:{width}}  {remark}".rstrip())
    print(flush=True)


def main() -> int:
    begin = time.monotonic()
    options = arguments()
    os.environ["PATH"] = f"{ROOT}/build/tools/node/bin:{os.environ['PATH']}"
    children: list[Child] = []
    stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(*_) -> None:
        raise KeyboardInterrupt

    for number in stopping:
        signal.signal(number, interrupt)
    try:
        refuse_port_in_use(options.port, "--port", "Gatehouse")
        refuse_port_in_use(options.app_port, "--app-port", "the example")
        build()
        show(start(options, children), time.monotonic() - begin)
        while True:
            for child in children:
                child.refuse_ended()
            time.sleep(0.3)
    except KeyboardInterrupt:
        print("\nstopping", flush=True)
        return 0
    except Problem as problem:
        print(f"dev: {problem}", file=sys.stderr)
        return 1
    finally:
        for number in stopping:
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(children):
            child.stop()


sys.exit(main())
