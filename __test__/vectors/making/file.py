"""What can be wrong with the file, and with an entry as such."""

from __future__ import annotations

import json

from making.table import KEY, opens, refused, standard, text_of

VALUE = "the value of the file"
VERSION = '"version":1'


def the_file() -> None:
    """Add all."""
    names()
    not_a_bundle()
    entries()
    json_as_such()
    strings()
    numbers()
    depth()
    doubled()


def names() -> None:
    """Add names that are not there."""
    one = standard("/f/one", VALUE)
    refused("a name that is not there", {"A": one}, "NOT_IN_BUNDLE", "B")
    refused("a name that objects have, not there", {"A": one}, "NOT_IN_BUNDLE", "constructor")
    refused("a name that objects have, not there either", {"A": one}, "NOT_IN_BUNDLE", "__proto__")
    refused("an empty bundle", {}, "NOT_IN_BUNDLE")
    refused("another case of the name", {"Name": one}, "NOT_IN_BUNDLE", "name")


def not_a_bundle() -> None:
    """Add what is no bundle at all."""
    one = standard("/f/one", VALUE)
    whole = json.dumps({"A": one})
    refused("truncated", whole[: len(whole) // 2], "BUNDLE_INVALID")
    refused("empty", "", "BUNDLE_INVALID")
    refused("not JSON", "SECRET=1\n", "BUNDLE_INVALID")
    refused("JSON and something after it", whole + "x", "BUNDLE_INVALID")
    refused("not UTF-8", b'{"A\xff":1}', "BUNDLE_INVALID")
    for title, value in (("a list", [one]), ("a string", "A"), ("null", None), ("a number", 5)):
        refused(f"{title} instead of an object", value if title != "a string" else '"A"', "BUNDLE_INVALID")
        refused(f"{title} instead of an entry", {"A": value}, "BUNDLE_INVALID")
    refused("two byte order marks", ("\ufeff\ufeff" + whole).encode(), "BUNDLE_INVALID")
    refused("UTF-16", whole.encode("utf-16"), "BUNDLE_INVALID")


def entries() -> None:
    """Add entries that are none."""
    one = standard("/f/one", VALUE)
    for field in ("ciphertext", "arn"):
        refused(f"an entry without its {field}", {"A": {k: v for k, v in one.items() if k != field}}, "BUNDLE_INVALID")
        refused(f"an entry whose {field} is a number", {"A": one | {field: 7}}, "BUNDLE_INVALID")
        refused(f"an entry whose {field} is empty", {"A": one | {field: ""}}, "BUNDLE_INVALID")
        refused(f"an entry whose {field} is a list", {"A": one | {field: [one[field]]}}, "BUNDLE_INVALID")
    opens("a malformed entry beside it", {"B": 5, "A": one, "C": {"arn": KEY}}, VALUE)
    refused("an unknown source", {"A": one | {"source": "vault"}}, "UNKNOWN_SOURCE")
    refused("an unknown source without a ciphertext", {"A": {"source": "vault", "path": "x"}}, "UNKNOWN_SOURCE")
    refused("a source that is no string", {"A": one | {"source": None}}, "UNKNOWN_SOURCE")
    for title, source in (
        ("a number", 0),
        ("false", False),
        ("empty", ""),
        ("a list", []),
        ("an object", {"source": "ssm"}),
        ("a string with line ends", "vault\r\nFATAL forged\u2028line\x1b[2J"),
    ):
        refused(f"a source that is {title}", {"A": one | {"source": source}}, "UNKNOWN_SOURCE")
    refused("a source before all else", {"A": {"arn": 1, "ciphertext": "*", "source": True}}, "UNKNOWN_SOURCE")
    for title, version in (
        ("null", None),
        ("a string", "3"),
        ("negative", -1),
        ("a fraction", 1.5),
        ("a list", [1, {"a": None}]),
    ):
        opens(f"a version that is {title}", {"A": one | {"version": version}}, VALUE)


def json_as_such() -> None:
    """Add what other parsers of JSON let pass."""
    one = text_of(standard("/f/one", VALUE))
    with_space = one.replace(",", " \t\r\n,\n").replace(":{", " : {")
    opens("white space wherever JSON has it", f'\n{{ "A" :\t{with_space}\r\n}} ', VALUE)
    for title, other in (
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("a negative Infinity", "-Infinity"),
        ("a comma at the end of a list", "[1,]"),
        ("a comma at the end of an object", '{"a":1,}'),
        ("single quotes", "'a'"),
        ("a name without quotes", "{a:1}"),
        ("a comment", "/* a */ 1"),
        ("true in other letters", "True"),
        ("a no-break space", "\u00a01"),
        ("a form feed", "\f1"),
        ("nothing", ""),
    ):
        refused(f"JSON with {title} in another entry", f'{{"A":{one},"B":{other}}}', "BUNDLE_INVALID")


def strings() -> None:
    """Add what no string may hold."""
    entry = standard("/f/one", VALUE)
    one = text_of(entry)
    pair = r"\ud83d\udd11"
    opens("a surrogate pair in escapes", f'{{"{pair}":{one}}}', VALUE, "\U0001f511")
    opens("every escape of JSON", f'{{"A":{one},"B":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4"}}', VALUE)
    escaped = one.replace("/f/one", r"\/f\/\u006fne")
    opens("an ARN with escapes", f'{{"A":{escaped}}}', VALUE)
    for title, half in (
        ("a lone high surrogate", r"\ud800"),
        ("a lone low surrogate", r"\udc00"),
        ("a surrogate pair in the wrong order", r"\udd11\ud83d"),
        ("two high surrogates before a low one", r"\ud83d\ud83d\udd11"),
        ("a high surrogate before another escape", r"\ud83d\u0041"),
    ):
        refused(f"{title} in another entry's name", f'{{"A":{one},"{half}":1}}', "BUNDLE_INVALID")
        refused(f"{title} in another entry", f'{{"A":{one},"B":{{"a":["{half}"]}}}}', "BUNDLE_INVALID")
    refused("a lone surrogate in a field", f'{{"A":{one[:-1]},"note":"\\udfff"}}}}', "BUNDLE_INVALID")
    refused("a surrogate encoded in UTF-8", b'{"A":%s,"B":"\xed\xa0\x80"}' % one.encode(), "BUNDLE_INVALID")
    refused("an overlong encoding", b'{"A":%s,"B":"\xc0\xaf"}' % one.encode(), "BUNDLE_INVALID")
    for title, text in (
        ("a line end", "a\nb"),
        ("a NUL", "a\0b"),
        ("an escape that is none", r"\x41"),
        ("a short escape", r"\u00e"),
        ("an escape with a sign", r"\u+041"),
    ):
        refused(f"a string with {title} in another entry", f'{{"A":{one},"B":"{text}"}}', "BUNDLE_INVALID")


def numbers() -> None:
    """Add numbers that are finite, and such as are none."""
    one = text_of(standard("/f/one", VALUE))
    for title, number in (
        ("of 300 digits", "1" * 300),
        ("of 5,000 digits behind the point", "0." + "1" * 5000),
        ("too small for a double", "1e-400"),
        ("zero, negative, with an exponent", "-0.0E+5"),
        ("the largest double", "1.7976931348623157e308"),
        ("zero with a large exponent", "0e999999999"),
    ):
        opens(f"a number {title} in another entry", f'{{"A":{one},"B":{number}}}', VALUE)
        opens(f"a version {title}", f'{{"A":{one.replace(VERSION, VERSION[:-1] + number)}}}', VALUE)
    for title, number in (
        ("of 310 digits", "1" * 310),
        ("of 5,000 digits", "9" * 5000),
        ("1e400", "1e400"),
        ("-1e309", "-1e309"),
        ("with a zero first", "01"),
        ("with a plus", "+1"),
        ("without digits before the point", ".5"),
        ("without digits behind the point", "1."),
        ("without an exponent's digits", "1e"),
        ("in hexadecimal", "0x1"),
        ("with an underline", "1_000"),
        ("in other digits", "\u0661"),
        ("a minus only", "-"),
    ):
        refused(f"a number {title} in another entry", f'{{"A":{one},"B":{number}}}', "BUNDLE_INVALID")


def depth() -> None:
    """Add the deepest that is read, and one deeper."""
    one = text_of(standard("/f/one", VALUE))
    for title, before, after in (("lists", "[", "]"), ("objects", '{"a":', "}")):
        inner = "[]" if before == "[" else "{}"
        deep = before * 98 + inner + after * 98
        opens(f"100 {title} within each other", f'{{"A":{one},"B":{deep}}}', VALUE)
        refused(f"101 {title} within each other", f'{{"A":{one},"B":{before}{deep}{after}}}', "BUNDLE_INVALID")
    deep = "[" * 98 + "]" * 98
    opens("100 lists within each other in an entry", f'{{"A":{one[:-1]},"note":{deep}}}}}', VALUE)
    refused("101 lists within each other in an entry", f'{{"A":{one[:-1]},"note":[{deep}]}}}}', "BUNDLE_INVALID")
    refused("50,000 lists within each other", f'{{"A":{one},"B":{"[" * 50_000}', "BUNDLE_INVALID")


def doubled() -> None:
    """Add names that are there twice."""
    one, two = standard("/f/one", VALUE), standard("/a/two", "second value")
    pair = text_of(one), text_of(two)
    refused("a name twice", f'{{"A":{pair[0]},"A":{pair[1]}}}', "BUNDLE_INVALID")
    refused("a name twice, alike", f'{{"A":{pair[0]},"A":{pair[0]}}}', "BUNDLE_INVALID")
    refused("a name twice, once in escapes", f'{{"A":{pair[0]},"\\u0041":{pair[1]}}}', "BUNDLE_INVALID")
    refused("another name twice", f'{{"A":{pair[0]},"B":1,"B":2}}', "BUNDLE_INVALID")
    refused("the name __proto__ twice", f'{{"A":{pair[0]},"__proto__":1,"__proto__":2}}', "BUNDLE_INVALID")
    refused("a field twice", f'{{"A":{pair[0][:-1]},"arn":"{two["arn"]}"}}}}', "BUNDLE_INVALID")
    refused("a version twice", f'{{"A":{pair[0][:-1]},"version":2}}}}', "BUNDLE_INVALID")
    refused("a name twice deep in another entry", f'{{"A":{pair[0]},"B":[{{"a":1,"b":2,"a":1}}]}}', "BUNDLE_INVALID")
    opens("one name in two objects", f'{{"A":{pair[0]},"B":{{"A":{{"A":1}}}}}}', VALUE)
