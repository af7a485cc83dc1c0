"""The processes behind the page: a payment gateway, a local runtime, and the endpoint that serves it."""

import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Town:
    """All three on ports that stay, so that each can be killed and come back. Use it in a `with`."""

    def __init__(self, built: str, *flags: str, charge_time: str = "100ms"):
        self.built = pathlib.Path(built)
        self.flags = flags
        self.folder = tempfile.TemporaryDirectory(prefix="town-")
        self.ports = {name: free_port() for name in ["gateway", "endpoint", "ingress", "admin"]}
        self.processes = {}
        self.charge_time = charge_time

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['endpoint']}/"

    def start(self, name: str) -> None:
        ports = self.ports
        here = ["--host", "127.0.0.1"]
        command = {
            "gateway": ["nexus", "gateway", *here, "--port", f"{ports['gateway']}",
                        "--charge-time", self.charge_time],
            "endpoint": ["nexus", "serve", *here, "--port", f"{ports['endpoint']}",
                         "--gateway-url", f"http://127.0.0.1:{ports['gateway']}",
                         "--ingress-url", f"http://127.0.0.1:{ports['ingress']}", *self.flags],
            "runtime": ["restate-local", *here, "--ingress-port", f"{ports['ingress']}",
                        "--admin-port", f"{ports['admin']}", "--data", f"{self.folder.name}/data",
                        "--register", self.url.rstrip("/")],
        }[name]
        log = open(pathlib.Path(self.folder.name, f"{name}.log"), "ab")
        self.processes[name] = subprocess.Popen(
            [self.built / command[0], *command[1:]], stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def __enter__(self) -> "Town":
        for name in ["gateway", "endpoint", "runtime"]:
            self.start(name)
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.call("SeatMap/global/get") and self
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def __exit__(self, kind, *_) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait()
        if kind:
            for log in pathlib.Path(self.folder.name).glob("*.log"):
                print(f"-- {log.name}\n{log.read_text()[-2000:]}")
        self.folder.cleanup()

    def call(self, path: str, argument=None):
        """Calls a handler as anybody can, past the page."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['ingress']}/{path}",
            data=b"" if argument is None else json.dumps(argument).encode(), method="POST")
        if argument is not None:
            request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def sell(self, seat: str, to: str = "somebody") -> None:
        self.call("Checkout/process", {"ticketId": seat, "userId": to})

    def hold(self, seat: str) -> None:
        self.call(f"Ticket/{seat}/reserve", "somebody")
        self.call("SeatMap/global/set", {"seatId": seat, "status": "RESERVED"})

    def charges(self, booking: str) -> int:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.ports['gateway']}/api/mock-payment/ledger"
        ) as answer:
            ledger = json.load(answer)
        return sum(each["charges"] for each in ledger if each["key"] == booking)
