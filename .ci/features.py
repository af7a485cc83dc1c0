#!/usr/bin/env python3
"""Fails if docs/features.md names a test that does not exist, or says yes without one.

A suite (`RunTests`) is a type of Tests, a sentence (`a future that nobody awaits is never run`) is the
name of a test in a file with the suite that was named before it, and a path (`Tests/…`, `.ci/…`) is a file.
"""

import collections
import pathlib
import re
import sys

PAGE = pathlib.Path("docs/features.md")
TYPE = re.compile(r"^[^/\"\n]*\b(?:struct|class|enum|actor|extension)\s+(\w+)", re.M)
TEST = re.compile(r"\bfunc `([^`]+)`")
SUITE = re.compile(r"[A-Z]\w*(?:Tests|Page|Pages|Programs)")


def suites() -> dict[str, set[str]]:
    """The sentences of all files that declare a type of the name."""
    found = collections.defaultdict(set)
    for path in pathlib.Path("Tests").rglob("*.swift"):
        text = path.read_text(encoding="utf-8")
        for name in TYPE.findall(text):
            found[name].update(TEST.findall(text))
    return found


def mistakes(row: list[str], known: dict[str, set[str]]) -> list[str]:
    verdict, proof = row[2], row[3]
    if not proof:
        return ["it has neither a test nor a reason"]
    found, named, suite = [], 0, None
    for text in re.findall(r"`([^`]+)`", proof):
        if text.startswith(("Tests/", ".ci/")):
            named += 1
            if not pathlib.Path(text).is_file():
                found.append(f"there is no file {text}")
        elif SUITE.fullmatch(text):
            suite = text
            if suite not in known:
                found.append(f"there is no suite '{suite}'")
        elif re.match(r"[a-z]+ |[A-Z0-9]+ [a-z]", text):
            named += 1
            if text not in known.get(suite, ()):
                found.append(f"'{suite}' has no test '{text}'")
    if verdict.startswith("yes") and named == 0:
        found.append("it says yes and names no test")
    return found


def main() -> int:
    known = suites()
    rows, failed = 0, False
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("| ") or line.startswith(("| ---", "| feature |")):
            continue
        rows += 1
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if len(row) != 4 or not re.match(r"(yes|part|no|none needed)\b", row[2]):
            said = ["a row has a feature, who else has it, yes, part or no, and tests or a reason"]
        else:
            said = mistakes(row, known)
        for mistake in said:
            failed = True
            print(f"{PAGE}:{number}: {row[0]}: {mistake}")
    if rows < 100:
        print(f"Only {rows} rows were found: the check does not see the page.")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
