"""Which file may include which: the arrows of ARCHITECTURE.md."""

import re

from sources import includes, is_test

# Folder of common -> the other folders of common its files may include.
ARROWS = {
    "base": set(),
    "area": {"base"},
    "identifier": {"base"},
    "text": set(),
    "calendar": {"base"},
    "auth": {"base", "area"},
    "crypto": {"base"},
    "store": {"base", "area", "crypto"},
    "cache": {"base", "store"},
    "events": {"base", "area", "store"},
    "rpc": {
        "base", "area", "auth", "calendar", "cache", "crypto", "events", "identifier", "store"
    },
    "server": {
        "base", "area", "auth", "calendar", "cache", "crypto", "events", "rpc", "store"
    },
}

# What a service may do besides rules: everything else in its folder is pure.
HARNESS = re.compile(r"services/\w+/(service|tables|main)\.(cc|h)$")
PURE = re.compile(
    r"(services/\w+/[\w/]+\.(h|inc)|pingan/[\w/]+\.pb\.h|google/(protobuf|type|rpc)/\w+\.pb\.h"
    r"|absl/[\w/]+\.h|common/(auth|area|calendar|identifier|text|base)/\w+\.h|[a-z_]+)$")
IMPURE = re.compile(
    r"(common/base/clock\.h|common/auth/(dev_keys|authenticator|fetch|trust|verdict_cache)\.h"
    r"|absl/(synchronization/\w+|time/clock)\.h"
    r"|chrono|ctime|fstream|iostream|random|thread|mutex|atomic|condition_variable|future)$")
DATABASE = {
    "libpq-fe.h": re.compile(r"common/store/postgres\w*\.cc$|tests/bench/"),
    "sqlite3.h": re.compile(r"common/store/sqlite\w*\.cc$|tests/(bench|chaos)/"),
    "hiredis/": re.compile(r"common/cache/redis\w*\.cc$|tests/bench/"),
}


def service_of(path):
    match = re.match(r"services/(\w+)/", path)
    return match.group(1) if match else None


def layers(tree):
    """common knows no service; a service knows no other service; common's folders form no circle."""
    for path, text in tree.cpp().items():
        for used in includes(text):
            if path.startswith("common/") and used.startswith("services/"):
                yield path, f"common includes {used}"
            elif service_of(path) and service_of(used) not in (None, service_of(path)):
                yield path, f"a service includes another: {used}"
            elif path.startswith("common/") and used.startswith("common/") and not is_test(path):
                here, there = path.split("/")[1], used.split("/")[1]
                if there != here and there not in ARROWS.get(here, set()):
                    yield path, f"no arrow from common/{here} to {used}"


def pure(tree):
    """Rules of a noun see messages and nothing that reads, waits or remembers."""
    for path, text in tree.cpp().items():
        if not service_of(path) or is_test(path) or HARNESS.match(path):
            continue
        for used in includes(text):
            if not PURE.match(used) or IMPURE.match(used):
                yield path, f"a pure file includes {used}"


def drivers(tree):
    """Only drivers include database headers."""
    for path, text in tree.cpp().items():
        for used in includes(text):
            for header, allowed in DATABASE.items():
                if used.startswith(header) and not allowed.match(path):
                    yield path, f"includes {used} outside its driver"


def tests_apart(tree):
    """Nothing that ships includes what exists for tests."""
    for path, text in tree.cpp().items():
        if is_test(path):
            continue
        for used in includes(text):
            if is_test(used) or used.startswith(("gtest/", "gmock/")):
                yield path, f"includes {used}"
