"""All rules by the name under which STYLE.md and allow.txt know them."""

import layers
import shape
import text

RULES = {
    "file-length": text.file_length,
    "median-length": text.median_length,
    "function-length": text.function_length,
    "width": text.width,
    "banned-words": text.banned_words,
    "sleep": text.sleep,
    "real-clock": text.real_clock,
    "using-namespace": text.using_namespace,
    "namespaces": text.namespaces,
    "string-view": text.string_view,
    "two-bools": text.two_bools,
    "exceptions": text.exceptions,
    "header-opening": text.header_opening,
    "file-names": text.file_names,
    "layers": layers.layers,
    "pure": layers.pure,
    "drivers": layers.drivers,
    "tests-apart": layers.tests_apart,
    "top-level": shape.top_level,
    "service-shape": shape.service_shape,
    "links": shape.links,
    "features": shape.features,
    "adr": shape.adr,
}


def style(tree):
    """A rule and its line in STYLE.md come and go together."""
    named = set()
    for line in tree.get("STYLE.md", "").split("\n"):
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) == 2 and cells[1].startswith("`"):
            named |= {c.strip(" `") for c in cells[1].split(",")}
    for rule in sorted(set(RULES) - named):
        yield "STYLE.md", f"does not name the rule {rule}"
    for rule in sorted(named - set(RULES)):
        yield "STYLE.md", f"names {rule}, which nothing checks"


RULES["style"] = style
