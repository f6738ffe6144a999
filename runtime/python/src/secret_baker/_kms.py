"""kms:Decrypt, and what its answers mean."""

from __future__ import annotations

import json
import os

from . import _credentials
from ._base64 import decoded, encoded
from ._failure import Failure, one_line
from ._http import Answer, Request, Url, exchange
from ._retry import retried
from ._sigv4 import signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._bundle import Arn
    from ._deadline import Deadline

_HEADERS = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "TrentService.Decrypt",
    "user-agent": "secret-baker-python/1.0.0",
}
_PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY")
_QUOTA = "too many calls of KMS in this account and region: try again later, or ask for a higher quota"
_CLOCK = "the signature does not fit: check the secret key and the machine's clock"
_NOBODY = "AWS does not know them, or not in this region: check the access key and the session token"
_EXPIRED = "they have expired: renew them"
_NONE = "the request was not signed: check the environment"
_DENIED = "allow kms:Decrypt on the parameter's key for the function's role, in the role's policy and in the key's"
_PASSING = "as a rule this passes: try again later"
# An error's name -> our code, and what to do.
_MEANINGS = {
    "ThrottlingException": ("THROTTLED", _QUOTA),
    "Throttling": ("THROTTLED", _QUOTA),
    "RequestLimitExceeded": ("THROTTLED", _QUOTA),
    "TooManyRequestsException": ("THROTTLED", _QUOTA),
    "KMSInternalException": ("SERVICE_ERROR", _PASSING),
    "KeyUnavailableException": ("SERVICE_ERROR", _PASSING),
    "DependencyTimeoutException": ("SERVICE_ERROR", _PASSING),
    "InvalidCiphertextException": (
        "WRONG_CONTEXT",
        "context, region or key are not those with which it was encrypted: package the service again",
    ),
    "AccessDeniedException": ("ACCESS_DENIED", _DENIED),
    "AccessDenied": ("ACCESS_DENIED", _DENIED),
    "DisabledException": ("KEY_UNUSABLE", "the key is disabled: enable it"),
    "NotFoundException": ("KEY_UNUSABLE", "the key is gone, or not in this account and region: restore it"),
    "KMSInvalidStateException": ("KEY_UNUSABLE", "the key is about to be deleted or imported: bring it back"),
    "IncorrectKeyException": ("KEY_UNUSABLE", "it was encrypted under another key: package the service again"),
    "InvalidKeyUsageException": ("KEY_UNUSABLE", "the key is not one for encryption: use a symmetric one"),
    "ExpiredTokenException": ("CREDENTIALS", _EXPIRED),
    "ExpiredToken": ("CREDENTIALS", _EXPIRED),
    "RequestExpired": ("CREDENTIALS", _CLOCK),
    "UnrecognizedClientException": ("CREDENTIALS", _NOBODY),
    "InvalidClientTokenId": ("CREDENTIALS", _NOBODY),
    "InvalidSignatureException": ("CREDENTIALS", _CLOCK),
    "SignatureDoesNotMatch": ("CREDENTIALS", _CLOCK),
    "IncompleteSignature": ("CREDENTIALS", _NONE),
    "IncompleteSignatureException": ("CREDENTIALS", _NONE),
    "MissingAuthenticationToken": ("CREDENTIALS", _NONE),
    "MissingAuthenticationTokenException": ("CREDENTIALS", _NONE),
}
_UNKNOWN = ("SERVICE_ERROR", "the KMS API reference of Decrypt explains its errors")


def decrypt(arn: Arn, ciphertext: bytes, context: dict[str, str], deadline: Deadline) -> bytes:
    """Return the plaintext. The region asked is that of the parameter.

    Raises Failure: WRONG_CONTEXT, ACCESS_DENIED, KEY_UNUSABLE, CREDENTIALS, THROTTLED, UNREACHABLE, SERVICE_ERROR.
    """
    body = json.dumps({"CiphertextBlob": encoded(ciphertext), "EncryptionContext": context}).encode()
    request = Request("POST", _endpoint(arn), _HEADERS, body)
    renewed = False

    def attempt() -> bytes:
        nonlocal renewed
        # Signed at each attempt: credentials rotate, and a signature of before a freeze is too old after it.
        credentials = _credentials.current(deadline)
        answer = exchange(signed(request, arn.region, "kms", credentials), deadline)
        opened = _opened(answer) if answer.status == 200 else None
        if opened is not None:
            return opened
        refusal = _refusal(answer, context)
        if refusal.code == "SECRET_BAKER_CREDENTIALS" and _credentials.forget(credentials) and not renewed:
            refusal.again = renewed = True
        raise refusal

    return retried(attempt, deadline)


def _endpoint(arn: Arn) -> Url:
    url = _address(arn)
    if any(os.environ.get(name) for name in _PROXIES):
        from ._proxy import proxy_of

        url.proxy = proxy_of(url)
    return url


def _address(arn: Arn) -> Url:
    text = os.environ.get("AWS_ENDPOINT_URL_KMS") or os.environ.get("AWS_ENDPOINT_URL")
    if not text:
        return Url(f"https://kms.{arn.region}.amazonaws.com{'.cn' if arn.partition == 'aws-cn' else ''}")
    try:
        return Url(text.strip())
    except ValueError:
        what = "the endpoint in the environment is not an http or https URL"
        raise Failure("UNREACHABLE", what, "correct AWS_ENDPOINT_URL_KMS or AWS_ENDPOINT_URL") from None


def _opened(answer: Answer) -> bytes | None:
    # The errors raised here hold the answer, and with it a plaintext: none of them may leave.
    try:
        return decoded(json.loads(answer.body)["Plaintext"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _refusal(answer: Answer, context: dict[str, str]) -> Failure:
    name, message = _error(answer)
    if not name and answer.status != 429:
        what = f"something other than KMS has answered, with HTTP {answer.status}"
        return Failure("UNREACHABLE", what, "check the endpoint, and any proxy on the way to it", again=True)
    code, hint = _MEANINGS.get(name, _UNKNOWN if answer.status != 429 else ("THROTTLED", _QUOTA))
    what = f"kms:Decrypt failed with {name or 'HTTP 429'}"
    if message and code != "CREDENTIALS":  # what is said of a wrong signature may quote the session token
        what += f" ({message})"
    if code in {"ACCESS_DENIED", "WRONG_CONTEXT"}:
        what += f" for the encryption context {json.dumps(context)}"
    again = code == "THROTTLED" or hint == _PASSING or answer.status >= 500
    return Failure(code, what, hint, key=_key_in(message), again=again)


def _error(answer: Answer) -> tuple[str, str]:
    """Return the error's bare name and its message; empty where the answer has none."""
    if answer.status == 200:
        return "", ""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    found = found if isinstance(found, dict) else {}
    name = str(found.get("__type") or found.get("code") or answer.headers.get("x-amzn-errortype", ""))
    name = name.partition(":")[0].rpartition("#")[2]
    message = found.get("message") or found.get("Message") or ""
    return (name if name.isalnum() else ""), one_line(message if isinstance(message, str) else "")


def _key_in(message: str) -> str:
    """Return the ARN of a key that a message names."""
    for word in message.replace("'", " ").replace('"', " ").split():
        if word.startswith("arn:") and ":kms:" in word:
            return word.rstrip(".,;:()")
    return ""
