"""Rules about the tree as a whole: what stands where, and whether the documents keep their word."""

import posixpath
import re

TOP = {"common", "services", "protos", "k8s", "tests", "tools", "docs", "bazel", ".ci"}
SERVICE_FILES = (
    "README.md", "BUILD.bazel", "main.cc", "service.cc", "service.h", "tables.cc", "tables.h")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"`([\w/.-]+\.\w+)(?::(\w+)\.(\w+))?`")
ADR_HEADINGS = ("# ", "## Status", "## Context", "## Decision", "## Consequences")


def top_level(tree):
    for folder in sorted({p.split("/")[0] for p in tree if "/" in p} - TOP):
        yield folder, "not a folder of the layout"


def service_shape(tree):
    """Learn one service, know four. The gateway owns no data and is exempt."""
    services = {p.split("/")[1] for p in tree if p.startswith("services/") and p.count("/") > 1}
    for service in sorted(services - {"gateway"}):
        for name in SERVICE_FILES:
            if f"services/{service}/{name}" not in tree:
                yield f"services/{service}", f"has no {name}"


def links(tree):
    """Every link to a file of the repository leads somewhere."""
    folders = {posixpath.dirname(p) for p in tree}
    folders |= {"/".join(f.split("/")[:n]) for f in folders for n in range(f.count("/") + 1)}
    for path, text in tree.items():
        if not path.endswith(".md"):
            continue
        for target in LINK.findall(FENCE.sub("", text)):
            target = target.split("#")[0]
            if not target or "://" in target or target.startswith("mailto:"):
                continue
            resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if resolved not in tree and resolved not in folders and resolved != ".":
                yield path, f"link to {target}, which does not exist"


def features(tree):
    """Every row of docs/features.md names tests, and each of them exists."""
    for line in tree.get("docs/features.md", "").split("\n"):
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) != 3 or not re.fullmatch(r"[A-Z]\d+", cells[0]):
            continue
        shown = SHOWN.findall(cells[2])
        if not shown:
            yield "docs/features.md", f"{cells[0]} names no test"
        for file, suite, case in shown:
            text = tree.get(file)
            if text is None:
                yield "docs/features.md", f"{cells[0]}: {file} does not exist"
            elif suite and not re.search(rf"\bTEST\w*\(\s*{suite},\s*{case}\s*\)", text):
                yield "docs/features.md", f"{cells[0]}: {file} has no test {suite}.{case}"


def adr(tree):
    """Decisions are numbered without gaps and have the five headings in order."""
    decisions = sorted(p for p in tree if re.fullmatch(r"docs/adr/\d{4}-[a-z0-9-]+\.md", p))
    numbers = [int(p.split("/")[-1][:4]) for p in decisions]
    for missing in sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers)):
        yield "docs/adr", f"no decision {missing:04d}"
    for path in decisions:
        position = -1
        for heading in ADR_HEADINGS:
            found = ("\n" + tree[path]).find("\n" + heading, position + 1)
            if found < position or found < 0:
                yield path, f"lacks the heading {heading.strip('# ') or 'title'} in its place"
                break
            position = found
