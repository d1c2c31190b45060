"""Counts the test cases in a file of Bazel's build events and prints "N passed, M failed".

A target that did not build, or whose test wrote no report, counts as one failure. Ends with status
1 unless something passed and nothing failed.
"""

import json
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree


def cases(report):
    """(passed, failed) of one test.xml; a case that was skipped counts as failed."""
    passed = failed = 0
    for case in ElementTree.parse(report).iter("testcase"):
        bad = case.get("status") in ("notrun", "skipped") or any(
            case.find(tag) is not None for tag in ("failure", "error", "skipped"))
        failed += bad
        passed += not bad
    return passed, failed


def count(lines):
    passed = failed = 0
    reports = {}
    broken = set()
    for line in lines:
        event = json.loads(line)
        name = event["id"]
        if "testResult" in name:
            test = name["testResult"]
            key = (test["label"], test.get("shard", 1))
            good = event["testResult"].get("status") == "PASSED"
            outputs = event["testResult"].get("testActionOutput", [])
            files = {f["name"]: f.get("uri", "") for f in outputs}
            reports[key] = (good, urllib.parse.urlparse(files.get("test.xml", "")).path)
        elif "targetCompleted" in name and not event.get("completed", {}).get("success"):
            broken.add(name["targetCompleted"]["label"])
        elif event.get("aborted", {}).get("reason") in ("LOADING_FAILURE", "ANALYSIS_FAILURE"):
            broken.add(json.dumps(name))
    for good, report in reports.values():
        try:
            ok, bad = cases(urllib.request.unquote(report))
        except (OSError, ElementTree.ParseError):
            ok, bad = 0, 0
        if not good and bad == 0:
            ok, bad = 0, 1
        passed += ok
        failed += bad
    tested = {label for label, _ in reports}
    return passed, failed + len(broken - tested)


def main():
    with open(sys.argv[1], encoding="utf-8") as events:
        passed, failed = count(events)
    if passed == 0 and failed == 0:
        failed = 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
