"""Pinned versions in Secrets Manager: the source `secretsManager`."""

from __future__ import annotations

from typing import Any

from making.contract import ERRORS
from making.fields import NO_REGIONS, PARTITIONS, Subject
from making.table import ACCOUNT, KEY, REGION, arn_of, b64, case, fails, keep, opens

VALUE = "the value of the secret"
VERSION = "11111111-2222-3333-4444-555555555555"
START = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
ATTEMPTS = 5


def entry_of(name: str, *, field: str | None = None, arn: str | None = None, version: str = VERSION) -> dict[str, Any]:
    """Return an entry; a name has six letters of Secrets Manager's own behind it."""
    entry = {"source": "secretsManager", "arn": arn or f"{START}{name}-AbCdEf", "versionId": version}
    return entry if field is None else entry | {"field": field}


def answered(entry: dict[str, Any], **told: Any) -> dict[str, Any]:
    """Return the rule of an entry's call: `told` is its whole `answer`, its `error`, or what the answer has besides."""
    rule = {
        "service": "secretsmanager",
        "target": "secretsmanager.GetSecretValue",
        "region": entry["arn"].split(":")[3],
        "request": {"SecretId": entry["arn"], "VersionId": entry["versionId"]},
    }
    if "error" in told or "answer" in told:
        return rule | told
    return rule | {
        "answer": {"ARN": entry["arn"], "VersionId": entry["versionId"], "Name": "a", "VersionStages": []} | told
    }


def stored(name: str, value: str = VALUE, **of_entry: Any) -> dict[str, Any]:
    """Return the entry of a secret with a text, and keep its rule."""
    entry = entry_of(name, **of_entry)
    keep(answered(entry, SecretString=value))
    return entry


def the_source() -> None:
    """Add all."""
    one = Subject("secretsManager: an entry", stored("one"))
    values()
    one.without("arn", "versionId")
    one.texts("arn", "versionId", "field")
    arns(one)
    versions(one)
    answers_of_others()
    answers_that_are_none()
    fields_that_open()
    fields_that_do_not()
    values_without_fields()
    errors()


def values() -> None:
    """Add values of every kind."""
    opens("secretsManager: a text", {"A": stored("one")}, VALUE, calls=1)
    opens("secretsManager: an empty text", {"A": stored("empty", "")}, "", calls=1)
    opens("secretsManager: JSON as a whole", {"A": stored("json", '{"a": 1, "a": 2}')}, '{"a": 1, "a": 2}')
    opens("secretsManager: white space and line ends are kept", {"A": stored("space", " a\r\n b\t\n")}, " a\r\n b\t\n")
    opens(
        "secretsManager: letters of every kind",
        {"A": stored("utf8", "\u00e4\0\u2028\U0001f511")},
        "\u00e4\0\u2028\U0001f511",
    )
    opens("secretsManager: 65,536 bytes", {"A": stored("long", "x" * 65_536)}, "x" * 65_536)
    opens(
        "secretsManager: fields of other sources are passed over",
        {"A": stored("one") | {"key": 7, "keys": None}},
        VALUE,
    )
    binary = b"\xff\xfe\x00\x80"
    beside: tuple[tuple[str, dict[str, Any]], ...] = (
        ("bytes", {}),
        ("bytes beside a null", {"SecretString": None}),
        ("bytes beside a number", {"SecretString": 7}),
    )
    for title, more in beside:
        entry = entry_of(f"binary-{len(title)}")
        keep(answered(entry, SecretBinary=b64(binary), **more))
        case(f"secretsManager: {title}, as bytes", {"A": entry}, "A", {"bytes": b64(binary), "calls": 1})
        fails(f"secretsManager: {title}, as text", {"A": entry}, "NOT_TEXT", calls=1)
    for title, told, value in (
        ("bytes that are a text", {"SecretBinary": b64(b"text")}, "text"),
        ("no bytes", {"SecretBinary": ""}, ""),
        ("a text before bytes", {"SecretString": "text", "SecretBinary": b64(b"bytes")}, "text"),
        ("an empty text before bytes", {"SecretString": "", "SecretBinary": b64(b"bytes")}, ""),
        ("a text before bytes that are none", {"SecretString": "text", "SecretBinary": "*"}, "text"),
    ):
        entry = entry_of(title.replace(" ", "-"))
        keep(answered(entry, **told))
        opens(f"secretsManager: {title}", {"A": entry}, value, calls=1)


def arns(one: Subject) -> None:
    """Add ARNs of every kind, and such as are none."""
    for title, arn in (
        ("with all that a name may have", f"{START}aZ09/_+=.@!-"),
        ("without the letters of Secrets Manager", f"{START}a"),
        ("of another region", f"{START}far".replace(REGION, "us-west-2")),
        ("of 2,048 bytes", START + "p" * (2048 - len(START))),
        *(
            (f"of the partition {part}", f"arn:{part}:secretsmanager:{reg}:{ACCOUNT}:secret:a")
            for part, reg in PARTITIONS.items()
        ),
    ):
        opens(f"secretsManager: an ARN {title}", {"A": stored("", arn=arn)}, VALUE, calls=1)
    right = one.right["arn"]
    for title, arn in (
        ("a name alone", "app/one"),
        ("an ARN of a parameter", arn_of("/a/b")),
        ("an ARN of a key", KEY),
        ("an ARN without a name", START),
        ("an ARN with a colon in its name", right + ":a"),
        ("an ARN with a space in its name", right + " a"),
        ("an ARN with a star in its name", right[:-1] + "*"),
        ("an ARN with a percent sign in its name", right + "%41"),
        ("an ARN with a letter that is not ASCII", right + "\u00e4"),
        ("an ARN with a line end after it", right + "\n"),
        ("an ARN with a space before it", " " + right),
        ("an ARN in capitals", right.upper()),
        ("an ARN of something else than a secret", right.replace(":secret:", ":policy:")),
        ("an ARN with a slash for a colon", right.replace(":secret:", ":secret/")),
        ("an ARN without an account", right.replace(ACCOUNT, "")),
        ("an ARN with an account of 11 digits", right.replace(ACCOUNT, ACCOUNT[:-1])),
        ("an ARN of 2,049 bytes", START + "p" * (2049 - len(START))),
        *((f"an ARN of the region {region!r}", right.replace(REGION, region)) for region in NO_REGIONS),
        *((f"an ARN of the partition {part!r}", right.replace(":aws:", f":{part}:")) for part in ("", "AWS", "aws-")),
    ):
        one.refused(f"whose arn is {title}", {"arn": arn})
    one.refused("with no ARN before a bad version", {"arn": "a", "versionId": 7})


def versions(one: Subject) -> None:
    """Add version ids of every kind, and such as are none."""
    for version in ("terraform-20261126050000000100000001", "a", "_", "-", "A" * 64):
        opens(f"secretsManager: the version {version}", {"A": stored("one", version=version)}, VALUE, calls=1)
    for title, version in (
        ("of 65 letters", "A" * 65),
        ("with a space", "a b"),
        ("with a space before it", " " + VERSION),
        ("with a line end after it", VERSION + "\n"),
        ("with a point", "1.0"),
        ("with a colon", "a:b"),
        ("with letters that are not ASCII", "\u00e4" * 4),
        ("with other digits", "\u0661"),
        ("in braces", "{" + VERSION + "}"),
    ):
        one.refused(f"with a versionId {title}", {"versionId": version})
    other = one.right | {"versionId": VERSION.replace("1111", "9999")}
    fails("secretsManager: a version that is not there", {"A": other}, "SECRET_GONE", calls=1)
    fails("secretsManager: a secret that is not there", {"A": entry_of("absent")}, "SECRET_GONE", calls=1)
    stage = one.right | {"versionId": "AWSCURRENT"}
    fails("secretsManager: a stage for a version", {"A": stage}, "SECRET_GONE", calls=1)


def answers_of_others() -> None:
    """Add answers of another secret or version, or that do not tell whose they are."""
    one = entry_of("others")
    right = answered(one, SecretString=VALUE)["answer"]
    for title, told in (
        ("another ARN", {"ARN": one["arn"] + "x"}),
        ("the ARN of another region", {"ARN": one["arn"].replace(REGION, "us-east-1")}),
        ("the ARN in other letters", {"ARN": one["arn"].replace("AbCdEf", "abcdef")}),
        ("the name for an ARN", {"ARN": "others"}),
        ("an empty ARN", {"ARN": ""}),
        ("null for an ARN", {"ARN": None}),
        ("a list for an ARN", {"ARN": [one["arn"]]}),
        ("no ARN", {"ARN": ...}),
        ("another version", {"VersionId": VERSION.replace("1111", "9999")}),
        ("the version in capitals", {"VersionId": VERSION.replace("1", "A")}),
        ("an empty version", {"VersionId": ""}),
        ("null for a version", {"VersionId": None}),
        ("a number for a version", {"VersionId": 1}),
        ("no version", {"VersionId": ...}),
        ("another ARN and no value", {"ARN": "a", "SecretString": ...}),
    ):
        answer = {name: value for name, value in (right | told).items() if value is not ...}
        own = [answered(one, answer=answer)]
        fails(f"secretsManager: an answer with {title}", {"A": one}, "WRONG_CONTEXT", own=own, calls=1)
    fails("secretsManager: an empty answer", {"A": one}, "WRONG_CONTEXT", own=[answered(one, answer={})], calls=1)


def answers_that_are_none() -> None:
    """Add answers without a value, or that are no object: each attempt gets the same."""
    one = entry_of("nothing")
    for title, told in (
        ("neither a text nor bytes", {}),
        ("null for both", {"SecretString": None, "SecretBinary": None}),
        ("a number for a text", {"SecretString": 7}),
        ("an object for a text", {"SecretString": {"a": "b"}}),
        ("bytes without padding", {"SecretBinary": "YQ"}),
        ("bytes whose unused bits are not zero", {"SecretBinary": "YR=="}),
        ("bytes with a line end", {"SecretBinary": "YQ==\n"}),
        ("bytes in base64url", {"SecretBinary": "-_-_"}),
        ("a list for bytes", {"SecretBinary": [97]}),
    ):
        own = [answered(one, **told)]
        fails(f"secretsManager: an answer with {title}", {"A": one}, "UNREACHABLE", own=own, calls=ATTEMPTS)
    for title, answer in (("a list", [1]), ("a text", "text"), ("a number", 7), ("true", True)):
        own = [answered(one, answer=answer)]
        fails(f"secretsManager: an answer that is {title}", {"A": one}, "UNREACHABLE", own=own, calls=ATTEMPTS)


# What stands in a secret under `field`, and what it opens to.
_WHOLE = (
    ("0", "0"),
    ("-0", "0"),
    ("0.0", "0"),
    ("-0.0e5", "0"),
    ("7", "7"),
    ("-7", "-7"),
    ("1.0", "1"),
    ("-1.000", "-1"),
    ("1e2", "100"),
    ("1E+2", "100"),
    ("100e-2", "1"),
    ("1.5e1", "15"),
    ("123456789012", "123456789012"),
    ("1e15", "1000000000000000"),
    ("9007199254740991", "9007199254740991"),
    ("-9007199254740991", "-9007199254740991"),
    ("9007199254740991.0", "9007199254740991"),
    ("9.007199254740991e15", "9007199254740991"),
    ("1e-400", "0"),
    ("1.00000000000000000000000001", "1"),
)
_NOT_WHOLE = (
    "1.5",
    "-0.5",
    "1e-1",
    "5e-324",
    "9007199254740992",
    "-9007199254740992",
    "9007199254740993",
    "9007199254740992.0",
    "1e16",
    "1e300",
    "1" * 300,
)


def fields_that_open() -> None:
    """Add fields of every kind that is one."""
    for number, text in _WHOLE:
        entry = stored(f"whole/{number.replace('-', '_')}", f'{{"field":{number}}}', field="field")
        opens(f"secretsManager: a field that is {number}", {"A": entry}, text, calls=1)
    for title, secret, field, text in (
        ("a text", '{"field":"value","other":"b"}', "field", "value"),
        ("an empty text", '{"field":""}', "field", ""),
        ("a text of a number", '{"field":"1.50"}', "field", "1.50"),
        ("true", '{"field":true}', "field", "true"),
        ("false", '{"field":false}', "field", "false"),
        ("a text with escapes", '{"field":"\\u00e4\\n\\ud83d\\udd11\\u0000"}', "field", "\u00e4\n\U0001f511\0"),
        ("of a name with points", '{"a":{"b":1},"a.b":"value"}', "a.b", "value"),
        ("of a name with letters of every kind", '{"\u00e4 \U0001f511\\n":"value"}', "\u00e4 \U0001f511\n", "value"),
        ("of a name in escapes", '{"\\u0066ield":"value"}', "field", "value"),
        ("of the name __proto__", '{"__proto__":"value"}', "__proto__", "value"),
        ("of the name constructor", '{"constructor":"value"}', "constructor", "value"),
        ("of the name 0", '{"0":"value"}', "0", "value"),
        (
            "beside others of every kind",
            '{"a":null,"b":[{}],"c":{"field":1},"d":1.5,"field":"value"}',
            "field",
            "value",
        ),
        ("in JSON with white space", ' \r\n{ "field" :\t"value" }\n', "field", "value"),
        ("in JSON with a byte order mark", '\ufeff{"field":"value"}', "field", "value"),
        ("in JSON as deep as it may be", '{"a":' + "[" * 99 + "]" * 99 + ',"field":"value"}', "field", "value"),
    ):
        entry = stored(f"opens/{title.replace(' ', '-')}", secret, field=field)
        opens(f"secretsManager: a field, {title}", {"A": entry}, text, calls=1)


def fields_that_do_not() -> None:
    """Add secrets in which there is no such field."""
    for number in _NOT_WHOLE:
        entry = stored(f"broken/{number.replace('-', '_')}", f'{{"field":{number}}}', field="field")
        fails(f"secretsManager: a field that is {number}", {"A": entry}, "NO_SUCH_FIELD", calls=1)
    for title, secret in (
        ("null", '{"field":null}'),
        ("a list", '{"field":["value"]}'),
        ("an object", '{"field":{"field":"value"}}'),
        ("absent", '{"other":"value"}'),
        ("absent from an empty object", "{}"),
        ("in other letters", '{"Field":"value"}'),
        ("within another", '{"a":{"field":"value"}}'),
        ("twice", '{"field":"a","field":"b"}'),
        ("twice, alike", '{"field":"a","field":"a"}'),
        ("twice, once in escapes", '{"field":"a","\\u0066ield":"b"}'),
        ("beside another name twice", '{"field":"a","b":1,"b":2}'),
        ("beside a name twice deep in another", '{"field":"a","b":[{"c":1,"c":2}]}'),
        ("with a lone surrogate", '{"field":"\\ud800"}'),
        ("beside a lone surrogate", '{"field":"a","b":"\\udc00"}'),
        ("beside a name with a lone surrogate", '{"field":"a","\\ud800":1}'),
        ("that is NaN", '{"field":NaN}'),
        ("that is 1e400", '{"field":1e400}'),
        ("beside 1e400", '{"field":"a","b":1e400}'),
        ("that is 01", '{"field":01}'),
        ("beside a comma", '{"field":"a",}'),
        ("in single quotes", "{'field':'a'}"),
        ("with a line end in its text", '{"field":"a\nb"}'),
        ("in JSON too deep", '{"field":"a","b":' + "[" * 100 + "]" * 100 + "}"),
        ("in JSON with something after it", '{"field":"a"}x'),
        ("in a list", '["field"]'),
        ("in a list of an object", '[{"field":"a"}]'),
        ("in a text", '"field"'),
        ("in null", "null"),
        ("in no JSON", "field=a"),
        ("in nothing", ""),
        ("with two byte order marks", '\ufeff\ufeff{"field":"a"}'),
    ):
        entry = stored(f"fails/{title.replace(' ', '-').replace(',', '')}", secret, field="field")
        fails(f"secretsManager: a field {title}", {"A": entry}, "NO_SUCH_FIELD", calls=1)
    for field in ("constructor", "__proto__", "toString", "length", "0", "a.b", "a/b", " field", "field "):
        entry = stored("names", '{"field":"value","a":{"b":"value"}}', field=field)
        fails(
            f"secretsManager: a field of the name {field!r} that is not there", {"A": entry}, "NO_SUCH_FIELD", calls=1
        )
    composed = stored("composed", '{"a\u0308":"value"}', field="\u00e4")
    fails("secretsManager: a field whose name is composed in another way", {"A": composed}, "NO_SUCH_FIELD", calls=1)


def values_without_fields() -> None:
    """Add bytes, which have no fields even where they are JSON."""
    for title, told in (("bytes", {}), ("bytes beside a null", {"SecretString": None})):
        entry = entry_of(f"bytes-{len(title)}", field="field")
        keep(answered(entry, SecretBinary=b64(b'{"field":"value"}'), **told))
        fails(f"secretsManager: a field of {title}", {"A": entry}, "NO_SUCH_FIELD", calls=1)
    nothing = entry_of("nothing", field="field")
    own = [answered(nothing)]
    fails("secretsManager: a field of neither a text nor bytes", {"A": nothing}, "UNREACHABLE", own=own, calls=ATTEMPTS)


def errors() -> None:
    """Add every error that the contract knows, and some that it does not."""
    for error, told in ERRORS.items():
        entry = entry_of(f"error/{error}")
        keep(answered(entry, error=error))
        attempts = ATTEMPTS if told.get("retry") else 1
        fails(f"secretsManager: {error}", {"A": entry}, told["code"], calls=attempts)
    for error in ("StrangeException", "InvalidParameterException", "resourcenotfoundexception", "constructor"):
        entry = entry_of(f"error/{error}")
        keep(answered(entry, error=error))
        fails(f"secretsManager: an error that nobody knows, {error}", {"A": entry}, "SERVICE_ERROR", calls=1)
    namespace = entry_of("error/namespace")
    keep(answered(namespace, error="com.amazonaws.secretsmanager#ResourceNotFoundException:http://internal.example/"))
    fails("secretsManager: an error's name with a namespace and a suffix", {"A": namespace}, "SECRET_GONE", calls=1)
