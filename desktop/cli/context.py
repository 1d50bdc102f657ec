"""The workspace of one command, and the simulator that ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from desktop.cli.common import say
from desktop.cli.options import options
from desktop.core.services import MAGNIFIC, SIMULATOR, Service, host_of, service
from desktop.jobs.workspace import Workspace, open_workspace
from desktop.simulator_process import SimulatorProcess, further_arguments
from desktop.storage.paths import DataDir


@contextmanager
def workspace() -> Iterator[Workspace]:
    """The workspace of the chosen data directory; a simulator it started ends with it."""
    simulators: list[SimulatorProcess] = []

    def simulator_url(data: DataDir) -> str:
        if not simulators:
            simulators.append(SimulatorProcess(data.simulator, further_arguments()))
        return simulators[0].url()

    opened = open_workspace(options.data_dir, simulator_url)
    for sentence in opened.problems:
        say(sentence)
    try:
        yield opened
    finally:
        opened.close()
        for simulator in simulators:
            simulator.stop()


def chosen_service(opened: Workspace, name: str) -> Service:
    """The service to use: the one named, the address given, the one in the settings; with no key, the simulator."""
    if options.service_url:
        return service(options.service_url)
    if name:
        return service(name)
    entry = service(opened.settings.service or MAGNIFIC.id)
    if not entry.charges:
        return entry
    if opened.keys.get(host_of(entry)) is None:
        say(f"There is no API key for {entry.title}, so the embedded simulator is used: nothing is charged.")
        return SIMULATOR
    return entry
