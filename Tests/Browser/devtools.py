"""A headless Chromium, driven over its DevTools protocol with the standard library alone."""

import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

# What a key event needs besides the key's name.
KEYS = {
    "Enter": (13, "\r"),
    "Escape": (27, None),
    "Tab": (9, None),
    " ": (32, " "),
    "End": (35, None),
    "Home": (36, None),
    "ArrowLeft": (37, None),
    "ArrowUp": (38, None),
    "ArrowRight": (39, None),
    "ArrowDown": (40, None),
}


class Failure(Exception):
    """What a check found, or what the browser did not do."""


class WebSocket:
    """As much of RFC 6455 as a client of a local browser needs: text, unmasked answers, pings."""

    def __init__(self, port: int, path: str):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise Failure(f"The browser takes no connection: {head.decode()}")

    def fill(self) -> None:
        chunk = self.socket.recv(1 << 16)
        if not chunk:
            raise Failure("The browser has closed the connection.")
        self.buffer += chunk

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self.fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def send(self, text: str, opcode: int = 1) -> None:
        data = text.encode()
        size = len(data)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += bytes([0x80 | 126]) + size.to_bytes(2, "big")
        else:
            head += bytes([0x80 | 127]) + size.to_bytes(8, "big")
        # A mask of zeros is a mask.
        self.socket.sendall(head + bytes(4) + data)

    def receive(self) -> str:
        text = b""
        while True:
            first, second = self.take(2)
            size = second & 0x7F
            if size == 126:
                size = int.from_bytes(self.take(2), "big")
            elif size == 127:
                size = int.from_bytes(self.take(8), "big")
            data = self.take(size)
            opcode = first & 0x0F
            if opcode == 9:
                self.send(data.decode(), opcode=10)
            elif opcode == 8:
                raise Failure("The browser has ended.")
            elif opcode in (0, 1):
                text += data
                if first & 0x80:
                    return text.decode()


class Browser:
    """The browser's process. Use it in a `with`."""

    def __init__(self, program: str):
        self.folder = tempfile.mkdtemp(prefix="browser-")
        self.process = subprocess.Popen(
            [
                program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--remote-debugging-port=0", f"--user-data-dir={self.folder}", "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.number = 0
        self.pages = {}
        place = pathlib.Path(self.folder, "DevToolsActivePort")
        deadline = time.monotonic() + 60
        while not (place.exists() and place.read_text().count("\n")):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Failure(f"{program} does not start.")
            time.sleep(0.05)
        port, path = place.read_text().split("\n")[:2]
        self.socket = WebSocket(int(port), path)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method: str, session: str | None = None, **parameters) -> dict:
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.receive())
            if answer.get("id") == number:
                if "error" in answer:
                    raise Failure(f"{method}: {answer['error']['message']}")
                return answer["result"]
            if page := self.pages.get(answer.get("sessionId")):
                page.note(answer)

    def visitor(self) -> str:
        """Somebody with cookies and a memory of their own, for `open`."""
        return self.call("Target.createBrowserContext")["browserContextId"]

    def open(self, url: str, visitor: str, width: int = 1280, height: int = 900) -> "Page":
        return Page(self, url, visitor, width, height)


class Page:
    """One window."""

    def __init__(self, browser: Browser, url: str, visitor: str, width: int, height: int):
        self.browser = browser
        # What the page complains of, but for requests that do not reach anybody.
        self.complaints = []
        self.target = browser.call(
            # A tab would put those before it into the background.
            "Target.createTarget", url="about:blank", browserContextId=visitor, newWindow=True,
        )["targetId"]
        self.session = browser.call(
            "Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        browser.pages[self.session] = self
        for domain in ["Page", "Runtime", "Log"]:
            self.call(f"{domain}.enable")
        self.size(width, height)
        self.prefer(dark=False)
        self.call("Page.navigate", url=url)

    def call(self, method: str, **parameters) -> dict:
        return self.browser.call(method, self.session, **parameters)

    def note(self, event: dict) -> None:
        parameters = event["params"]
        if event["method"] == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(
                details.get("exception", {}).get("description", details["text"]))
        elif event["method"] == "Runtime.consoleAPICalled":
            if parameters["type"] in ("error", "warning", "assert"):
                self.complaints.append(str([each.get("value") for each in parameters["args"]]))
        elif event["method"] == "Log.entryAdded":
            entry = parameters["entry"]
            if entry["level"] in ("error", "warning") and entry["source"] != "network":
                self.complaints.append(entry["text"])

    def size(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=False)

    def prefer(self, dark: bool) -> None:
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def evaluate(self, script: str):
        result = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise Failure(
                f"{script}: {details.get('exception', {}).get('description', details['text'])}")
        return result["result"].get("value")

    def wait(self, script: str, seconds: float = 30):
        """The script's value, as soon as it is true."""
        deadline = time.monotonic() + seconds
        while True:
            found = f"const found = {script}; return found instanceof Node ? true : found"
            if value := self.evaluate(f"(() => {{ try {{ {found} }} catch {{}} }})()"):
                return value
            if time.monotonic() > deadline:
                text = " ".join(self.evaluate("document.body.innerText").split())
                raise Failure(f"Not within {seconds} s: {script}\nThe page says:\n{text}")
            time.sleep(0.02)

    def press(self, *keys: str) -> None:
        for key in keys:
            code, text = KEYS[key]
            extra = {"text": text} if text else {}
            self.call(
                "Input.dispatchKeyEvent", type="keyDown", key=key, code=key,
                windowsVirtualKeyCode=code, **extra)
            self.call(
                "Input.dispatchKeyEvent", type="keyUp", key=key, code=key,
                windowsVirtualKeyCode=code)

    def click(self, selector: str) -> None:
        box = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); "
            "e.scrollIntoView({ block: 'nearest' }); const r = e.getBoundingClientRect(); "
            "return [r.x + r.width / 2, r.y + r.height / 2] })()")
        for kind in ["mousePressed", "mouseReleased"]:
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left",
                clickCount=1)

    def reload(self) -> None:
        self.call("Page.reload")
        time.sleep(0.1)

    def picture(self, path: str) -> None:
        data = self.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def close(self) -> None:
        self.browser.pages.pop(self.session, None)
        self.browser.call("Target.closeTarget", targetId=self.target)
