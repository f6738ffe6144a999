"""kms:Decrypt, and what its answers mean."""

from __future__ import annotations

import json
import os

from . import _credentials
from ._base64 import decoded, encoded
from ._failure import Failure, one_line
from ._http import Answer, Url, exchange
from ._retry import retried
from ._settings import settings
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
_THROTTLED = {"ThrottlingException", "RequestLimitExceeded", "Throttling", "TooManyRequestsException"}
_TRANSIENT = {"KMSInternalException", "KeyUnavailableException", "DependencyTimeoutException"}
_DENIED = {"AccessDeniedException", "AccessDenied"}
_UNUSABLE = {
    "DisabledException": "the key is disabled: enable it",
    "NotFoundException": "the key is gone, or belongs to another account or region: restore it or bake again",
    "KMSInvalidStateException": "the key is pending deletion or import: bring it back",
    "IncorrectKeyException": "the value was encrypted under another key: bake again",
}
_CREDENTIALS = {
    "ExpiredTokenException": "they have expired: renew them",
    "ExpiredToken": "they have expired: renew them",
    "RequestExpired": "the request was too old when it arrived: check the machine's clock",
    "UnrecognizedClientException": "AWS does not know them, or not in this region: check the session token",
    "InvalidClientTokenId": "AWS does not know them: check the access key and the session token",
    "InvalidSignatureException": "the signature does not fit: check the secret key and the machine's clock",
    "SignatureDoesNotMatch": "the signature does not fit: check the secret key and the machine's clock",
    "IncompleteSignature": "the signature is not whole: check the access key",
    "IncompleteSignatureException": "the signature is not whole: check the access key",
    "MissingAuthenticationToken": "the request had none: check the environment",
    "MissingAuthenticationTokenException": "the request had none: check the environment",
}


def decrypt(arn: Arn, ciphertext: bytes, context: dict[str, str], deadline: Deadline) -> bytes:
    """Return the plaintext. The region asked is that of the parameter.

    Raises Failure: WRONG_CONTEXT, ACCESS_DENIED, KEY_UNUSABLE, CREDENTIALS, THROTTLED, UNREACHABLE, SERVICE_ERROR.
    """
    body = json.dumps({"CiphertextBlob": encoded(ciphertext), "EncryptionContext": context}).encode()
    url = _endpoint(arn)

    def attempt() -> bytes:
        # Signed at each attempt: credentials rotate, and a signature of before a freeze is too old after it.
        credentials = _credentials.current(deadline)
        headers = signed(credentials, arn.region, "kms", url.authority, url.path, _HEADERS, body)
        within = deadline.within(settings.attempt_timeout)
        answer = exchange(url, "POST", headers, body, within, settings.connect_timeout)
        opened = _opened(answer) if answer.status == 200 else None
        if opened is None:
            raise _refusal(answer)
        return opened

    return retried(attempt, deadline)


def _endpoint(arn: Arn) -> Url:
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


def _refusal(answer: Answer) -> Failure:
    name, message = _error(answer)
    said = f" ({message})" if message else ""
    if name in _THROTTLED or (answer.status == 429 and not name):
        hint = "too many calls of KMS in this account and region: try again later or ask for a higher quota"
        return Failure("THROTTLED", "KMS is throttling", hint, again=True)
    if name == "InvalidCiphertextException":
        hint = "the encryption context, the region or the key is another than when it was encrypted: bake again"
        return Failure("WRONG_CONTEXT", "KMS does not open this ciphertext for this parameter", hint)
    if name in _DENIED:
        hint = (
            "allow kms:Decrypt on the parameter's key for the function's role, with kms:EncryptionContext:PARAMETER_ARN"
        )
        return Failure("ACCESS_DENIED", f"kms:Decrypt was denied{said}", hint, key=_key_in(message))
    if name in _UNUSABLE:
        return Failure("KEY_UNUSABLE", f"KMS answered {name}{said}", _UNUSABLE[name], key=_key_in(message))
    if name in _CREDENTIALS:
        _credentials.forget()
        return Failure("CREDENTIALS", f"KMS refused the credentials with {name}", _CREDENTIALS[name])
    again = name in _TRANSIENT or answer.status >= 500
    if name:
        hint = "KMS's documentation of Decrypt explains this error" + (", which passes as a rule" if again else "")
        return Failure("SERVICE_ERROR", f"KMS answered {name}{said}", hint, again=again)
    what = f"something other than KMS has answered, with HTTP {answer.status}"
    return Failure("UNREACHABLE", what, "check the endpoint and what lies between: a proxy, a gateway", again=True)


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
    name = name.rpartition("#")[2].partition(":")[0]
    message = found.get("message") or found.get("Message") or ""
    return (name if name.isalnum() else ""), one_line(message if isinstance(message, str) else "")


def _key_in(message: str) -> str:
    """Return the ARN of a key that a message names."""
    for word in message.replace("'", " ").replace('"', " ").split():
        if word.startswith("arn:") and ":kms:" in word:
            return word.rstrip(".,;:()")
    return ""
