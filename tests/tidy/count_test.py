#!/usr/bin/python3 -B
"""The closing line of make test counts what it should: tools/count_tests.py on made-up events."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from count_tests import count  # noqa: E402  (found through the line above)


class Count(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def result(self, label, status, xml):
        report = pathlib.Path(self.folder.name) / label.strip("/").replace(":", "_")
        report.write_text(xml, encoding="utf-8")
        return {"id": {"testResult": {"label": label, "shard": 1}},
                "testResult": {"status": status, "testActionOutput": [
                    {"name": "test.xml", "uri": report.as_uri()}]}}

    @staticmethod
    def completed(label, success):
        return {"id": {"targetCompleted": {"label": label}},
                "completed": {"success": True} if success else {}}

    def expect(self, events, passed, failed):
        self.assertEqual(count(json.dumps(e) for e in events), (passed, failed))

    def test_cases_are_counted_not_targets(self):
        xml = "<testsuite><testcase/><testcase><failure/></testcase></testsuite>"
        self.expect([self.result("//a:a", "FAILED", xml)], 1, 1)

    def test_a_skipped_case_has_failed(self):
        xml = "<testsuite><testcase name='a' status='notrun'/><testcase name='b'/></testsuite>"
        self.expect([self.result("//a:a", "PASSED", xml)], 1, 1)

    def test_a_crash_without_a_failed_case_is_one_failure(self):
        self.expect([self.result("//a:a", "FAILED", "<testsuite><testcase/></testsuite>")], 0, 1)
        self.expect([self.result("//a:a", "TIMEOUT", "not xml")], 0, 1)

    def test_what_does_not_build_has_failed_once(self):
        self.expect([self.completed("//a:a", True), self.completed("//a:b", False)], 0, 1)
        xml = "<testsuite><testcase><error/></testcase></testsuite>"
        failed = self.result("//a:a", "FAILED", xml)
        self.expect([failed, self.completed("//a:a", False)], 0, 1)


if __name__ == "__main__":
    unittest.main()
