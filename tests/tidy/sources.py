"""The tree under check: tracked files by path, and what the rules want to know about C++ text."""

import functools
import pathlib
import re
import subprocess

CPP = (".cc", ".h")
ROOT = pathlib.Path(__file__).resolve().parents[2]

_NOISE = re.compile(
    r'(?P<number>\b\d[\w\']*)|//[^\n]*|/\*.*?\*/|R"(?P<tag>\w*)\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


class Tree(dict):
    """Path below the root -> text. Binary files are left out."""

    @staticmethod
    def read():
        listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files"],
                                cwd=ROOT, check=True, capture_output=True, text=True)
        tree = Tree()
        for path in listed.stdout.split("\n"):
            file = ROOT / path
            if path and file.is_file():
                try:
                    tree[path] = file.read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    continue
        return tree

    def cpp(self):
        return {p: t for p, t in self.items() if p.endswith(CPP)}


def is_test(path):
    """Tests, their fixtures and what lives for tests only."""
    return path.startswith(("tests/", "common/testing/")) or bool(
        re.search(r"(_(test|suite|forge|check)|_fixture\w*|/(temp|scripted|faulty|fake|contract)(_\w+)?)\.(cc|h)$", path))


def includes(text):
    return _INCLUDE.findall(text)


@functools.lru_cache(maxsize=None)
def code(text):
    """The text without comments and literals, line for line."""
    def blank(match):
        if match.group("number"):
            return match.group()
        return re.sub(r"[^\n]", " ", match.group())
    return _NOISE.sub(blank, text)


def functions(text):
    """(first line, last line) of every function body at namespace or class level, macros' too."""
    text = re.sub(r"^[ \t]*#.*?(?<!\\)$", "", code(text), flags=re.MULTILINE)
    head, depth, found, stack = "", 0, [], []
    line = head_line = 1
    for char in text:
        if char == "\n":
            line += 1
        if char == "{":
            opens = depth == 0 and ")" in head and not _SCOPE.search(head.split("(")[0])
            stack.append((opens, head_line))
            depth += opens or depth > 0
            head = ""
        elif char == "}":
            opens, first = stack.pop() if stack else (False, line)
            if depth:
                depth -= 1
            if opens:
                found.append((first, line))
            head = ""
        elif char == ";":
            head = ""
        else:
            if not head.strip():
                head_line = line
            head += char
    return found
