"""What stands in an environment variable: a sealed entry, or a bare blob of KMS."""

from __future__ import annotations

from typing import Any

from making import credstash, kms, kms_file, secrets_manager, sops
from making.kms import answer_of
from making.spellings import other_spellings
from making.table import KEY, b64, blob, cases, decrypt, keep, standard, taken, text_of

PREFIX = "secret-baker:"
VALUE = "the value of the variable"
HERE = "eu-central-1"
FUNCTION = {"AWS_REGION": HERE, "AWS_LAMBDA_FUNCTION_NAME": "shop-prod-api"}
HELPER = {"LambdaFunctionName": "shop-prod-api"}


def variables() -> dict[str, Any]:
    """Return the table."""
    unset()
    entries_of_each_source()
    entries_that_are_none()
    bare()
    bare_that_are_none()
    regions()
    of_the_console()
    return {"otherwise": "InvalidCiphertextException"} | taken()


def add(
    title: str,
    variable: str | None,
    expect: dict[str, Any],
    *,
    calls: int | None = None,
    environment: dict[str, str] | None = None,
) -> None:
    """Add a case; without a `variable` it is not set."""
    one: dict[str, Any] = {"title": title}
    one |= {} if variable is None else {"variable": variable}
    one |= {} if environment is None else {"environment": environment}
    cases.append(one | {"expect": expect | ({} if calls is None else {"calls": calls})})


def opens(title: str, variable: str, text: str, **more: Any) -> None:
    """Add one that opens."""
    add(title, variable, {"text": text}, **more)


def fails(title: str, variable: str | None, code: str, **more: Any) -> None:
    """Add one that must not open."""
    add(title, variable, {"fails": f"SECRET_BAKER_{code}"}, **more)


def refused(title: str, variable: str | None, code: str = "VARIABLE_INVALID", **more: Any) -> None:
    """Add one that must not open, and of which AWS must not hear."""
    fails(title, variable, code, calls=0, **more)


def sealed(entry: dict[str, Any]) -> str:
    """Write an entry as the framework's variable does."""
    return PREFIX + text_of(entry)


def unset() -> None:
    """Add nothing."""
    refused("a variable that is not set", None)
    refused("an empty variable", "")


def entries_of_each_source() -> None:
    """Add an entry of each source, and the codes that are its own."""
    parameter = standard("/v/one", VALUE)
    opens("an entry of Parameter Store", sealed(parameter), VALUE, calls=1)
    opens("an entry of the source kms", sealed(kms.sealed("variable", VALUE)), VALUE, calls=1)
    opens("an entry of the source kmsfile", sealed(kms_file.sealed("variable", VALUE)), VALUE, calls=1)
    opens("an entry of the source sops", sealed(sops.sealed("variable", VALUE)), VALUE, calls=1)
    opens("an entry of the source credstash", sealed(credstash.sealed("variable", VALUE)), VALUE, calls=1)
    secret = secrets_manager.stored("variable", '{"a":true}', field="a")
    opens("an entry of the source secretsManager", sealed(secret), "true", calls=1)
    opens("an entry that opens to an empty text", sealed(standard("/v/empty", "")), "")
    fails(
        "an entry of another parameter", sealed(parameter | {"arn": parameter["arn"] + "2"}), "WRONG_CONTEXT", calls=1
    )
    fails("an entry of a missing permission", sealed(standard("/v/no", error="AccessDeniedException")), "ACCESS_DENIED")
    fails("an entry of a field that is not there", sealed(secret | {"field": "b"}), "NO_SUCH_FIELD", calls=1)
    damaged = credstash.sealed("variable", VALUE) | {"hmac": "0" * 64}
    fails("an entry that was changed", sealed(damaged), "TAMPERED", calls=1)
    fails("an entry of bytes, as a text", sealed(kms.sealed("binary", b"\xff\xfe")), "NOT_TEXT")
    add("an entry of bytes, as bytes", sealed(kms.sealed("binary", b"\xff\xfe")), {"bytes": b64(b"\xff\xfe")})
    refused("an entry of an unknown source", sealed(parameter | {"source": "vault"}), "UNKNOWN_SOURCE")
    unknown = parameter | {"ciphertext": b64(b"\x03" + bytes(100))}
    refused("an entry of no known kind", sealed(unknown), "UNKNOWN_CIPHERTEXT")
    opens("an entry in JSON with white space", f"{PREFIX} \r\n{text_of(parameter)}\n", VALUE)
    opens("an entry in JSON with a byte order mark", f"{PREFIX}\ufeff{text_of(parameter)}", VALUE)
    opens(
        "an entry wherever the function is",
        sealed(parameter),
        VALUE,
        environment=FUNCTION | {"AWS_REGION": "us-east-1"},
    )
    opens("an entry where no region is set", sealed(parameter), VALUE, environment={})


def entries_that_are_none() -> None:
    """Add what would be no bundle or no entry in a file."""
    one = standard("/v/one", VALUE)
    text = text_of(one)
    refused("a prefix and nothing", PREFIX)
    refused("a variable that the framework did not resolve", PREFIX + "not-resolved-here")
    refused("an entry that is cut off", PREFIX + text[: len(text) // 2])
    refused("an entry and something after it", f"{PREFIX}{text}x")
    refused("an entry twice", f"{PREFIX}{PREFIX}{text}")
    refused("an entry in another spelling of the prefix", f"Secret-Baker:{text}")
    refused("an entry behind a space", f" {PREFIX}{text}")
    refused("an entry without a prefix", text)
    refused("an entry in base64", PREFIX + b64(text.encode()))
    refused("a bare blob behind the prefix", PREFIX + one["ciphertext"])
    refused("a bundle for an entry", sealed({"A": one}))
    for title, value in (("a list", [one]), ("a text", "a"), ("null", None), ("a number", 5), ("true", True)):
        refused(f"{title} for an entry", PREFIX + text_of(value if title != "a text" else one["arn"]))
    refused("an empty object for an entry", sealed({}))
    refused("an entry without its ARN", sealed({"ciphertext": one["ciphertext"]}))
    refused("an entry with a parameter's name for its ARN", sealed(one | {"arn": "/v/one"}))
    refused("an entry whose ciphertext is not base64", sealed(one | {"ciphertext": "*"}))
    refused("an entry of kms without its key", sealed({"source": "kms", "ciphertext": one["ciphertext"]}))
    refused("an entry with a name twice", f'{PREFIX}{text[:-1]},"arn":"{one["arn"]}"}}')
    refused("an entry with a lone surrogate", f'{PREFIX}{text[:-1]},"note":"\\ud800"}}')
    refused("an entry with a number that is none", f'{PREFIX}{text[:-1]},"note":1e400}}')
    refused("an entry that is too deep", f'{PREFIX}{text[:-1]},"note":{"[" * 100}{"]" * 100}}}')
    deep = f'{PREFIX}{text[:-1]},"note":{"[" * 99}{"]" * 99}}}'
    opens("an entry as deep as it may be", deep, VALUE)


def of_kms(label: str, value: str | bytes = VALUE, *, region: str = HERE, length: int = 130, **told: Any) -> str:
    """Return a bare blob, and keep its rule."""
    context = told.pop("context", {})
    raw = blob(f"variable/{label}", length)
    keep(decrypt(region, raw, context, **answer_of(value.encode() if isinstance(value, str) else value, KEY, **told)))
    return b64(raw)


def bare() -> None:
    """Add blobs of `kms:Encrypt` without a context."""
    opens("a bare blob", of_kms("one"), VALUE, calls=1)
    opens("a bare blob of 6,144 bytes", of_kms("longest", length=6144), VALUE, calls=1)
    opens("a bare blob of an empty text", of_kms("empty", ""), "", calls=1)
    opens("a bare blob that whichever key opened", of_kms("key", KeyId=KEY + "9"), VALUE, calls=1)
    opens("a bare blob that nobody says who opened", of_kms("nobody", without="KeyId"), VALUE, calls=1)
    add("a bare blob of bytes, as bytes", of_kms("binary", b"\xff\xfe"), {"bytes": b64(b"\xff\xfe")}, calls=1)
    fails("a bare blob of bytes, as a text", of_kms("binary", b"\xff\xfe"), "NOT_TEXT", calls=1)
    for start in ("0101", "0a20"):
        raw = bytes.fromhex(start) + blob(f"variable/{start}")[2:]
        keep(decrypt(HERE, raw, {}, **answer_of(VALUE.encode(), KEY)))
        opens(f"a bare blob that begins with {start}", b64(raw), VALUE, calls=1)
    fails("a bare blob of another context", of_kms("context", context={"a": "b"}), "WRONG_CONTEXT", calls=1)
    for error, code in (
        ("AccessDeniedException", "ACCESS_DENIED"),
        ("DisabledException", "KEY_UNUSABLE"),
        ("ExpiredTokenException", "CREDENTIALS"),
        ("StrangeException", "SERVICE_ERROR"),
    ):
        fails(f"a bare blob, {error}", of_kms(error, error=error), code, calls=1)
    fails("a bare blob, ThrottlingException", of_kms("throttled", error="ThrottlingException"), "THROTTLED", calls=5)


def bare_that_are_none() -> None:
    """Add texts that are no base64, and bytes that are no blob."""
    # No environment holds a NUL.
    for title, text in other_spellings(of_kms("one")):
        if "\0" not in text:
            refused(f"a bare blob in base64 {title}", text)
    for title, text in (
        ("a password", "correct horse battery staple"),
        ("a URL", "postgres://user:secret@db.internal/app"),
        ("JSON", '{"a":"b"}'),
        ("a space", " "),
        ("a line end", "\n"),
        ("the old string kms::", f"kms::{KEY}::{of_kms('one')}"),
        ("a blob of 6,145 bytes", of_kms("longer", length=6145)),
    ):
        refused(f"a variable that is {title}", text)
    for title, raw in (
        ("plaintext in base64", b"hello world"),
        ("one byte", b"\x01"),
        ("an Encryption SDK message of version 1", b"\x01\x80\x03\x78" + bytes(100)),
        ("an Encryption SDK message of version 2", b"\x02\x05\x78" + bytes(100)),
    ):
        refused(f"a variable that is {title}", b64(raw), "UNKNOWN_CIPHERTEXT")
    refused("a variable that is a password of letters that base64 has", "password", "UNKNOWN_CIPHERTEXT")


def regions() -> None:
    """Add environments: they tell where KMS is asked."""
    one, far = of_kms("one"), of_kms("far", region="us-west-2")
    default = {"AWS_DEFAULT_REGION": "us-west-2"}
    opens("a bare blob in the region of AWS_REGION", far, VALUE, environment={"AWS_REGION": "us-west-2"}, calls=1)
    opens("a bare blob in the region of AWS_DEFAULT_REGION", far, VALUE, environment=default, calls=1)
    opens("a bare blob, AWS_REGION first", one, VALUE, environment={"AWS_REGION": HERE} | default, calls=1)
    opens("a bare blob, an empty AWS_REGION", far, VALUE, environment={"AWS_REGION": ""} | default, calls=1)
    elsewhere = {"AWS_REGION": "us-east-1"} | default
    fails("a bare blob in another region", far, "WRONG_CONTEXT", environment=elsewhere, calls=1)
    for title, environment in (
        ("no region", {}),
        ("empty regions", {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}),
        ("a region that is none", {"AWS_REGION": "nowhere"}),
        ("a region that is a host", {"AWS_REGION": "evil.example/"}),
        ("a region with a line end", {"AWS_REGION": HERE + "\n"}),
        ("a region that is none before one", {"AWS_REGION": "nowhere"} | default),
        ("no region, in a function", {"AWS_LAMBDA_FUNCTION_NAME": "shop-prod-api"}),
    ):
        refused(f"a bare blob and {title}", one, environment=environment)
    refused("no known kind, before no region", b64(b"hello world"), "UNKNOWN_CIPHERTEXT", environment={})


def of_the_console() -> None:
    """Add blobs of the console's encryption helpers, and others in a function."""
    own = of_kms("helper", context=HELPER)
    opens("a blob of the console, in its function", own, VALUE, environment=FUNCTION, calls=1)
    other = FUNCTION | {"AWS_LAMBDA_FUNCTION_NAME": "shop-prod-other"}
    fails("a blob of the console, in another function", own, "WRONG_CONTEXT", environment=other, calls=2)
    fails("a blob of the console, in no function", own, "WRONG_CONTEXT", calls=1)
    nameless = FUNCTION | {"AWS_LAMBDA_FUNCTION_NAME": ""}
    fails("a blob of the console, in a function without a name", own, "WRONG_CONTEXT", environment=nameless, calls=1)
    opens("a bare blob in a function", of_kms("one"), VALUE, environment=FUNCTION, calls=2)
    opens("a bare blob in a function without a name", of_kms("one"), VALUE, environment=nameless, calls=1)
    for error, code in (
        ("AccessDeniedException", "ACCESS_DENIED"),
        ("DisabledException", "KEY_UNUSABLE"),
        ("ExpiredTokenException", "CREDENTIALS"),
        ("StrangeException", "SERVICE_ERROR"),
    ):
        text = of_kms(f"first {error}", context=HELPER, error=error)
        of_kms(f"first {error}")
        fails(f"a blob in a function, {error} at first", text, code, environment=FUNCTION, calls=1)
        text = of_kms(f"then {error}", error=error)
        fails(f"a blob in a function, {error} without a context", text, code, environment=FUNCTION, calls=2)
    text = of_kms("refused", context=HELPER, error="InvalidCiphertextException")
    fails("a blob in a function that both contexts refuse", text, "WRONG_CONTEXT", environment=FUNCTION, calls=2)
