"""Keeps one training run alive and recorded, independent of the app that started it.

Usage: python run_supervisor.py RUN_DIR      (Linux, stdlib only, with the modules beside it)

Reads RUN_DIR/spec.json, runs its argv on a terminal of its own and writes raw.log
(every byte, unchanged), state.json (who, phase, heartbeat) and last of all exit.json
("nothing of the run is left"); obeys stop.json {"mode": "checkpoint" | "staged" | "now"}.
After a crash that came after progress the trainer is started again, spec.restarts times.
Exit status: 0 run recorded, 1 run could not be started (exit.json says why),
2 usage, 3 exit.json already there, 4 another supervisor owns the folder.
"""
from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from typing import Any

import run_checkpoints
from console_metrics import ConsoleMetrics
from run_attempts import Attempts
from run_processes import boot_id, is_alive, oom_kills, read_bytes, run_processes, start_ticks

HEARTBEAT_SECONDS = 2.0
TICK_SECONDS = 0.2  # how often stop.json is looked at
SWEEP_SECONDS = 0.05  # how often leftovers are looked for once the main child is gone
SETTLE_SECONDS = 0.3  # helpers (multiprocessing's resource tracker) that end by themselves are no leftovers
LEFTOVER_SECONDS = 5.0  # grace of leftovers between terminate and kill
KILL_AGAIN_SECONDS = 0.5
ROTATE_SECONDS = 10.0  # how often checkpoints are looked through
RESTART_SECONDS = 5.0  # a breath between a crash and the next start, in which the driver frees the card
PAUSE_SECONDS = 0.05  # after output, unless it is a flood: waking for each line would take percents of a core
FLOOD_BYTES_PER_SECOND = 300_000  # what a pause gathers at this rate is less than the 19 KiB that a pty holds
BATCH_READS = 256  # the kernel hands out at most 4 KiB of a pty per read; one write per batch keeps up with it
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
NEXT_STAGE = {None: "terminate", "interrupt": "terminate", "terminate": "kill", "kill": "kill"}
STAGE_SIGNAL = {"interrupt": signal.SIGINT, "terminate": signal.SIGTERM, "kill": signal.SIGKILL}


def replace_json(path: str, value: dict[str, Any], sync: bool) -> None:
    """Replace a file so that a reader sees the old or the new text, never half of one."""
    with open(path + ".tmp", "wb") as file:
        file.write(json.dumps(value).encode())
        if sync:
            file.flush()
            os.fsync(file.fileno())
    os.replace(path + ".tmp", path)


def open_terminal(columns: int, rows: int) -> tuple[int, int]:
    """A pty of this size that passes output through unchanged: (master, slave)."""
    master, slave = os.openpty()
    os.set_blocking(master, False)
    mode = termios.tcgetattr(slave)
    mode[1] &= ~termios.OPOST  # no \n -> \r\n: the log keeps what the program wrote
    mode[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, mode)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return master, slave


def enter_terminal() -> None:
    """In the new child, before exec: take the terminal, undo the signal settings exec would inherit."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Supervisor:
    """One run from start to exit.json."""

    def __init__(self, folder: str, spec: dict[str, Any]) -> None:
        self.path = lambda name: os.path.join(folder, name)
        self.folder, self.spec, self.token = folder, spec, str(spec["token"])
        stop = spec.get("stop") or {}
        self.grace = {"interrupt": float(stop.get("interruptSeconds", 30)),
                      "terminate": float(stop.get("terminateSeconds", 15)), "kill": KILL_AGAIN_SECONDS}
        self.leftover_grace = float(stop.get("leftoverSeconds", LEFTOVER_SECONDS))
        self.identity = {"pid": os.getpid(), "startTicks": start_ticks(os.getpid()), "bootId": boot_id()}
        self.attempts, self.restarts = Attempts(folder, spec.get("saves")), 0
        self.scores = run_checkpoints.Scores()
        self.begin_attempt()
        self.beat_at = self.rotate_at = 0.0
        self.leftovers: set[tuple[int, int]] = set()
        self.foreign: set[int] = set()  # not ours to signal (setuid programs)
        self.started_at, self.oom_before = time.time_ns() // 1_000_000, oom_kills()
        self.log = os.open(self.path("raw.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.log_bytes, self.log_dropped = os.fstat(self.log).st_size, 0
        # exit.json must be written even when the run filled the disk: its block is taken now.
        self.reserve = os.open(self.path("exit.json.reserve"), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        with suppress(OSError):
            os.posix_fallocate(self.reserve, 0, 4096)

    def begin_attempt(self) -> None:
        """Nothing of the trainer is there yet."""
        self.child: dict[str, Any] | None = None
        self.status: int | None = None  # wait status of the main child once it has ended
        self.phase, self.stage, self.stopped, self.request = "starting", None, None, None
        self.saved: int | None = None  # the newest checkpoint when a stop after the next one was asked for
        self.metrics: ConsoleMetrics | None = None
        self.deadline = self.tick_at = 0.0

    def save_state(self, sync: bool) -> None:
        """Write state.json; a full disk must not end the run, the next heartbeat tries again."""
        self.beat_at = time.monotonic() + HEARTBEAT_SECONDS
        with suppress(OSError):
            replace_json(self.path("state.json"), {
                "version": 1, "supervisor": self.identity, "child": self.child, "phase": self.phase,
                "stopStage": self.stage, "attempt": self.attempts.number, "restarts": self.restarts,
                "stopsAtCheckpoint": self.request == "checkpoint", "startedAt": self.started_at, "heartbeatAt": time.time_ns() // 1_000_000,
                "logBytes": self.log_bytes, "logDropped": self.log_dropped}, sync)

    def record(self, data: bytes) -> None:
        """Append to raw.log; what a full or failing disk refuses is counted, so that the child never blocks."""
        done = 0
        with suppress(OSError):
            while done < len(data):
                done += os.write(self.log, data[done:] if done else data)
        if self.metrics is not None:
            with suppress(OSError):
                self.metrics.feed(data)
        self.log_bytes += done
        self.log_dropped += len(data) - done

    def spawn(self) -> None:
        """Start argv on the terminal. Raises OSError or ValueError when it cannot be started."""
        size = self.spec.get("terminal") or {}
        self.master, self.slave = open_terminal(int(size.get("columns", 120)), int(size.get("rows", 30)))
        unset = {*(self.spec.get("unsetEnv") or []), "RAY_ADDRESS"}  # or verl would join a cluster of somebody else's
        env = {key: value for key, value in os.environ.items() if key not in unset}
        env |= {**(self.spec.get("env") or {}), "LAUNCHPAD_RUN_TOKEN": self.token, "LAUNCHPAD_RUN_DIR": self.folder}
        saved = run_checkpoints.newest(self.attempts.checkpoints)
        again = self.restarts > 0 and saved is not None
        env |= self.attempts.begin(self.log_bytes, saved if again else self.spec.get("resumedFrom"))
        self.metrics = ConsoleMetrics(self.attempts.metrics()) if self.spec.get("metrics") == "console" else None
        process = subprocess.Popen(
            [*self.spec["argv"], *(self.spec.get("resumeArgv" if again else "fromArgv") or [])], cwd=self.spec.get("cwd") or None, env=env,
            stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True, preexec_fn=enter_terminal)
        process.returncode = 0  # reaped by us together with the adopted orphans
        self.child = {"pid": process.pid, "startTicks": start_ticks(process.pid)}

    def drain(self) -> int:
        """Move what the terminal holds, at most one batch, to raw.log; gives the number of bytes."""
        parts = []
        with suppress(OSError):  # EAGAIN: empty for now; EIO: no writer is left
            while len(parts) < BATCH_READS:
                parts.append(os.read(self.master, 65536))
        data = b"".join(parts)
        if data:
            self.record(data)
        return len(data)

    def reap(self) -> None:
        """Collect the main child and every adopted orphan that has ended."""
        pid = -1
        with suppress(ChildProcessError):
            while pid:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == self.child["pid"] and self.status is None:
                    self.status, self.stopped = status, self.stage
                    if self.stage in (None, "interrupt"):
                        self.deadline = time.monotonic() + SETTLE_SECONDS

    def read_request(self) -> None:
        """Look for stop.json. An unreadable one still means that somebody wants an end."""
        data = read_bytes(self.path("stop.json"))
        if data is None:
            if self.request == "checkpoint":  # taken back
                self.request = None
                self.save_state(sync=True)
            return
        try:
            mode = json.loads(data)["mode"]
        except (ValueError, KeyError, TypeError):
            mode = "staged"
        if mode == "checkpoint" and self.request in (None, "checkpoint"):
            saved = run_checkpoints.newest(self.attempts.checkpoints)
            if self.request is None:
                self.request, self.saved = mode, saved
                self.save_state(sync=True)
            elif saved not in (None, self.saved):  # None: verl is writing its tracker just now, and must not be interrupted
                self.request = "staged"
        elif mode != "checkpoint" and self.request != "now":
            self.request = "now" if mode == "now" else "staged"

    def on_signal(self, number: int, _: object) -> None:
        """SIGTERM and SIGINT ask for a staged stop; SIGCHLD only has to wake the loop."""
        if number != signal.SIGCHLD:
            self.request = "now" if self.request == "now" else "staged"

    def enter(self, stage: str, owned: dict[int, int]) -> None:
        """Begin a stop stage: signal everybody it concerns, set its deadline."""
        changed, self.phase, self.stage = stage != self.stage, "stopping", stage
        grace = self.grace[stage]
        if self.status is not None:
            self.leftovers |= set(owned.items())
            grace = grace if stage == "kill" else self.leftover_grace
        self.deadline = time.monotonic() + grace
        # The main child is not reaped yet when it is interrupted, so the group is still ours.
        for pid in [-self.child["pid"]] if stage == "interrupt" else owned:
            try:
                os.kill(pid, STAGE_SIGNAL[stage])
            except PermissionError:
                self.foreign.add(pid)
            except ProcessLookupError:
                pass
        if changed:
            self.save_state(sync=True)

    def advance(self) -> bool:
        """Take the next step of a stop or of the sweep after the end; True when nothing of the run is left."""
        ended = self.status is not None
        if not ended and self.request in (None, "checkpoint"):
            return False
        found = run_processes(self.token, self.child["pid"])
        owned = {pid: ticks for pid, ticks in found.items() if pid not in self.foreign}
        if ended and not owned:
            return True
        if self.request == "now" and self.stage != "kill":
            self.enter("kill", owned)
        elif not ended and self.stage is None:
            self.enter("interrupt", owned)
        elif time.monotonic() >= self.deadline:
            self.enter(NEXT_STAGE[self.stage], owned)
        return False

    def watch(self, wake: int) -> None:
        """The loop: log, reap, obey, beat; returns when the whole run has ended and its output is read."""
        self.phase = "running"
        self.save_state(sync=True)
        events, poll = select.poll(), select.poll()
        for one in (events, poll):
            one.register(wake, select.POLLIN)
        poll.register(self.master, select.POLLIN)
        drained_at = time.monotonic()
        while True:
            count, before = self.drain(), drained_at
            now = drained_at = time.monotonic()
            flood = count > (now - before) * FLOOD_BYTES_PER_SECOND
            pause = SWEEP_SECONDS if self.status is not None else TICK_SECONDS
            if now >= self.tick_at:
                self.tick_at = now + pause
                self.read_request()
                self.reap()
                if self.advance():
                    break
            if now >= self.beat_at:
                self.save_state(sync=False)
            if now >= self.rotate_at and self.spec.get("rotate"):
                self.rotate_at = now + ROTATE_SECONDS
                self.rotate_checkpoints()
            ready = [] if flood else events.poll(PAUSE_SECONDS * 1000) if count else poll.poll(pause * 1000)
            if any(fd == wake for fd, _ in ready):
                os.read(wake, 4096)
                self.tick_at = 0.0  # a child ended or a signal came: look at once
        os.close(self.slave)
        while self.drain():
            pass

    def rotate_checkpoints(self) -> None:
        run_checkpoints.rotate(self.folder, self.scores, self.attempts.all_metrics(), self.spec.get("saves"))

    def end_attempt(self) -> bool:
        """Note how the attempt ended; True when the trainer is to be started again."""
        code = None if self.status is None else os.waitstatus_to_exitcode(self.status)
        failed = code != 0 and self.stopped is None
        if self.metrics is not None:
            self.metrics.close()
        self.attempts.end(None if code is None or code < 0 else code, None if code is None or code >= 0 else -code, failed)
        if self.spec.get("rotate"):
            self.rotate_checkpoints()
        wanted = failed and self.restarts < int(self.spec.get("restarts") or 0) and self.attempts.came_forward()
        if wanted and read_bytes(self.path("stop.json")) is None:
            time.sleep(RESTART_SECONDS)
        return wanted and read_bytes(self.path("stop.json")) is None

    def finish(self, error: dict[str, str] | None) -> None:
        """Write the last state, then exit.json into its reserved block, durable together with the folder."""
        self.phase = "ended"
        with suppress(OSError):  # a failing disk; the counters say what is missing
            os.fsync(self.log)
        self.save_state(sync=True)
        code = None if self.status is None else os.waitstatus_to_exitcode(self.status)
        value = {
            "version": 1, "code": None if code is None or code < 0 else code,
            "signal": None if code is None or code >= 0 else -code,
            "stopped": self.stopped, "startedAt": self.started_at, "endedAt": time.time_ns() // 1_000_000,
            "logBytes": self.log_bytes, "logDropped": self.log_dropped, "leftovers": len(self.leftovers),
            "oom": {"before": self.oom_before, "after": oom_kills()},
            "diskFreeBytes": shutil.disk_usage(self.folder).free, "error": error,
        }
        os.ftruncate(self.reserve, os.pwrite(self.reserve, json.dumps(value).encode(), 0))
        os.fsync(self.reserve)
        os.replace(self.path("exit.json.reserve"), self.path("exit.json"))
        os.fsync(os.open(self.folder, os.O_RDONLY))


def detach() -> None:
    """Become a session leader that outlives the app and adopts the run's orphans."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if os.getsid(0) != os.getpid():
        if os.getpgrp() == os.getpid() and os.fork():  # a group leader may not call setsid
            os._exit(0)
        os.setsid()
    with suppress(OSError, AttributeError):  # where refused, the run token still finds orphans
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def claim(folder: str) -> int | None:
    """Refuse a folder that is finished (3) or owned by a live supervisor (4); None when it is ours now."""
    if os.path.exists(os.path.join(folder, "exit.json")):
        print("this run has already ended (exit.json exists)", file=sys.stderr)
        return 3
    owned = False
    with suppress(ValueError, KeyError, TypeError):
        owned = is_alive(json.loads(read_bytes(os.path.join(folder, "state.json")) or b"")["supervisor"])
    try:  # of two starting in the same instant the lock decides; it lives as long as this process
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owned = True
    except OSError:
        pass  # a file system without locks
    if owned:
        print("another supervisor owns this run", file=sys.stderr)
    return 4 if owned else None


def supervise(supervisor: Supervisor) -> int:
    """Start, watch and record one run; the exit status of this program."""
    wake, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, supervisor.on_signal)
    while True:
        supervisor.save_state(sync=True)
        try:
            supervisor.spawn()
        except (OSError, ValueError, KeyError, TypeError, IndexError, subprocess.SubprocessError) as problem:
            message = f"cannot start the run: {problem}"
            supervisor.record(message.encode("utf-8", "replace") + b"\n")
            supervisor.end_attempt()
            supervisor.finish({"code": "SPAWN_FAILED", "message": message})
            return 1
        supervisor.watch(wake)
        if not supervisor.end_attempt():
            break
        supervisor.restarts += 1
        supervisor.begin_attempt()
    supervisor.finish(None)
    return 0


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python run_supervisor.py RUN_DIR", file=sys.stderr)
        return 2
    folder = os.path.abspath(arguments[0])
    try:
        spec = json.loads(read_bytes(os.path.join(folder, "spec.json")) or b"")
        spec["token"], spec["argv"]
    except (ValueError, KeyError, TypeError) as problem:
        print(f"spec.json cannot be used: {problem!r}", file=sys.stderr)
        return 2
    detach()
    # Whatever else the app left open (an old Electron leaks its sockets and locks): a training must not hold it.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    refused = claim(folder)
    if refused:
        return refused
    # Let go of the app's pipes: own messages and tracebacks go to supervisor.log.
    null = os.open(os.devnull, os.O_RDONLY)
    log = os.open(os.path.join(folder, "supervisor.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    return supervise(Supervisor(folder, spec))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
