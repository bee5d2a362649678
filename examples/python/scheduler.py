#!/usr/bin/env python3
"""A scheduler outside: binds workloads that name it to the first machines that will do. See README.md."""

import argparse
import queue
import signal
import sys
import threading
import time
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, NoReturn

import grpc

from fleet import connect, context_of, machine_pb2, machine_service_pb2, machine_service_pb2_grpc
from fleet import placement_service_pb2, placement_service_pb2_grpc
from fleet import workload_pb2, workload_service_pb2, workload_service_pb2_grpc

# The workload is not as it was when it was looked at: its next change says whether there is anything left to do.
UNTIL_IT_CHANGES: FrozenSet[str] = frozenset({"VERSION_CONFLICT", "NOTHING_WANTED", "WRONG_COUNT", "OWN_SCHEDULER"})
# What ends without a change of the workload is tried again after so long.
RETRY_S = 5.0
# Of one request, which is not to be larger than 256 KiB.
BINDINGS_MOST = 100


class Known:
    """Records of one kind, and the revision up to which every change of them was seen."""

    def __init__(self, wanted: Callable[[Any], bool]) -> None:
        self.wanted = wanted
        self.records: Dict[str, Any] = {}
        self.aside: Dict[str, int] = {}
        self.revision = 0

    def see(self, record: Any) -> None:
        """Takes in a record as it is now. What a page already told may come again by the watch, and older."""
        known = self.records.get(record.name)
        if known is not None and record.revision < known.revision:
            return
        self.records.pop(record.name, None)
        if self.wanted(record):
            self.records[record.name] = record
        else:
            self.aside.pop(record.name, None)

    def set_aside(self, name: str) -> None:
        """Leaves a record alone until it has changed."""
        if name in self.records:
            self.aside[name] = self.records[name].revision

    def ready(self) -> List[Any]:
        """Records that were not set aside as they are, oldest first, and of which no change was left out."""
        records = self.records.values()
        ready = [r for r in records if self.aside.get(r.name, -1) < r.revision <= self.revision]
        return sorted(ready, key=lambda r: (r.create_time.seconds, r.create_time.nanos, r.name))


class Change(NamedTuple):
    """What a watch told; without a message it has ended, and says why."""

    known: Known
    message: Any
    ended: str


def is_free(machine: Any) -> bool:
    """Whether a machine takes any placement now."""
    return (
        machine.state == machine_pb2.MACHINE_STATE_AVAILABLE
        and machine.connection == machine_pb2.CONNECTION_CONNECTED
        and not machine.HasField("cordon")
        and not any(condition.forbids_placement for condition in machine.conditions)
    )


def whole(memory: int) -> int:
    """Memory as the coordinator compares it: in whole GiB, on small machines in steps of 64 MiB."""
    step = 2**30 if memory >= 8 * 2**30 else 2**26
    return memory // step * step


def allows(asked: Any, machine: Any) -> bool:
    """Whether a machine is as the constraints ask."""
    return (
        asked.hardware_class in ("", machine.hardware_class)
        and all(machine.labels.get(key) == value for key, value in asked.labels.items())
        and len(machine.inventory.gpus) >= asked.gpus_min
        and whole(machine.inventory.memory_bytes) >= asked.memory_bytes_min
        and (not asked.machines or machine.name in asked.machines)
        and machine.name not in asked.excluded_machines
    )


def is_simple(spec: Any) -> bool:
    """Whether a workload asks only for what this example looks at. One that asks for more stays queued."""
    arranged = spec.arrangement.pack_required or spec.arrangement.spread_level or spec.arrangement.same_class
    return not (spec.constraints.require or spec.groups or arranged)


def pages(method: Callable[..., Any], request: Any) -> Iterator[Any]:
    """All pages of a list."""
    while True:
        page = method(request, timeout=30)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


class Scheduler:
    """Knows the fleet by two lists and two watches. One thread decides; the others only listen."""

    def __init__(self, name: str, channel: grpc.Channel) -> None:
        queued = workload_pb2.WORKLOAD_STATE_QUEUED
        self.workloads = Known(lambda w: w.state == queued and w.spec.scheduler == name and is_simple(w.spec))
        self.machines = Known(is_free)
        self.not_before: Dict[str, float] = {}
        self.changes: "queue.SimpleQueue[Change]" = queue.SimpleQueue()
        self.placement_service = placement_service_pb2_grpc.PlacementServiceStub(channel)
        self.begin(channel, queued)

    def begin(self, channel: grpc.Channel, queued: int) -> None:
        """Lists both kinds, and watches both from where the lists began: what changed meanwhile comes again."""
        machines, workloads = machine_service_pb2, workload_service_pb2
        machine_service = machine_service_pb2_grpc.MachineServiceStub(channel)
        workload_service = workload_service_pb2_grpc.WorkloadServiceStub(channel)
        free = {"filter": machines.MachineFilter(states=[machine_pb2.MACHINE_STATE_AVAILABLE])}
        waiting = {"filter": workloads.WorkloadFilter(states=[queued])}
        revisions: List[int] = []
        for page in pages(machine_service.ListMachines, machines.ListMachinesRequest(**free)):
            revisions.append(page.revision)
            for machine in page.machines:
                self.machines.see(machine)
        for page in pages(workload_service.ListWorkloads, workloads.ListWorkloadsRequest(**waiting)):
            revisions.append(page.revision)
            for workload in page.workloads:
                self.workloads.see(workload)
        first = min(revisions)
        self.machines.revision = self.workloads.revision = first
        self.listen(
            self.machines, machine_service.WatchMachines(machines.WatchMachinesRequest(after_revision=first, **free))
        )
        self.listen(
            self.workloads,
            workload_service.WatchWorkloads(workloads.WatchWorkloadsRequest(after_revision=first, **waiting)),
        )

    def listen(self, known: Known, stream: Iterator[Any]) -> None:
        """Passes on what a watch tells, and how it ends."""

        def pass_on() -> None:
            try:
                for message in stream:
                    self.changes.put(Change(known, message, ""))
                self.changes.put(Change(known, None, "a watch has ended"))
            except grpc.RpcError as error:
                self.changes.put(Change(known, None, said(error)))

        threading.Thread(target=pass_on, daemon=True).start()

    def run(self) -> NoReturn:
        """Binds what can be bound whenever anything has changed, until a watch ends."""
        while True:
            bindings = self.proposals()
            if bindings:
                self.bind(bindings)
            try:
                self.take(self.changes.get(timeout=0 if bindings else RETRY_S))
                while True:
                    self.take(self.changes.get_nowait())
            except queue.Empty:
                pass

    def take(self, change: Change) -> None:
        if change.message is None:
            raise ConnectionError(change.ended)
        kind = change.message.WhichOneof("event")
        if kind in ("machine", "workload"):
            change.known.see(getattr(change.message, kind))
        change.known.revision = change.message.revision

    def proposals(self) -> List[Any]:
        """First come, first served: each workload takes the first machines that it may have, all of them or none."""
        free = self.machines.ready()
        bindings: List[Any] = []
        for workload in self.workloads.ready():
            if len(bindings) == BINDINGS_MOST or self.not_before.get(workload.name, 0.0) > time.monotonic():
                continue
            asked = workload.spec
            chosen = [machine.name for machine in free if allows(asked.constraints, machine)][: asked.machine_count]
            if len(chosen) == asked.machine_count:
                free = [machine for machine in free if machine.name not in chosen]
                bindings.append(placement_service_pb2.Binding(workload=workload.name, machines=chosen))
        return bindings

    def bind(self, bindings: List[Any]) -> None:
        request = placement_service_pb2.BindWorkloadsRequest(bindings=bindings, revision=self.workloads.revision)
        answer = self.placement_service.BindWorkloads(request, timeout=30)
        for binding, outcome in zip(bindings, answer.outcomes):
            self.not_before.pop(outcome.workload, None)
            if outcome.accepted:
                print(f"{outcome.workload}: bound to {', '.join(binding.machines)}", flush=True)
                for name in binding.machines:
                    self.machines.set_aside(name)
                self.workloads.set_aside(outcome.workload)
                continue
            print(f"{outcome.workload}: {outcome.reason}: {outcome.message}", flush=True)
            for name in outcome.machines:
                self.machines.set_aside(name)
            if outcome.reason in UNTIL_IT_CHANGES:
                self.workloads.set_aside(outcome.workload)
            elif not outcome.machines:
                self.not_before[outcome.workload] = time.monotonic() + RETRY_S


def said(error: Exception) -> str:
    return f"{error.code().name}: {error.details()}" if isinstance(error, grpc.Call) else str(error)


def main() -> NoReturn:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of this scheduler, as workloads name it by --scheduler")
    parser.add_argument("--config", help="context file; BILLET_CONFIG, or the command line's own, without it")
    parser.add_argument("--context", help="one of its contexts; BILLET_CONTEXT, or the current one, without it")
    options = parser.parse_args()
    context = context_of(options.config, options.context)
    # What was bound is bound, and nothing is kept here: it can end anywhere.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    while True:
        try:
            with connect(context) as channel:
                Scheduler(options.name, channel).run()
        except (grpc.RpcError, ConnectionError) as error:
            print(f"begins anew: {said(error)}", file=sys.stderr, flush=True)
            time.sleep(1)


if __name__ == "__main__":
    main()
