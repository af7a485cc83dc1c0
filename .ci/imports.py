#!/usr/bin/env python3
"""Fails if the client needs a transport of this package, or if a source knows no C library but Glibc.

The rest of `RestateClient` and of what it imports is Foundation and Swift's own modules. So it can be built where
Foundation is: nothing else of the package has to be. With `--links PROGRAM` it looks into a program that was
linked with the client, and with `--small PROGRAM` into one without Foundation.
"""

import pathlib
import re
import subprocess
import sys

IMPORT = re.compile(r"^(?:@\w+ )*(?:(?:public|package|internal|private) )*import (\w+)", re.M)
FORBIDDEN = {"RestateHTTP", "CNghttp2", "CLinux", "CSQLite", "CCrypto", "CPostgreSQL", "Restate"}
# What the client's modules may import besides each other.
SYSTEM = {
    "Foundation", "FoundationEssentials", "FoundationNetworking", "Dispatch", "Synchronization",
    "Glibc", "Musl", "Darwin",
}
CHOICE = re.compile(
    r"#if canImport\(Glibc\)\n((?:public |package |internal )?)import Glibc\n"
    r"#elseif canImport\(Musl\)\n\1import Musl\n"
    r"#elseif canImport\(Darwin\)\n\1import Darwin\n"
    r"#endif\n"
)


def sources(folder: str) -> list[pathlib.Path]:
    return sorted(pathlib.Path(folder).rglob("*.swift"))


def without_alternative() -> list[str]:
    """The sources that import or name Glibc and leave the other systems without."""
    found, count = [], 0
    for path in [*sources("Sources"), *sources("Examples")]:
        if ".build" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if "Glibc" not in text:
            continue
        count += 1
        rest = CHOICE.sub("", text)
        if re.search(r"^\s*(?:\w+ )*import (Glibc|Musl|Darwin)\b", rest, re.M):
            found.append(f"{path} imports Glibc without its alternatives Musl and Darwin.")
        if re.search(r"\b(Glibc|Musl|Darwin)\.\w", rest):
            found.append(f"{path} names Glibc before a function: another system has no such module.")
    if count < 30:
        found.append(f"Only {count} files with Glibc were found: the check does not see the sources.")
    return found


def reachable(first: str) -> tuple[set[str], list[str]]:
    """The modules of the package that the first one imports, by and by, and what is wrong with them."""
    seen, waiting, found = set(), [first], []
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        for path in sources(f"Sources/{module}"):
            for name in sorted(set(IMPORT.findall(path.read_text(encoding="utf-8")))):
                if name in FORBIDDEN:
                    found.append(f"{path} imports {name}, which {first} must not need.")
                elif pathlib.Path(f"Sources/{name}").is_dir():
                    waiting.append(name)
                elif name not in SYSTEM:
                    found.append(f"{path} imports {name}, which is not everywhere where Foundation is.")
    return seen, found


def lines(*command: str) -> list[str]:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()


def needs(program: str) -> tuple[list[str], list[str], list[str]]:
    """What a program wants: symbols, lines with the names of libraries, and what is wrong with the check."""
    wanted = [line.split()[-1] for line in lines("nm", "--undefined-only", program)]
    named = [line for line in lines("readelf", "--dynamic", "--wide", program) if "(NEEDED)" in line]
    if len(wanted) < 100 or not any("libswiftCore" in line for line in named):
        return [], [], [f"{len(wanted)} symbols were found in {program}: the check does not see them."]
    return wanted, named, []


def links(program: str) -> list[str]:
    """What a program wants of libnghttp2, of epoll and of other libraries that the client does not need."""
    wanted, named, mistakes = needs(program)
    return mistakes + [
        f"{program} wants {name}." for name in wanted
        if re.match(r"nghttp2_|epoll_|eventfd|accept4|sqlite3_|PQ[a-z]", name)
    ] + [
        f"{program} is linked with {line.split('[')[1].rstrip(']')}." for line in named
        if re.search(r"nghttp2|sqlite|libcrypto|libssl|libpq", line)
    ]


def large(program: str) -> list[str]:
    """What a program that was built with the trait `WithoutFoundation` has of the libraries that it is built without.

    Every program names Swift's library of regular expressions. A static one carries it only if it wants something of it.
    """
    wanted, named, mistakes = needs(program)
    return mistakes + [
        f"{program} wants {name}." for name in wanted if re.search(r"Foundation|17_StringProcessing", name)
    ] + [
        f"{program} is linked with {line.split('[')[1].rstrip(']')}." for line in named if "Foundation" in line
    ]


def main() -> int:
    if sys.argv[1:2] == ["--links"]:
        mistakes = [mistake for program in sys.argv[2:] for mistake in links(program)]
    elif sys.argv[1:2] == ["--small"]:
        mistakes = [mistake for program in sys.argv[2:] for mistake in large(program)]
    else:
        modules, mistakes = reachable("RestateClient")
        if "RestateServices" not in modules or "RestateMachine" not in modules:
            mistakes.append("The check does not see what the client imports.")
        mistakes += without_alternative()
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
