"""What Hypothesis makes packages of: metadata, schemas, names and contents of files, each likely to be odd."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

GOOD = {"uuid": "5f8d1c7e-93a4-4c1b-8f57-2b6a7c1d9e30", "version": "1.0.0", "label": "Probe"}
"""Metadata that is fine."""

_KEYS = [
    "",
    "__proto__",
    "$ref",
    *(
        "name label uuid version description author tags category deprecated timeout_seconds timeout memory_limit"
        " memory_bytes entrypoint main input_schema output_schema inputs outputs permissions net methods secrets tasks"
        " annotations read_only test_cases"
    ).split(),
]
_TEXTS = [
    *"main.js ../main.js /etc/passwd \0 \ud800 \x1b[31m 1.0.0 999GB -1 30s no * a.b:80 1e999".split(),
    GOOD["uuid"],
    "a" * 5000,
    "http://127.0.0.1:9/x",
    "file:///etc/passwd",
]
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(_TEXTS),
    st.sampled_from((10**400, -(10**400), 2**53, 0)),
)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=3), inner, max_size=5),
    ),
    max_leaves=20,
)
METADATA = st.dictionaries(st.sampled_from(_KEYS), VALUES, max_size=10)

_REFERENCES = (
    "# #/$defs/a #/$defs/b #missing other.json other.json#/a ../outside.json /etc/passwd file:///etc/passwd"
    " http://127.0.0.1:9/s.json https://example.com/s.json urn:x %2e%2e/outside.json \0"
).split()
_PATTERNS = [
    *"^(a+)+$ (a|a)*b (?=a)a* (.*)\\1 [ \\p{L}+ (a{1,1000}){1,1000}".split(),
    *"(?<n>a) \\d{999999999} (?<=a+)b ^(?!.*(.).*\\1)a+$".split(),
    "x" * 9000,
]
_WITH_VALUE = (
    "format const enum default minimum multipleOf maxLength required $id $schema $anchor $dynamicRef dependentRequired"
    " contentEncoding uniqueItems"
).split()
_WITH_PART = (
    "not items contains if then else additionalProperties propertyNames unevaluatedProperties unevaluatedItems"
).split()


def _key(words: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda word, value: {word: value}, st.sampled_from(words), values)


_LEAVES = st.one_of(
    st.booleans(),
    _key(["$ref"], st.sampled_from(_REFERENCES)),
    _key(["pattern"], st.sampled_from(_PATTERNS)),
    _key(["patternProperties"], st.dictionaries(st.sampled_from(_PATTERNS), st.booleans(), max_size=2)),
    _key(["type"], st.sampled_from(("string", "number", "object", ["null", "array"], "odd", 1))),
    _key(_WITH_VALUE, VALUES),
)
SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        _key(["anyOf", "allOf", "oneOf", "prefixItems"], st.lists(inner, max_size=3)),
        _key(_WITH_PART, inner),
        _key(
            ["properties", "$defs", "definitions", "dependentSchemas"],
            st.dictionaries(st.sampled_from(("a", "b", "")), inner, max_size=3),
        ),
        st.builds(
            lambda one, other: {**one, **other} if isinstance(one, dict) and isinstance(other, dict) else one,
            inner,
            inner,
        ),
    ),
    max_leaves=8,
)

_NAMES = [
    *(
        "main.js metadata.json a/main.js a/metadata.json ../up.js /abs.js C:/x.js a\\..\\b.js nul con.txt a/./b.js"
        " a//b.js A.js a.js a a/b \u202egpj.js tests/c.json input.schema.json \u00e9.js e\u0301.js .git/config .. ."
    ).split(),
    "x" * 300,
]
_CONTENTS = [b"() => 1", json.dumps(GOOD).encode(), b"\0" * 3_000_000, b"{}", b"[" * 10_000]
_MEMBER = st.tuples(
    st.sampled_from(_NAMES) | st.text(alphabet="ab./\\:\0 \u00e9", min_size=1, max_size=8),
    st.sampled_from(_CONTENTS) | st.binary(max_size=40),
)
# One odd name among sound ones shows what several would hide.
MEMBERS = st.lists(_MEMBER, max_size=1) | st.lists(_MEMBER, max_size=6, unique_by=lambda member: member[0])
"""Names and contents of what an archive holds."""

YAML_ODDITIES = (
    "&a ",
    "*a",
    "<<: ",
    "!!python/object/apply:os.system [ls]",
    "!!binary ",
    "- - - ",
    "{" * 300,
    "\t",
    "\x85",
    "---\n",
    "%YAML 9.9\n",
    "? ",
)
"""What a YAML file of somebody else may have anywhere."""

BOMBS = {
    "a laugh": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\n",
    "a million brackets": "[" * 1_000_000,
    "a million dashes": "- " * 1_000_000,
    "many braces": "{a: " * 300_000,
    "a long number": "version: " + "9" * 1_000_000,
    "a sexagesimal": "version: " + "1:" * 200_000 + "1",
    "a merge of itself": "a: &a\n  <<: *a\n",
    "an object of Python": "!!python/object/apply:os.system ['touch /tmp/x']",
    "many keys": "".join(f"k{number}: 1\n" for number in range(200_000)),
    "a key of a million letters": "? " + "k" * 1_000_000 + "\n: 1",
    "a folded text": "a: >\n" + " \n" * 500_000,
    "backslashes": 'a: "' + "\\" * 1_000_001,
    "a long comment": "#" * 2_000_000,
}
"""Texts of metadata that cost more than they should if they are believed."""
