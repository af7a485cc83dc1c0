#!/usr/bin/env python3
"""Tries the proxies' files of this folder: nginx, HAProxy and Caddy as Debian has them.

    apt-get install -y nginx haproxy caddy openssl curl
    docs/deploy/proxies/try.py .build/debug             # the folder of restate-local, nexus and nexus-endpoint
    docs/deploy/proxies/try.py .build/debug --step 100  # one step of that many seconds through each, too

The files are taken as they stand; ports, certificates and the names of hosts are put in. Each proxy stands with TLS in
front of an endpoint. The local runtime speaks no TLS to endpoints, so a second HAProxy beside it does (`unwrap`):

    restate-local -> unwrap -> TLS, HTTP/2 -> the proxy that is tried -> nexus-endpoint serve
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
WRAPPED = "daemon off; pid {work}/nginx.pid; error_log {work}/nginx.log; events {{}}\nhttp {{ access_log off;\n{text}\n}}\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url: str, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as answer:
        return answer.read().decode()


def until(what: str, test) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            test()
            return
        except (OSError, subprocess.CalledProcessError):
            if time.monotonic() > end:
                sys.exit(f"not within 30 s: {what}")
            time.sleep(0.1)


def certificate(work: pathlib.Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", work / "key.pem",
         "-out", work / "cert.pem"],
        check=True, capture_output=True)
    (work / "both.pem").write_text((work / "cert.pem").read_text() + (work / "key.pem").read_text())


def configured(name: str, work: pathlib.Path, port: int, endpoint: int) -> list:
    """Writes a proxy's file with our ports and certificates; returns the command that runs it."""
    text = (HERE / name).read_text()
    text = text.replace("/etc/ssl/nexus", str(work)).replace("127.0.0.1:9080", f"127.0.0.1:{endpoint}")
    text = text.replace("https://nexus.example", f"https://localhost:{port}").replace("nexus.example", "localhost")
    text = re.sub(r"(listen |bind :)443\b", rf"\g<1>{port}", text)
    path = work / name
    if name.startswith("nginx"):
        path.write_text(WRAPPED.format(work=work, text=text))
        return ["nginx", "-p", work, "-c", path]
    if name == "Caddyfile":
        if tuple(map(int, re.findall(r"\d+", version("Caddyfile"))[:2])) < (2, 11):
            # The limit that this raises, and its name, are of later versions.
            text = re.sub(r"\t\ttimeouts \{.*?\n\t\t\}\n", "", text, flags=re.S)
        path.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n" + text.split("{\n", 1)[1])
        return ["caddy", "run", "--adapter", "caddyfile", "--config", path]
    path.write_text(text)
    return ["haproxy", "-db", "-f", path]


def version(name: str) -> str:
    command = {"n": ["nginx", "-v"], "h": ["haproxy", "-v"], "C": ["caddy", "version"]}[name[0]]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.search(r"\d+\.\d+\.\d+", ended.stdout + ended.stderr).group()


UNWRAP = """
defaults
    mode http
    timeout connect 5s
    timeout client 15m
    timeout server 15m
listen unwrap
    bind 127.0.0.1:{unwrap} proto h2
    server proxy localhost:{port} ssl sni str(localhost) verify required ca-file {work}/cert.pem alpn h2
"""


def attempt(name: str, built: pathlib.Path, step: int, work: pathlib.Path, start) -> str:
    endpoint, port, unwrap, ingress, admin = (free_port() for _ in range(5))
    certificate(work)
    serve = [built / "nexus-endpoint", "serve", "--port", str(endpoint)]
    if step:
        serve += ["--mail-time", f"{step}s", "--mail-limit", f"{3 * step + 60}s"]
    start(serve)
    start(configured(name, work, port, endpoint))
    (work / "unwrap.cfg").write_text(UNWRAP.format(unwrap=unwrap, port=port, work=work))
    start(["haproxy", "-db", "-f", work / "unwrap.cfg"])
    start([built / "restate-local", "--ingress-port", str(ingress), "--admin-port", str(admin)])

    curl = ["curl", "-sf", "--cacert", work / "cert.pem", "-w", " HTTP/%{http_version}", f"https://localhost:{port}/health"]
    until(f"{name} answers", lambda: subprocess.run(curl, check=True, capture_output=True))
    protocol = subprocess.run(curl, check=True, capture_output=True, text=True).stdout.split()[-1]
    urls = f"http://127.0.0.1:{ingress}", f"http://127.0.0.1:{admin}"
    until("the local runtime answers", lambda: ask(urls[1] + "/health"))
    until("the endpoint is registered", lambda: ask(urls[1] + "/deployments", {"uri": f"http://localhost:{unwrap}"}))
    if step:
        before = time.monotonic()
        said = ask(urls[0] + "/Checkout/process", {"ticketId": "seat-1", "userId": "alice"})
        took = time.monotonic() - before
        mails = json.loads(ask(f"http://127.0.0.1:{endpoint}/api/outbox"))
        return f"{protocol}: {said} after {took:.0f} s with {len(mails)} mail"
    ended = subprocess.run(
        [built / "nexus", "scenarios", "--url", urls[0], "--admin-url", urls[1], "--gateway-url",
         f"http://127.0.0.1:{endpoint}"], capture_output=True, text=True)
    if ended.returncode != 0:
        sys.exit(f"{name}:\n{ended.stdout}{ended.stderr}")
    return f"{protocol}: {ended.stdout.splitlines()[-1]}"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("built", type=pathlib.Path, help="the folder of restate-local, nexus and nexus-endpoint")
    words.add_argument("--step", type=int, default=0, metavar="S", help="tries one step of S seconds instead of the scenarios")
    words.add_argument("names", nargs="*", metavar="FILE", help="which files are tried (all that Debian can)")
    told = words.parse_args()
    for name in told.names or ["nginx-grpc.conf", "nginx-http1.conf", "haproxy.cfg", "Caddyfile"]:
        work, children = pathlib.Path(tempfile.mkdtemp()), []

        def start(command: list) -> None:
            log = (work / f"{len(children)}.log").open("w")
            children.append(subprocess.Popen(
                list(map(str, command)), stdout=log, stderr=log, cwd=work, env={**os.environ, "HOME": str(work)}))

        try:
            print(f"{name} {version(name)}  {attempt(name, told.built.resolve(), told.step, work, start)}", flush=True)
        except BaseException:
            for log in sorted(work.glob("*.log")):
                print(f"== {log.name}\n{log.read_text()[-2000:]}", file=sys.stderr)
            raise
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait()
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
