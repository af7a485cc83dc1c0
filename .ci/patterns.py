#!/usr/bin/env python3
"""Copies the code of the patterns into docs/patterns.md.

Behind a line `<!-- code: PATH -->` comes the file's text as a block, behind `<!-- lines: NAME -->` the lines for a shell
that the command prints. A test compares them.
"""

import pathlib
import re

PAGE = pathlib.Path("docs/patterns.md")
TABLES = sorted(pathlib.Path("Sources/Patterns").glob("Pattern+*.swift"))


def lines_of(name: str) -> str:
    found = re.search(
        rf'name: "{name}".*?lines: """\n(.*?)\n +"""',
        "".join(t.read_text(encoding="utf-8") for t in TABLES),
        re.S,
    )
    text = found.group(1)
    indent = min(len(l) - len(l.lstrip()) for l in text.splitlines() if l)
    return "\n".join(l[indent:] for l in text.splitlines()).replace("\\\\", "\\")


def block(kind: str, what: str) -> str:
    if kind == "code":
        return f"```swift\n{pathlib.Path(what).read_text(encoding='utf-8')}```\n"
    return f"```sh\n{lines_of(what)}\n```\n"


page = PAGE.read_text(encoding="utf-8")
page = re.sub(
    r"(<!-- (code|lines): (\S+) -->\n)(?:```.*?\n```\n)?",
    lambda m: m.group(1) + block(m.group(2), m.group(3)),
    page,
    flags=re.S,
)
PAGE.write_text(page, encoding="utf-8")
