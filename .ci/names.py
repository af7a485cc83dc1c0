#!/usr/bin/env python3
"""Fails if two modules declare a type of the same name.

A reader who meets a name should know which one it is, without looking at the imports of the file.
Private types do not count: nobody meets them outside of their file.
"""

import collections
import pathlib
import re
import sys

DECLARATION = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*"
    r"(?:(?:package|public|open|internal|indirect|final|nonisolated)\s+)*"
    r"(?:struct|class|enum|protocol|actor|typealias)\s+([A-Z]\w*)"
)


def main() -> int:
    modules = collections.defaultdict(set)
    for path in pathlib.Path("Sources").rglob("*.swift"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := DECLARATION.match(line):
                modules[found.group(1)].add(path.parts[1])
    doubles = {name: where for name, where in modules.items() if len(where) > 1}
    for name, where in sorted(doubles.items()):
        print(f"{name} is declared in {', '.join(sorted(where))}: give each its own name.")
    if len(modules) < 500:
        print(f"Only {len(modules)} types were found: the check does not see the sources.")
        return 1
    return 1 if doubles else 0


if __name__ == "__main__":
    sys.exit(main())
