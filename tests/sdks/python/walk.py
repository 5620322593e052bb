"""Walks every method that the Python SDK offers outside AgentKit, against a running Gatehouse.

    GATEHOUSE_READY=ready.json python3 walk.py

GATEHOUSE_READY is what `gatehouse dev --tls --ready-file` wrote. `./test --sdks` does all of it.
"""
import inspect
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))  # sign_in.py

import access  # noqa: E402
import organizations  # noqa: E402
import people  # noqa: E402
import resources  # noqa: E402
from recorder import Recorder, World  # noqa: E402


def main() -> int:
    recorder = Recorder()
    world = World(recorder)
    chapters = (organizations, people, access, resources)
    for step in [*organizations.STEPS, *people.STEPS, *access.STEPS,
                 *resources.steps_for(world.client)]:
        recorder.run(step, world)
    return recorder.report("".join(inspect.getsource(chapter) for chapter in chapters))


sys.exit(main())
