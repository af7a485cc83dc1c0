#!/usr/bin/env python3
"""Starts every pattern, runs the lines that it prints, and compares the answers.

    python3 -B Tests/Shell/patterns.py --built .build/debug [NAME…]

The printed lines must be those of docs/patterns.md. What this machine has not (restate, psql, a build with PostgreSQL) is
skipped and named; docker, ngrok and Stripe are never used. Some patterns run a second time with --crash: their answers must
be the same.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PAGE = pathlib.Path("docs/patterns.md")
ID = r"inv_\w+"
SENT = rf'\{{"invocationId":"{ID}","status":"Accepted"\}}'
LATER = rf'\{{"invocationId":"{ID}","executionTime":"[^"]+","status":"Accepted"\}}'
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def status(code, body=""):
    """The answer that `curl -i` prints: its first line and its body."""
    return rf"HTTP/1\.1 {code} .*\n(.+\n)*\n{body}"


# What each command must print, as a regular expression.
ANSWERS = {
    "durablerpc": ["true", "false", "true"],
    "queue": [LATER, '"Work!"', SENT + "\nWork!"],
    "webhookcallbacks": [""],
    "database": [
        status(200, r'\{"address":".*","credits":1000,"name":"Don","userid":"A","version":0\}'),
        status(200, "1000"),
        status(200, "true"),
        status(200, "true"),
        status(200),
        status(200),
        status(200),
        status(200),
        status(200),
        # In any order.
        r"(?=[\s\S]* A +\| Donald .*\| +1212 \| +1\n)"
        r"(?=[\s\S]* B +\| Keir .*\| +1024 \| +1\n)[\s\S]*",
    ],
    "syncasync": [
        SENT,
        SENT,
        rf'"http://localhost:\d+/buckets/{UUID}"',
        rf"Fast upload: URL was http://localhost:\d+/buckets/{UUID}",
    ],
    "signalspayments": [
        "",
        r'\{"code":500,"message":"Payment declined: requires_payment_method - Your card was declined\.".*\}',
        None,
    ],
    "sagas": [r'\{"code":500,"message":"This payment could not be accepted!".*\}'],
    "statefulactors": [
        '"my-machine is now up"',
        # Five at once, in any order: each machine does one thing at a time.
        "",
        "",
        "",
        "",
        "",
        "executing...",
    ],
    "statemachinepayments": [
        '"my-payment-id successful: true"',
        "",
        r'[\s\S]*payment[\s\S]*"accountId".*"abc".*CANCELLED.*',
    ],
    "schedulingtasks": ["", "", "", r"[\s\S]*PAID[\s\S]*"],
    "parallelizework": [r'\{"description":"shopping: DONE,cooking: DONE,washing up: DONE"\}'],
    "eventtransactions": [rf"userid1 {ID}\nuserid2 {ID}\nuserid1 {ID}"],
    "eventenrichment": [
        "",
        rf"package123 {ID}\npackage123 {ID}",
        # Reads do not wait for the updates that were sent.
        r'\{"finalDestination":"Bridge 6, Amsterdam"(,"locations":\['
        r'\{"location":"Pinetree Road 5, Paris","timestamp":"2024-10-10 13:00"\}'
        r'(,\{"location":"Mountain Road 155, Brussels","timestamp":"2024-10-10 14:00"\})?\])?\}',
    ],
    "promiseasaservice": [
        "",
        "null",
        r'\{"value":\{"(name|email)":".*"\}\}',
        r'\{"value":\{"(name|email)":".*"\}\}',
        r'\{"value":\{"(name|email)":".*"\}\}',
        "peek: still open\nresolve: This promise will notify everyone\n"
        "reject: This promise will notify everyone\nget: This promise will notify everyone",
    ],
    "priorityqueue": [SENT, rf"({SENT}\n?){{30}}"],
}

# What commands in the background print: each of these lines, whenever it comes.
LATE = {
    "statefulactors": [
        '"(a is now up|a is not up, cannot tear down|a is now down)"',
        '"b is (now up|already up, so nothing to do|now down|not up, cannot tear down)"',
    ]
}

# What GET /effects must have in the end: how many of each step.
EFFECTS = {
    "webhookcallbacks": {"send reminder": 1},
    "syncasync": {"create": 2, "upload": 2, "send email": 1},
    "sagas": {"reserve": 2, "refuse": 1, "refund": 1, "cancel": 2},
    # Three of the page, and one of `check_stream`.
    "eventtransactions": {"create post": 4, "update feed": 4},
}

FLAGS = {
    "syncasync": ["--speed", "fast"],
    "queue": ["--work-time", "100ms"],
    "eventtransactions": ["--pending", "30"],
}
CRASHING = ["statefulactors", "sagas", "queue"]
PORTS = ["--port", "--ingress-port", "--admin-port", "--parts-port"]


class Failure(Exception):
    pass


class Pattern:
    """A running pattern, and the lines that it has printed."""

    def __init__(self, built: pathlib.Path, name: str, crashes: bool):
        self.built = built
        ports = PORTS + (["--app-port"] if name == "durablerpc" else [])
        words = [str(built / "patterns"), name] + [w for p in ports for w in (p, "0")]
        words += FLAGS.get(name, []) + (["--crash"] if crashes else [])
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.output: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.output.append(line.rstrip("\n"))

    def port(self, what: str) -> int:
        """Waits until it says where something is."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for line in list(self.output):
                found = re.match(rf"  {what} +http://localhost:(\d+)", line)
                if found:
                    return int(found.group(1))
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise Failure("it does not start: " + "\n".join(self.output[-5:]))

    def lines(self, count: int) -> list[str]:
        """The lines to try it out, which come behind the first empty line."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            printed = list(self.output)
            start = next(
                (i for i, line in enumerate(printed) if line.startswith("  effects")), None)
            if start is not None:
                start = printed.index("", start) + 1 if "" in printed[start:] else None
            if start is not None and len(printed) >= start + count:
                return printed[start : start + count]
            time.sleep(0.05)
        raise Failure("it prints too few lines: " + "\n".join(self.output[-5:]))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure("it does not end when it is asked to")


def lines_of_page(name: str) -> list[str]:
    found = re.search(
        rf"<!-- lines: {name} -->\n```sh\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), re.S)
    if not found:
        raise Failure(f"{PAGE} has no lines of it")
    return found.group(1).split("\n")


def usual(line: str, ports: dict[int, int]) -> str:
    """A printed line with the usual ports, as the page has it."""
    line = re.sub(r" --ingress http://localhost:\d+", "", line)
    if line.startswith("patterns promiseasaservice"):
        line = re.sub(r" http://localhost:\d+$", "", line)
    line = re.sub(r"postgres://restatedb:restatedb@127\.0\.0\.1:\d+", DATABASE, line)
    return re.sub(r"localhost:(\d+)", lambda m: f"localhost:{ports.get(int(m[1]), m[1])}", line)


DATABASE = "postgres://restatedb:restatedb@localhost:5432"


def commands(lines: list[str]) -> list[str]:
    """Whole commands: bash says what goes on in the next line."""
    found, text = [], ""
    for line in lines:
        text = f"{text}\n{line}" if text else line
        if text.startswith("#"):
            text = ""
            continue
        checked = subprocess.run(["bash", "-n"], input=text + "\n", text=True, capture_output=True)
        is_open = checked.stderr or text.endswith("\\")
        if is_open and "<" in text and text.startswith("restate"):
            is_open = False
        if not is_open:
            found.append(text)
            text = ""
    return found + ([text] if text else [])


def missing(command: str) -> str | None:
    """The program that a command needs and that is not there."""
    for program in ("restate", "psql", "docker", "ngrok"):
        if re.match(rf"{program}\b", command) and not shutil.which(program):
            return program
    return "an id that is not known before" if "<invocation_id>" in command else None


def run(name: str, printed: list[str], built: pathlib.Path, skipped: set[str]):
    """Runs the commands in one shell, as they would be pasted, and compares the answers."""
    expected = ANSWERS[name]
    todo = commands(printed)
    if len(expected) != len(todo):
        raise Failure(f"{len(todo)} commands, but {len(expected)} answers: {todo}")
    script = []
    for number, command in enumerate(todo):
        script.append(f"printf '\\n@@{number}\\n'")
        reason = missing(command)
        if reason:
            skipped.add(f"{name}: {command.splitlines()[0]}   ({reason})")
        else:
            script.append(command)
    path = f"{built.resolve()}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash"], input="\n".join(script) + "\n", text=True, capture_output=True, timeout=180,
        env={**os.environ, "PATH": path})
    answers = re.split(r"\n@@\d+\n", done.stdout.replace("\r", ""))[1:]
    answers = take_late(name, todo, answers)
    for command, answer, pattern in zip(todo, answers, expected):
        if pattern is None or missing(command):
            continue
        if not re.fullmatch(pattern, answer.strip("\n") if "HTTP" not in pattern else answer):
            raise Failure(f"{command}\n  answers: {answer!r}\n  not:     {pattern}\n{done.stderr[-500:]}")


def take_late(name: str, todo: list[str], answers: list[str]) -> list[str]:
    """Checks what commands in the background print, whenever they do, and leaves what the others print."""
    behind = [number for number, command in enumerate(todo) if command.endswith("&)")]
    if not behind:
        return answers
    # What they print may stand anywhere from the first of them on.
    first = behind[0]
    found = re.findall(r'"[^"]*"', "".join(answers[first:]))
    if len(found) != len(behind) or not all(
        any(re.fullmatch(pattern, text) for pattern in LATE[name]) for text in found
    ):
        raise Failure(f"what was left running answers {found}")
    return answers[:first] + [re.sub(r'"[^"]*"', "", answer) for answer in answers[first:]]


def check_stream(built: pathlib.Path, ingress: int):
    """Lines of a stream are not processed again, and one without a colon is told."""
    words = [str(built / "patterns"), "produce", "userFeed/processPost", "--stream", "s"]
    words += ["--ingress", f"http://localhost:{ingress}"]
    said = []
    for lines in ['userid3:{"content":"Hi","metadata":"m"}\n'] * 2 + ["no colon\n"]:
        done = subprocess.run(words, input=lines, text=True, capture_output=True, timeout=60)
        said.append((done.returncode, done.stdout + done.stderr))
    expected = [
        (0, rf"userid3 {ID}\n"), (0, rf"userid3 {ID} as before\n"),
        (1, r"line 1 has no colon: no colon\npatterns: not sent: line 1\.\n"),
    ]
    for (code, text), (wanted, pattern) in zip(said, expected):
        if code != wanted or not re.fullmatch(pattern, text):
            raise Failure(f"produce ends with {code} and says {text!r}, and not {pattern!r}")


def refusals(port: int) -> list[tuple[list[str], int, str]]:
    """Command lines that are refused at once, their status, and a part of the sentence."""
    return [
        (["durablerpc", "--port", f"{port}"], 1, "with --port, 0"),
        (["durablerpc", "--crash", "--port", f"{port}"], 1, "with --port, 0"),
        (["sagas", "--port", "0", "--ingress-port", f"{port}"], 1, "with --ingress-port, 0"),
        (["serve", "sagas", "--port", f"{port}"], 1, "with --port, 0"),
        (["parts", "--port", f"{port}"], 1, "with --port, 0"),
        (["runtime", "--ingress-port", f"{port}"], 1, "with --ingress-port and --admin-port, 0"),
        (["durablerpc", "app", "--app-port", f"{port}"], 1, "with --app-port, 0"),
        (["serve", "sagas", "--parts-url", "nowhere"], 2, "--parts-url must be an address like"),
        (["serve", "sagas", "--ingress", "localhost:8080"], 2, "--ingress must be an address like"),
        (["parts", "--ingress", "ftp://x"], 2, "See 'patterns parts --help'."),
        (["database", "--database-url", "nowhere"], 2, "--database-url must be an address like"),
        (["promiseasaservice", "example", "1", "p", "nope"], 2, "INGRESS must be an address like"),
        (["queue", "--write-sql"], 2, "There is no flag '--write-sql'"),
        # Its folder db is a file.
        (["database", "--write-sql"], 1, "The SQL cannot be written into the folder db: "),
        (["queue", "attach", '{"invocationId":"x"}'], 2, "attach wants the handle"),
        (["queue", "attach", "--port", "1"], 2, "See 'patterns queue attach --help'."),
        (["queue", "attach"], 2, "or the id in it. See"),
        (["promiseasaservice", "example"], 2, "example wants to know which one"),
        (["serve", "sagas", "--parts-url", "http://localhost:0"], 2, "--parts-url must be an"),
        (["queue", "attach", "x", "--ingress", "http://localhost:0"], 2, "--ingress must be an"),
        (["database", "--database-url", "postgres://h:0/d"], 2, "--database-url must be an"),
        # Flags that would change nothing.
        (["sagas", "--work-time", "1s"], 2, "There is no flag '--work-time'"),
        (["queue", "--app-port", "0"], 2, "There is no flag '--app-port'"),
        (["parts", "--interval", "1s"], 2, "There is no flag '--interval'"),
        (["serve", "sagas", "--interval", "1s"], 2, "about schedulingtasks and webhookcallbacks."),
        (["serve", "sagas", "--parts-url", "http://localhost:1", "--fail", "1"], 2,
         "about the outside parts"),
    ]


def check_refusals(built: pathlib.Path) -> list[str]:
    failures = []
    with tempfile.TemporaryDirectory() as folder, socket.socket() as taken:
        (pathlib.Path(folder) / "db").touch()
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for words, status, part in refusals(taken.getsockname()[1]):
            done = subprocess.run(
                [str(built.resolve() / "patterns"), *words], cwd=folder, text=True,
                capture_output=True, timeout=60)
            if done.returncode != status or part not in done.stderr:
                failures.append(
                    f"patterns {' '.join(words)} ends with {done.returncode} and says "
                    f"{done.stderr!r}, and not {status} and {part!r}")
    return failures + check_deleted_folder(built)


def check_deleted_folder(built: pathlib.Path) -> list[str]:
    """A file is written into a folder that does not exist any more."""
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && exec "$0" database --write-sql', str(built.resolve() / "patterns")],
        cwd=tempfile.mkdtemp(), text=True, capture_output=True, timeout=60)
    wanted = (
        "patterns: The SQL cannot be written into the folder db: the current folder does not exist "
        "any more.\n")
    if (done.returncode, done.stderr) == (1, wanted):
        return []
    return [f"in a deleted folder, patterns ends with {done.returncode} and says {done.stderr!r}"]


def effects(port: int) -> dict[str, int]:
    with urllib.request.urlopen(f"http://localhost:{port}/effects", timeout=10) as answer:
        found: dict[str, int] = {}
        for effect in json.load(answer):
            found[effect["step"]] = found.get(effect["step"], 0) + 1
        return found


def wait_for_effects(name: str, port: int):
    wanted = EFFECTS.get(name)
    end = time.monotonic() + 120
    while wanted and (found := effects(port)) != wanted:
        if time.monotonic() > end:
            raise Failure(f"the effects are {found}, and not {wanted}")
        time.sleep(0.2)


def play(built: pathlib.Path, name: str, crashes: bool, skipped: set[str]) -> str | None:
    """Plays a pattern. Returns what goes wrong."""
    running = None
    try:
        running = Pattern(built, name, crashes)
        effects_port = running.port("effects")
        ports = {
            running.port("ingress"): 8080, running.port("admin"): 9070,
        }
        wanted = lines_of_page(name)
        printed = running.lines(len(wanted))
        app = re.search(r"localhost:(\d+)/reserve", printed[0])
        if app:
            ports[int(app[1])] = 5050
        shown = [usual(line, ports) for line in printed]
        if shown != wanted:
            raise Failure(f"it prints {shown}, and the page has {wanted}")
        run(name, printed, built, skipped)
        if name == "eventtransactions":
            check_stream(built, running.port("ingress"))
        wait_for_effects(name, effects_port)
        if crashes and name == "statefulactors":
            killed = [line for line in running.output if line.startswith("--- ")]
            if not killed:
                raise Failure("nothing was killed")
        return None
    except (Failure, subprocess.TimeoutExpired, OSError) as failure:
        log = "\n    ".join(running.output[-15:]) if running else ""
        return f"{name}{' --crash' if crashes else ''}: {failure}\n    {log}"
    finally:
        if running:
            try:
                running.stop()
            except Failure as failure:
                return f"{name}: {failure}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--built", type=pathlib.Path, default=pathlib.Path(".build/debug"))
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args()
    skipped: set[str] = set()
    names = chosen.names or list(ANSWERS)
    tries = [(name, False) for name in names]
    tries += [(name, True) for name in CRASHING if name in names]
    asked = subprocess.run(
        [str(chosen.built / "patterns"), "database", "--help"], capture_output=True, text=True)
    if "This build has no PostgreSQL" in asked.stdout and "database" in names:
        tries.remove(("database", False))
        skipped.add("database: a build without PostgreSQL")
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(tries)) as pool:
        found = list(pool.map(lambda t: play(chosen.built, t[0], t[1], skipped), tries))
    refused = check_refusals(chosen.built)
    failures = [failure for failure in found if failure]
    for line in sorted(skipped):
        print(f"skipped  {line}")
    print(f"{len(tries) - len(failures)} of {len(tries)} patterns answer as the page says, "
          f"{time.monotonic() - began:.0f} s")
    for failure in failures + refused:
        print(f"\n{failure}")
    return 1 if failures or refused else 0


sys.exit(main())
