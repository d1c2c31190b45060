"""Rules about single files: their size, their words, their opening lines."""

import re
import statistics

from sources import CPP, code, functions, is_test

FILE_LINES = 400
FUNCTION_LINES = 70
WIDTH = 100
MEDIAN_LINES = 120
SCRIPTS = (".py", ".sh", ".bzl")

# Put together from halves, so that this file passes its own rule.
BANNED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|DIS" r"ABLED_\w*|GTEST_" r"SKIP)\b")
SLEEP = re.compile(r"\b(sleep_for|sleep_until|SleepFor|usleep|nanosleep|sleep)\s*\(")
NEVER = re.compile(r"Notification (\w+);\s*\1\.WaitForNotificationWithTimeout")
BORDER = "common/base/status.h"
ELAPSE = "common/testing/elapse.h"
CLOCK = re.compile(
    r"\b(absl::Now|system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday"
    r"|time\(nullptr|std::random_device|mt19937\w*|RAND_bytes|getrandom|absl::BitGen|std::rand)\b")
DOORS = re.compile(r"common/base/clock\.(cc|h)$")


def file_length(tree):
    """A file that wants more lines usually holds two nouns."""
    for path, text in tree.items():
        lines = text.count("\n")
        if path.endswith(CPP + SCRIPTS) and lines > FILE_LINES:
            yield path, f"{lines} lines, at most {FILE_LINES}"


def median_length(tree):
    """Half the files fit on a screen or two."""
    lengths = [t.count("\n") for t in tree.cpp().values()]
    median = statistics.median(lengths) if lengths else 0
    print(f"  median of {len(lengths)} C++ files: {median:.0f} lines")
    if median > MEDIAN_LINES:
        yield "common", f"median file has {median:.0f} lines, at most {MEDIAN_LINES}"


def function_length(tree):
    for path, text in tree.cpp().items():
        for first, last in functions(text):
            if last - first >= FUNCTION_LINES:
                lines = last - first + 1
                yield path, f"line {first}: {lines} lines in a function, at most {FUNCTION_LINES}"


def width(tree):
    """In characters, so that Chinese counts as one. Protos wrap where their options allow."""
    for path, text in tree.items():
        if path.endswith(CPP + (".py",)):
            for number, line in enumerate(text.split("\n"), 1):
                if len(line) > WIDTH and "#include" not in line and "://" not in line:
                    yield path, f"line {number}: {len(line)} characters, at most {WIDTH}"


def banned_words(tree):
    for path, text in tree.items():
        if path.endswith(CPP + SCRIPTS + (".proto", ".md", ".bazel")):
            for number, line in enumerate(text.split("\n"), 1):
                match = BANNED.search(line)
                if match:
                    yield path, f"line {number}: {match.group()}"


def sleep(tree):
    """A sleep is no synchronisation: wait for the thing itself."""
    for path, text in tree.cpp().items():
        if path == ELAPSE:
            continue
        for pattern in (SLEEP, NEVER):
            for match in pattern.finditer(code(text)):
                line = code(text).count("\n", 0, match.start()) + 1
                yield path, f"line {line}: {match.group(1)}"


def real_clock(tree):
    """Time and randomness come in by common/base/clock.h; tests may measure, seeds are printed."""
    for path, text in tree.cpp().items():
        if is_test(path) or DOORS.match(path):
            continue
        for match in CLOCK.finditer(code(text)):
            yield path, f"{match.group()} outside common/base/clock"


def namespaces(tree):
    """One namespace an area, one for its tests; a header gives nothing another name."""
    for path, text in tree.cpp().items():
        if re.search(r"^namespace pingan::(?!\w+::(testing|v1) )\w+::", code(text), re.MULTILINE):
            yield path, "a namespace below pingan::<area>"
        if path.endswith(".h") and re.search(r"^\s*namespace \w+ =", code(text), re.MULTILINE):
            yield path, "a namespace alias in a header"


def string_view(tree):
    """Debian's absl::string_view is another type than std's; it stays at the border."""
    for path, text in tree.cpp().items():
        if path.endswith(".h") and path != BORDER and "absl::string_view" in code(text):
            yield path, "absl::string_view in a header"


def two_bools(tree):
    """true, false at a call says nothing."""
    for path, text in tree.cpp().items():
        if path.endswith(".h") and re.search(r"\bbool \w+( = \w+)?, bool\b", code(text)):
            yield path, "two bools side by side"


def using_namespace(tree):
    for path, text in tree.cpp().items():
        if re.search(r"\busing\s+namespace\b", code(text)):
            yield path, "using namespace"


def exceptions(tree):
    """Errors are values."""
    for path, text in tree.cpp().items():
        if re.search(r"\b(throw|catch)\b\s*[\w(]", code(text)):
            yield path, "throws or catches"


def header_opening(tree):
    """A header is the manual: it opens with what it is for, then #pragma once."""
    for path, text in tree.items():
        if path.endswith(".h"):
            if not text.startswith("// "):
                yield path, "does not open with a comment"
            if not re.search(r"^#pragma once$", text, re.MULTILINE):
                yield path, "has no #pragma once"


def file_names(tree):
    """Names say what is inside."""
    for path in tree:
        name = path.rsplit("/", 1)[-1]
        if path.endswith(CPP) and not re.fullmatch(r"[a-z0-9_]+\.(cc|h)", name):
            yield path, "not snake_case"
        if path.endswith(CPP) and re.search(r"(^|_)(utils?|helpers?|manager|impl)(_|\.)", name):
            yield path, "a name that says nothing"
