#!/usr/bin/python3 -B
"""Breaks every rule once in a small tree that is clean otherwise, and once more with an excuse."""

import unittest

from check import parse_allow, problems
from rules import RULES, style
from sources import Tree, functions

ADR = "# 1. One\n\n## Status\n\n## Context\n\n## Decision\n\n## Consequences\n"
CLEAN = Tree({
    "common/store/store.h": "// Rows.\n#pragma once\nnamespace pingan {}\n",
    "services/disputes/agreement.h": '// Rules.\n#pragma once\n#include "common/base/status.h"\n',
    "services/disputes/agreement_test.cc": "TEST(Agreement, Signs) {\n}\n",
    "docs/features.md": "| D1 | rows | `services/disputes/agreement_test.cc:Agreement.Signs` |\n",
    "docs/adr/0001-one.md": ADR,
    "README.md": "[design](docs/adr/0001-one.md#status) [out](https://example.org) [here](docs)\n",
    "STYLE.md": "".join(f"| said | `{name}` |\n" for name in RULES),
    **{f"services/disputes/{name}": "" for name in
       ("README.md", "BUILD.bazel", "main.cc", "service.cc", "tables.cc")},
    "services/disputes/service.h": "// S.\n#pragma once\n",
    "services/disputes/tables.h": "// T.\n#pragma once\n",
})
LONG = "void F() {\n" + "  G();\n" * 70 + "}\n"

# Rule, file, its text (None: the file is gone).
BROKEN = [
    ("file-length", "common/base/a.cc", "int a;\n" * 401),
    ("function-length", "common/base/a.cc", "namespace pingan {\n" + LONG + "}\n"),
    ("function-length", "common/base/a.cc", "class C {\n int f_{0};\n C() : f_{1} {}\n" + LONG + "};\n"),
    ("width", "common/base/a.cc", "// " + "x" * 98 + "\n"),
    ("banned-words", "common/base/a.cc", "// TO" + "DO: later\n"),
    ("banned-words", "common/base/a_test.cc", "TEST(A, DIS" + "ABLED_B) {}\n"),
    ("banned-words", "docs/a.md", "FIX" + "ME\n"),
    ("sleep", "common/base/a_test.cc", "void F() { std::this_thread::sleep_for(ms); }\n"),
    ("sleep", "common/base/a_test.cc",
     "absl::Notification never;\nnever.WaitForNotificationWithTimeout(x);\n"),
    ("namespaces", "common/base/a.cc", "namespace pingan::base::detail {\n"),
    ("namespaces", "common/base/a.h", "// A.\n#pragma once\nnamespace v1 = pingan::base;\n"),
    ("string-view", "common/base/a.h", "// A.\n#pragma once\nint F(absl::string_view s);\n"),
    ("two-bools", "common/base/a.h", "// A.\n#pragma once\nint F(bool a, bool b = false);\n"),
    ("real-clock", "common/base/a.cc", "auto t = absl::Now();\n"),
    ("real-clock", "services/disputes/agreement.cc", "std::random_device d;\n"),
    ("using-namespace", "common/base/a.cc", "using namespace std;\n"),
    ("exceptions", "common/base/a.cc", "void F() { throw 1; }\n"),
    ("header-opening", "common/base/a.h", "#pragma once\n"),
    ("header-opening", "common/base/a.h", "// A.\nint a;\n"),
    ("file-names", "common/base/helpers.cc", ""),
    ("file-names", "common/base/CamelCase.cc", ""),
    ("layers", "common/base/a.cc", '#include "services/disputes/agreement.h"\n'),
    ("layers", "common/base/a.cc", '#include "common/store/store.h"\n'),
    ("layers", "services/population/a.cc", '#include "services/disputes/agreement.h"\n'),
    ("pure", "services/disputes/agreement.cc", '#include "common/store/store.h"\n'),
    ("pure", "services/disputes/agreement.cc", '#include "common/cache/l1.h"\n'),
    ("pure", "services/disputes/agreement.cc", '#include "common/base/clock.h"\n'),
    ("pure", "services/disputes/agreement.cc", "#include <grpcpp/server.h>\n"),
    ("pure", "services/disputes/agreement.cc", "#include <fstream>\n"),
    ("drivers", "common/store/query.cc", "#include <libpq-fe.h>\n"),
    ("drivers", "common/rpc/a.cc", "#include <sqlite3.h>\n"),
    ("drivers", "services/disputes/service.cc", "#include <hiredis/hiredis.h>\n"),
    ("tests-apart", "common/base/a.cc", '#include "common/testing/matchers.h"\n'),
    ("top-level", "scripts/a.sh", ""),
    ("service-shape", "services/disputes/tables.cc", None),
    ("links", "docs/adr/0001-one.md", ADR + "[gone](0002-two.md)\n"),
    ("features", "services/disputes/agreement_test.cc", "TEST(Agreement, Other) {\n}\n"),
    ("features", "services/disputes/agreement_test.cc", None),
    ("features", "docs/features.md", "| D1 | rows | nothing |\n"),
    ("adr", "docs/adr/0001-one.md", ADR.replace("## Context\n", "")),
    ("adr", "docs/adr/0003-three.md", ADR),
    ("style", "STYLE.md", "| said | `width` |\n"),
    ("style", "STYLE.md", CLEAN["STYLE.md"] + "| said | `unchecked` |\n"),
]


def without(tree, path):
    return Tree({p: t for p, t in tree.items() if p != path})


class Tidy(unittest.TestCase):
    def test_a_clean_tree_has_no_findings(self):
        for name, rule in RULES.items():
            with self.subTest(name):
                self.assertEqual(list(rule(CLEAN)), [])

    def test_each_broken_rule_is_found(self):
        for name, path, text in BROKEN:
            with self.subTest(name, path=path):
                tree = without(CLEAN, path)
                if text is not None:
                    tree[path] = text
                self.assertNotEqual(list(RULES[name](tree)), [])

    def test_every_rule_is_broken_here(self):
        self.assertEqual(set(RULES), {name for name, _, _ in BROKEN} | {"median-length"})
        grown = Tree({f"common/base/f{n}.cc": "int a;\n" * 130 for n in range(3)})
        self.assertNotEqual(list(RULES["median-length"](grown)), [])

    def test_comments_and_literals_are_no_code(self):
        text = "// absl::Now() throw x\nconst char* a = \"using namespace std; {\";\nint b = 1'000;\n"
        tree = Tree({"common/base/a.cc": text})
        for rule in ("real-clock", "using-namespace", "exceptions"):
            self.assertEqual(list(RULES[rule](tree)), [])

    def test_functions_are_measured_from_their_head(self):
        text = "class A {\n  int F() const {\n    if (a) {\n      b();\n    }\n  }\n};\nint G() {}\n"
        self.assertEqual(functions(text), [(2, 6), (8, 8)])

    def test_the_allow_list_excuses_only_so_many(self):
        allowed = parse_allow("# why\nwidth a.cc 2  # old\n")
        found = [("a.cc", "one"), ("a.cc", "two")]
        self.assertEqual(list(problems("width", found, allowed)), [])
        self.assertEqual(len(list(problems("width", found + [("a.cc", "three")], allowed))), 3)
        self.assertEqual(len(list(problems("width", found + [("b.cc", "one")], allowed))), 1)
        self.assertEqual(len(list(problems("width", [], allowed))), 1)

    def test_a_rule_without_a_line_in_style_is_found(self):
        self.assertEqual(len(list(style(Tree({"STYLE.md": ""})))), len(RULES))


if __name__ == "__main__":
    unittest.main()
