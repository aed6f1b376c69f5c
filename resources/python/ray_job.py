"""Runs a command as a job of a Ray cluster and stands in for it here: its output is ours, its end is ours (needs ray[default]).

    python ray_job.py JOB [WORD ...]

JOB, as JSON: {"address": "http://host:8265", "id", "argv", "env", "workingDir": folder|null, "metadata"}. The folder is
sent along and is where the command, with the words added, runs. Each attempt of a run (LAUNCHPAD_ATTEMPT) is a job of
its own, `id` and then `id-2`, ...; the job of this attempt, or one of an earlier attempt that still runs, is followed
and not started again: a supervisor that was lost can be replaced. LAUNCHPAD_RAY_TOKEN: the cluster's token, if it wants one (Ray 2.52 on).
Interrupt or terminate stops the job. Exit status: the command's own, 130 stopped, 1 failed otherwise, 3 no cluster.
"""
from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import sys
import time
from typing import Any

# They would send the client to another cluster than the one that is named (ray/dashboard/modules/job/sdk.py).
for name in ("RAY_ADDRESS", "RAY_API_SERVER_ADDRESS"):
    os.environ.pop(name, None)

from ray.job_submission import JobStatus, JobSubmissionClient

RECONNECT_SECONDS = 2.0
TOKEN = "LAUNCHPAD_RAY_TOKEN"


def say(text: str) -> None:
    print(f"[launchpad] {text}", flush=True)


def connect(address: str) -> JobSubmissionClient:
    """A client of the cluster; ends the program with 3 when nothing answers there."""
    token = os.environ.pop(TOKEN, None)
    try:
        return JobSubmissionClient(address, headers={"Authorization": f"Bearer {token}"} if token else None)
    except (ConnectionError, RuntimeError) as problem:
        say(f"no Ray cluster at {address}: {problem}")
        sys.exit(3)


class Job:
    """One job of the cluster, from here."""

    def __init__(self, client: JobSubmissionClient, spec: dict[str, Any], attempt: int) -> None:
        self.client, self.spec, self.ids = client, spec, [spec["id"], *(f"{spec['id']}-{n}" for n in range(2, attempt + 1))]
        self.id = self.ids[-1]
        self.begun = self.wanted = False  # it is there; its end is wanted
        self.written = 0  # characters of its output that were printed: each connection begins at the start

    def begin(self) -> None:
        """Submit it, or say that it is there."""
        for known in reversed(self.ids):
            try:
                status = self.client.get_job_status(known)
            except RuntimeError:
                continue  # unknown there
            if known == self.id or not status.is_terminal():
                self.id = known
                say(f"job {self.id} is {status.value}; following it")
                return self.has_begun()
        folder = self.spec.get("workingDir")
        # Ray gives the entrypoint to a shell.
        self.client.submit_job(
            entrypoint=shlex.join(self.spec["argv"]), submission_id=self.id, metadata=self.spec.get("metadata"),
            runtime_env={"env_vars": self.spec.get("env") or {}, **({"working_dir": folder} if folder else {})})
        say(f"job {self.id} submitted to {self.spec['address']}")
        self.has_begun()

    def has_begun(self) -> None:
        self.begun = True
        if self.wanted:
            self.stop()

    def stop(self, *_: object) -> None:
        self.wanted = True
        if not self.begun:
            return
        say("stopping the job")
        try:
            self.client.stop_job(self.id)
        except RuntimeError as problem:
            say(str(problem))

    def write(self, text: str, at: int) -> int:
        """Print what was not printed yet of `text`, which begins at character `at`; gives where it ends."""
        fresh = text[max(0, self.written - at):]
        if fresh:
            sys.stdout.write(fresh)
            sys.stdout.flush()
            self.written += len(fresh)
        return at + len(text)

    async def tail(self) -> None:
        at = 0
        async for text in self.client.tail_job_logs(self.id):
            at = self.write(text, at)

    def follow(self) -> JobStatus:
        """Print its output until it is over. A lost connection is no end: the job goes on without us."""
        while True:
            try:
                asyncio.run(self.tail())
            except Exception as problem:  # aiohttp's, Ray's and the system's own, all mean: not connected
                say(f"connection lost: {type(problem).__name__}: {problem}")
            try:
                status = self.client.get_job_status(self.id)
                if status.is_terminal():
                    self.write(self.client.get_job_logs(self.id), 0)
                    return status
            except (RuntimeError, OSError):
                pass
            time.sleep(RECONNECT_SECONDS)


def main() -> None:
    spec = json.loads(sys.argv[1])
    spec["argv"] += sys.argv[2:]
    job = Job(connect(spec["address"]), spec, int(os.environ.get("LAUNCHPAD_ATTEMPT", "1")))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, job.stop)
    job.begin()
    status = job.follow()
    info = job.client.get_job_info(job.id)
    # The message of a failed job repeats the end of its output, which was printed above.
    reason = (info.message or "").partition(", last available logs")[0].splitlines()[:1]
    say(" ".join([f"job {job.id}: {status.value}", *reason]))
    if status is JobStatus.STOPPED:
        sys.exit(130)
    sys.exit(0 if status is JobStatus.SUCCEEDED else info.driver_exit_code or 1)


if __name__ == "__main__":
    main()
