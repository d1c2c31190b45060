#!/usr/bin/python3 -B
"""Holds the sources against STYLE.md. Prints each finding as `path: rule: what`, then ends with 1.

allow.txt excuses old findings: `rule path count`. The count may only shrink: more findings than
allowed fail, an entry without findings fails too, and `check.py --shrink` lowers all counts to what
is found.
"""

import collections
import os
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

from rules import RULES
from sources import ROOT, Tree

ALLOW = "tests/tidy/allow.txt"


def parse_allow(text):
    allowed = {}
    for line in text.split("\n"):
        words = line.split("#")[0].split()
        if words:
            rule, path, count = words
            allowed[rule, path] = int(count)
    return allowed


def problems(rule, findings, allowed):
    """The findings that no entry excuses, and the entries that excuse nothing."""
    by_path = collections.defaultdict(list)
    for path, what in findings:
        by_path[path].append(what)
    for path, found in sorted(by_path.items()):
        limit = allowed.get((rule, path), 0)
        if len(found) > limit:
            note = f" ({len(found)} found, {limit} allowed)" if limit else ""
            yield from (f"{path}: {rule}: {what}{note}" for what in found)
    for known, path in allowed:
        if known == rule and path not in by_path:
            yield f"{ALLOW}: {rule}: {path} no longer needs its entry"


def shrink(tree, allowed):
    """The allow-list with every count lowered to what is found today."""
    lines = []
    for line in tree[ALLOW].split("\n"):
        words = line.split("#")[0].split()
        if words:
            rule, path, count = words
            found = sum(1 for where, _ in RULES[rule](tree) if where == path)
            if not found:
                continue
            line = line.replace(f" {count}", f" {min(found, allowed[rule, path])}", 1)
        lines.append(line)
    (ROOT / ALLOW).write_text("\n".join(lines), encoding="utf-8")


def report(results):
    """A test.xml with one case per rule, where Bazel asks for it."""
    path = os.environ.get("XML_OUTPUT_FILE")
    if not path:
        return
    suite = ElementTree.Element("testsuite", name="tidy", tests=str(len(results)))
    for rule, found in results.items():
        case = ElementTree.SubElement(suite, "testcase", classname="tidy", name=rule)
        if found:
            ElementTree.SubElement(case, "failure", message="\n".join(found))
    pathlib.Path(path).write_bytes(ElementTree.tostring(suite))


def main():
    tree = Tree.read()
    allowed = parse_allow(tree[ALLOW])
    if sys.argv[1:] == ["--shrink"]:
        shrink(tree, allowed)
        return 0
    results = {rule: list(problems(rule, check(tree), allowed)) for rule, check in RULES.items()}
    for rule, _ in allowed:
        if rule not in RULES:
            results.setdefault("allow", []).append(f"{ALLOW}: no rule {rule}")
    report(results)
    for found in results.values():
        print("\n".join(found), end="\n" if found else "")
    return any(results.values())


if __name__ == "__main__":
    sys.exit(main())
