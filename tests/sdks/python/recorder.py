"""Steps that call the SDK, and the account of which of its methods they called.

A step is a function that takes the World; it passes if it raises nothing. What fails is charged to
the method that was called last. A method that no step called is reported as forgotten.
"""
import contextlib
import inspect
import json
import os
import re
import traceback

from scalekit.client import ScalekitClient
from scalekit.common.exceptions import ScalekitException, ScalekitServerException

# AgentKit is answered with UNIMPLEMENTED, and the core is no client of its own.
OUT_OF_SCOPE = {"ActionClient", "ConnectedAccountsClient", "CoreClient", "McpClient",
                "ProvidersClient", "ToolsClient"}


def methods_of(kind: type) -> list[str]:
    return [name for name, member in vars(kind).items()
            if not name.startswith("_") and callable(getattr(kind, name, None))
            and not inspect.isclass(member)]


class NotMade(Exception):
    """What a step builds on is not there, because the step that makes it failed."""


class Recorder:
    def __init__(self) -> None:
        self.offered: set[str] = set()
        self.called: set[str] = set()
        self.failed: dict[str, str] = {}
        self.last = ""
        self.depth = 0
        self.steps = 0

    def watch(self, client):
        """The same client, with each of its public methods noting that it was called."""
        kind = type(client).__name__
        for name in methods_of(type(client)):
            method = f"{kind}.{name}"
            self.offered.add(method)
            setattr(client, name, self.noting(method, getattr(client, name)))
        return client

    def noting(self, method: str, function):
        def noted(*arguments, **named):
            if self.depth > 0:  # the SDK's own call of another of its methods walks nothing
                return function(*arguments, **named)
            self.last = method
            self.called.add(method)
            self.depth += 1
            try:
                answer = function(*arguments, **named)
            finally:
                self.depth -= 1
            # Most methods return (message, call); the message is what people want.
            return answer[0] if isinstance(answer, tuple) else answer
        return noted

    def run(self, step, world) -> None:
        self.steps += 1
        self.last = ""
        name = step.__name__.replace("_", " ")
        try:
            step(world)
            print(f"ok     {name}")
        except NotMade as missing:
            print(f"unmet  {name}: {missing}")
        except Exception as error:  # whatever it is, the other steps are still run
            reason = describe(error)
            print(f"FAILED {name}: {self.last or 'before any call'}: {reason}")
            for line in traceback.format_tb(error.__traceback__)[-2:]:
                print("         " + line.strip().replace("\n", "\n         "))
            self.failed.setdefault(self.last or name, f"{name}: {reason}")

    def report(self, sources: str) -> int:
        """Each method's fate; `sources` are the steps, where a method that is named was not
        forgotten, though perhaps not reached."""
        print()
        bad = 0
        for method in sorted(self.offered | set(self.failed)):
            if method in self.failed:
                verdict = f"FAILED  {method}  ({self.failed[method]})"
            elif method in self.called:
                verdict = f"pass    {method}"
            elif re.search(rf"\.{method.partition('.')[2]}\b", sources):
                verdict = f"UNMET   {method}  (no step got that far)"
            else:
                verdict = f"FORGOT  {method}  (no step calls it)"
            bad += not verdict.startswith("pass")
            print(verdict)
        good = len(self.offered | set(self.failed)) - bad
        print(f"\n{self.steps} steps; {len(self.called)} of {len(self.offered)} methods walked")
        print(f"# pass {good}\n# fail {bad}")
        return 1 if bad else 0


def describe(error: BaseException) -> str:
    if isinstance(error, ScalekitServerException):
        return f"{error.grpc_status.name} {error.error_code}: {error.message or error.err_details}"
    return f"{type(error).__name__}: {error}"


@contextlib.contextmanager
def refused(status: str, *others: str):
    """What is inside must be refused with this gRPC status and an ErrorInfo that says the same."""
    try:
        yield
    except ScalekitServerException as error:
        name = error.grpc_status.name
        if name not in (status, *others):
            raise AssertionError(f"refused with {describe(error)} instead of {status}") from error
        if error.error_code != name:
            raise AssertionError(f"ErrorInfo says {error.error_code!r}, the status {name}") \
                from error
        return
    raise AssertionError(f"accepted instead of {status}")


@contextlib.contextmanager
def refused_by_the_sdk(kind: type = ScalekitException):
    """What is inside must be refused by the SDK itself, whatever it was told by the server."""
    try:
        yield
    except kind:
        return
    raise AssertionError(f"accepted instead of {kind.__name__}")


def same(actual, expected, what: str = "value") -> None:
    if actual != expected:
        raise AssertionError(f"{what} is {actual!r}, not {expected!r}")


def holds(condition, what: str) -> None:
    if not condition:
        raise AssertionError(what)


class World:
    """The running server, the client, and what earlier steps have made."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        with open(os.environ["GATEHOUSE_READY"], encoding="utf-8") as file:
            self.ready = json.load(file)
        self.url = self.ready["environment_url"]
        self.client = recorder.watch(self.connect())
        for member in vars(self.client).values():
            kind = type(member).__name__
            if kind.endswith("Client") and kind not in OUT_OF_SCOPE:
                recorder.watch(member)

    def __getattr__(self, name: str):
        raise NotMade(f"no step has made {name}")

    def connect(self) -> ScalekitClient:
        ready = self.ready
        return ScalekitClient(ready["environment_url"], ready["client_id"], ready["client_secret"])
