"""Answers of KMS and Secrets Manager as they come off the wire, to one right entry of each kind."""

from __future__ import annotations

import json
from typing import Any

from making import secrets_manager
from making.header import RIGHT
from making.message import DATA_KEY
from making.table import KEY, arn_of, b64, blob, entry_of

TEXT = "the text of the answers"
ARN = arn_of("/answers/one")
SECRET = secrets_manager.entry_of("answers")
FILE = {
    "A": entry_of(ARN, blob(ARN)),
    "M": entry_of(RIGHT.arn, RIGHT.write()),
    "S": SECRET,
    "F": SECRET | {"field": "password"},
}
SECRET_BODY = {"ARN": SECRET["arn"], "VersionId": SECRET["versionId"], "SecretString": TEXT}
RIGHT_BODY = {"KeyId": KEY, "Plaintext": b64(TEXT.encode()), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}
TYPE = "x-amzn-errortype"
ATTEMPTS = 5
SESSION = "FwoGZXIvYXdzEXAMPLEwhichNobodyMaySee"

cases: list[dict[str, Any]] = []


def answers() -> dict[str, Any]:
    """Make all; return what the file holds."""
    successes()
    not_of_kms()
    names_of_errors()
    statuses()
    keys()
    words()
    of_secrets_manager()
    secrets_never_shown()
    return {"file": json.dumps(FILE, separators=(",", ":")), "cases": cases}


def answer(
    title: str,
    expect: dict[str, Any],
    body: object,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    secret: str = "A",
) -> None:
    """Add one: `body` is text, or a value to write as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    cases.append(
        {
            "title": title,
            "secret": secret,
            "status": status,
            "headers": {"content-type": "application/x-amz-json-1.1"} | (headers or {}),
            "body": text,
            "expect": expect,
        }
    )


def fails(code: str, attempts: int) -> dict[str, Any]:
    """Expect a failure after so many attempts."""
    return {"fails": f"SECRET_BAKER_{code}", "attempts": attempts}


def opens(text: str = TEXT) -> dict[str, Any]:
    """Expect a text at once."""
    return {"text": text, "attempts": 1}


def successes() -> None:
    """Add answers that open."""
    answer("a right answer", opens(), RIGHT_BODY)
    answer("an empty plaintext", opens(""), RIGHT_BODY | {"Plaintext": ""})
    answer("white space around it", opens(), f" \r\n{json.dumps(RIGHT_BODY, indent=2)}\t\n")
    answer("fields that are not known", opens(), RIGHT_BODY | {"Later": {"Plaintext": "AAAA"}})
    answer("without its content type", opens(), RIGHT_BODY, headers={"content-type": "text/html"})
    answer("a byte order mark before it", opens(), "\ufeff" + json.dumps(RIGHT_BODY))
    answer("an error's name beside the plaintext", opens(), RIGHT_BODY, headers={TYPE: "AccessDeniedException"})


def not_of_kms() -> None:
    """Add answers of status 200 that no KMS gives."""
    text = json.dumps(RIGHT_BODY)
    plain = RIGHT_BODY["Plaintext"]
    for title, body in (
        ("nothing", ""),
        ("a web page", "<html>please log in</html>"),
        ("a list", [RIGHT_BODY]),
        ("null", None),
        ("an error's body", {"__type": "AccessDeniedException", "message": "no"}),
        ("no plaintext", {"KeyId": KEY}),
        ("a plaintext that is null", RIGHT_BODY | {"Plaintext": None}),
        ("a plaintext that is a number", RIGHT_BODY | {"Plaintext": 1234}),
        ("a plaintext that is a list", RIGHT_BODY | {"Plaintext": [plain]}),
        ("a plaintext under another case of its name", {"KeyId": KEY, "plaintext": plain}),
        ("a plaintext that is not base64", RIGHT_BODY | {"Plaintext": TEXT}),
        ("a plaintext without its padding", RIGHT_BODY | {"Plaintext": "YQ"}),
        ("a plaintext with unused bits", RIGHT_BODY | {"Plaintext": "YR=="}),
        ("a plaintext with a line end", RIGHT_BODY | {"Plaintext": plain + "\n"}),
        ("a plaintext in base64url", RIGHT_BODY | {"Plaintext": "_-8="}),
        ("something after it", text + "x"),
        ("two of them", text + text),
        ("half of it", text[:-1]),
        ("NaN in it", text[:-1] + ',"a":NaN}'),
        ("a number of 310 digits in it", text[:-1] + f',"a":{"1" * 310}}}'),
        ("a plaintext twice", text[:-1] + ',"Plaintext":"YQ=="}'),
        ("a lone surrogate in it", text[:-1] + r',"a":"\ud800"}'),
        ("101 lists within each other in it", text[:-1] + f',"a":{"[" * 100}{"]" * 100}}}'),
        ("100,000 lists within each other", "[" * 100_000),
    ):
        answer(f"status 200 with {title}", fails("UNREACHABLE", ATTEMPTS), body if body is not None else "null")


def names_of_errors() -> None:
    """Add every place and spelling of an error's name."""
    denied, unreachable = fails("ACCESS_DENIED", 1), fails("UNREACHABLE", ATTEMPTS)
    name = "AccessDeniedException"

    def error(title: str, expect: dict[str, Any], body: object, **headers: str) -> None:
        answer(
            title, expect, body, status=400, headers={key.replace("_", "-"): value for key, value in headers.items()}
        )

    error("a name in the body", denied, {"__type": name})
    signature = {"__type": "InvalidSignatureException"}
    for title, calls, date in (
        ("a date of long ago", 2, "Sat, 01 Jan 2000 00:00:00 GMT"),
        ("a date to come", 2, "Thu, 31 Dec 2099 23:59:59 GMT"),
        ("a day that is none", 1, "Tue, 31 Feb 2023 10:00:00 GMT"),
        ("an hour that is none", 1, "Fri, 01 Jan 2021 24:00:00 GMT"),
        ("a minute that is none", 1, "Fri, 01 Jan 2021 10:61:00 GMT"),
        ("a month that is none", 1, "Fri, 01 Foo 2021 10:00:00 GMT"),
        ("a date of the year 0", 1, "Sat, 01 Jan 0000 00:00:00 GMT"),
        ("a date of the last century", 1, "Fri, 31 Dec 1999 23:59:59 GMT"),
        ("a date of the year 9999", 1, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("a date of another zone", 1, "Fri, 01 Jan 2021 10:00:00 +0100"),
        ("a date of an old kind", 1, "Friday, 01-Jan-21 10:00:00 GMT"),
        ("a date of ISO 8601", 1, "2021-01-01T10:00:00Z"),
        ("a date that is a number", 1, "1609495200"),
    ):
        error(f"a refused signature with {title}", fails("CREDENTIALS", calls), signature, date=date)
    for clock in ("RequestInTheFuture", "RequestTimeTooSkewed"):
        error(f"{clock}, which is about the clock", fails("CREDENTIALS", 1), {"__type": clock})
    error("a name in the body with a namespace", denied, {"__type": f"com.amazonaws.kms#{name}"})
    error("a name in the header", denied, {"message": "no"}, x_amzn_errortype=name)
    error("a name in the header, without a body", denied, "", x_amzn_errortype=name)
    error("a name in the header, with a body that is no JSON", denied, "<html>", x_amzn_errortype=name)
    error("a name in the header with a suffix", denied, "{}", x_amzn_errortype=f"{name}:http://internal.example/coral/")
    error("a name in the header with both", denied, "{}", x_amzn_errortype=f"com.amazon:a#{name}:http://a.example/")
    last = fails("SERVICE_ERROR", 1)
    error("a name behind the last mark", last, "{}", x_amzn_errortype=f"com.amazon:a#{name}:http://a.example/#b")
    error("the body's name before the header's", denied, {"__type": name}, x_amzn_errortype="ThrottlingException")
    error("a header's name where the body has a number", denied, {"__type": 7}, x_amzn_errortype=name)
    error("a header's name where the body has null", denied, {"__type": None}, x_amzn_errortype=name)
    error("a name that is a number", unreachable, {"__type": 7})
    error("a name that is a list", unreachable, {"__type": [name]})
    error("a name with a space", unreachable, {"__type": "Access Denied"})
    error("a name with a line end after it", unreachable, {"__type": name + "\n"})
    error("a name with an underline", unreachable, {"__type": "Access_Denied"})
    error("a name that is not ASCII", unreachable, {"__type": "AccessDeni\u00e9dException"})
    error("a name of 65 letters", unreachable, {"__type": "A" * 65})
    error("a name of 64 letters that nobody knows", fails("SERVICE_ERROR", 1), {"__type": "A" * 64})
    error("an empty name in the body", unreachable, {"__type": ""}, x_amzn_errortype=name)
    error("a namespace without a name", unreachable, {"__type": "com.amazonaws.kms#"})
    error("a name under another name", unreachable, {"code": name, "Error": {"Code": name}})
    error("a name twice", unreachable, f'{{"__type":"{name}","__type":"DisabledException"}}')
    error("a name in a list", unreachable, [{"__type": name}])
    error("a name that objects have", fails("SERVICE_ERROR", 1), {"__type": "constructor"})


def statuses() -> None:
    """Add statuses, with and without a name."""
    right = json.dumps(RIGHT_BODY)
    for status in (201, 202, 300, 302, 400, 403, 404, 500, 503):
        answer(f"status {status} with a plaintext", fails("UNREACHABLE", ATTEMPTS), right, status=status)
    for status, name, code, attempts in (
        (429, None, "THROTTLED", ATTEMPTS),
        (429, "StrangeException", "THROTTLED", ATTEMPTS),
        (429, "ThrottlingException", "THROTTLED", ATTEMPTS),
        (429, "AccessDeniedException", "ACCESS_DENIED", 1),
        (400, "ThrottlingException", "THROTTLED", ATTEMPTS),
        (400, "ThrottlingFoo", "SERVICE_ERROR", 1),
        (400, "RequestLimitExceeded", "THROTTLED", ATTEMPTS),
        (403, "AccessDeniedException", "ACCESS_DENIED", 1),
        (404, "NotFoundException", "KEY_UNUSABLE", 1),
        (400, "KMSInternalException", "SERVICE_ERROR", ATTEMPTS),
        (400, "KMSInternalFoo", "SERVICE_ERROR", 1),
        (500, "KMSInternalException", "SERVICE_ERROR", ATTEMPTS),
        (500, "StrangeException", "SERVICE_ERROR", ATTEMPTS),
        (503, "ServiceUnavailable", "SERVICE_ERROR", ATTEMPTS),
        (503, "SlowDown", "THROTTLED", ATTEMPTS),
        (503, None, "UNREACHABLE", ATTEMPTS),
        (400, None, "UNREACHABLE", ATTEMPTS),
        (413, None, "UNREACHABLE", ATTEMPTS),
    ):
        body = {"__type": name} if name else {"message": "who knows"}
        answer(f"status {status} and {name or 'no name'}", fails(code, attempts), body, status=status)


def keys() -> None:
    """Add answers that name a key, or none."""
    of_message = {"KeyId": KEY, "Plaintext": b64(DATA_KEY)}
    text = RIGHT.plaintext.decode()
    wrong = fails("WRONG_CONTEXT", 1)
    answer("a message's data key", opens(text), of_message, secret="M")
    answer("a message's data key without its key", wrong, {"Plaintext": b64(DATA_KEY)}, secret="M")
    for title, key in (
        ("of another key", KEY[:-1] + "6"),
        ("of the key in other letters", KEY.upper()),
        ("of the key's id only", KEY.split("/")[1]),
        ("of the key with a line end", KEY + "\n"),
        ("of a key that is null", None),
        ("of a key that is a number", 7),
        ("of a key that is a list", [KEY]),
    ):
        answer(f"a message's data key {title}", wrong, of_message | {"KeyId": key}, secret="M")
    answer("a blob without a key", opens(), {"Plaintext": RIGHT_BODY["Plaintext"]})
    answer("a blob of another key", opens(), RIGHT_BODY | {"KeyId": KEY[:-1] + "6"})
    answer("a blob of a key that is a number", opens(), RIGHT_BODY | {"KeyId": 7})
    short = {"KeyId": KEY, "Plaintext": b64(bytes(31))}
    answer("a message's data key of 31 bytes", fails("TAMPERED", 1), short, secret="M")
    empty = {"KeyId": KEY, "Plaintext": ""}
    answer("a message's data key of no bytes", fails("TAMPERED", 1), empty, secret="M")


def words() -> None:
    """Add what is never shown."""
    canonical = (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method.\n\nThe Canonical String for this request should have been\n'POST\n/\n\n"
        f"host:kms.eu-central-1.amazonaws.com\nx-amz-security-token:{SESSION}\n\nhost;x-amz-security-token\n0f9c'\n"
    )
    for name in (
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "UnrecognizedClientException",
    ):
        expect = {"fails": "SECRET_BAKER_CREDENTIALS", "hidden": SESSION}
        for field in ("message", "Message"):
            answer(
                f"{name} with the session token in its {field}", expect, {"__type": name, field: canonical}, status=400
            )
    plain = RIGHT_BODY["Plaintext"]
    answer(
        "a plaintext beside an error",
        fails("ACCESS_DENIED", 1) | {"hidden": plain},
        {"__type": "AccessDeniedException", "Plaintext": plain},
        status=400,
    )
    answer(
        "a plaintext in what is no answer",
        fails("UNREACHABLE", ATTEMPTS) | {"hidden": plain},
        json.dumps(RIGHT_BODY) + plain,
    )
    forged = "no\r\nFATAL a forged line\u2028and another\x1b[2J\u0085"
    answer(
        "line ends in a message",
        fails("ACCESS_DENIED", 1) | {"hidden": "\nFATAL"},
        {"__type": "AccessDeniedException", "message": forged},
        status=400,
    )
    answer(
        "a message that is no string",
        fails("ACCESS_DENIED", 1),
        {"__type": "AccessDeniedException", "message": {"a": 1}},
        status=400,
    )


def of_secrets_manager() -> None:
    """Add what Secrets Manager may answer, and what it never does."""
    text = json.dumps(SECRET_BODY)
    answer("a secret", opens(), SECRET_BODY, secret="S")
    answer("a secret, white space around it", opens(), f" \r\n{json.dumps(SECRET_BODY, indent=2)}\t\n", secret="S")
    answer("a secret, a byte order mark before it", opens(), "\ufeff" + text, secret="S")
    for title, body in (
        ("nothing", ""),
        ("a web page", "<html>please log in</html>"),
        ("null", "null"),
        ("something after it", text + "x"),
        ("two of them", text + text),
        ("half of it", text[:-1]),
        ("NaN in it", text[:-1] + ',"a":NaN}'),
        ("its value twice", text[:-1] + ',"SecretString":"another"}'),
        ("its ARN twice", text[:-1] + f',"ARN":{json.dumps(SECRET["arn"])}}}'),
        ("a lone surrogate in its value", text.replace(TEXT, r"\ud800")),
        ("a lone surrogate beside its value", text[:-1] + r',"a":"\udc00"}'),
        ("101 lists within each other", text[:-1] + f',"a":{"[" * 100}{"]" * 100}}}'),
    ):
        answer(f"status 200, for a secret, with {title}", fails("UNREACHABLE", ATTEMPTS), body, secret="S")
    absent = {"__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret."}
    answer("a secret's absence, of status 400", fails("SECRET_GONE", 1), absent, status=400, secret="S")
    answer("a secret's absence, of status 404", fails("SECRET_GONE", 1), absent, status=404, secret="S")
    answer("a secret's absence, of status 200", fails("WRONG_CONTEXT", 1), absent, secret="S")
    answer("a secret of status 400", fails("UNREACHABLE", ATTEMPTS), SECRET_BODY, status=400, secret="S")
    answer(
        "an internal error of status 500",
        fails("SERVICE_ERROR", ATTEMPTS),
        absent | {"__type": "A"},
        status=500,
        secret="S",
    )


def secrets_never_shown() -> None:
    """Add values of secrets in answers that fail."""
    hidden = {"hidden": TEXT}
    answer(
        "a secret's value beside an error",
        fails("ACCESS_DENIED", 1) | hidden,
        SECRET_BODY | {"__type": "AccessDeniedException"},
        status=400,
        secret="S",
    )
    answer("a secret's value in what is no answer", fails("UNREACHABLE", ATTEMPTS) | hidden, f"{TEXT}{{}}", secret="S")
    other = SECRET_BODY | {"VersionId": "another"}
    answer("the value of another version", fails("WRONG_CONTEXT", 1) | hidden, other, secret="S")
    for title, value in (
        ("no JSON", TEXT),
        ("JSON without the field", json.dumps({TEXT: TEXT})),
        ("JSON with a list in the field", json.dumps({"password": [TEXT]})),
        ("JSON with the field twice", f'{{"password":"{TEXT}","password":"{TEXT}"}}'),
    ):
        body = SECRET_BODY | {"SecretString": value}
        answer(f"a secret that is {title}", fails("NO_SUCH_FIELD", 1) | hidden, body, secret="F")
