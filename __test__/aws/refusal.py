"""An AWS error, in the protocol of the call and with the sentence that AWS would say."""

from __future__ import annotations

import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

from .calls import bare_name, body_of, scope_of
from .server import Answer, Environ

_JSON = "application/x-amz-json-1.1"
_JSON_OF_DYNAMO_DB = "application/x-amz-json-1.0"
_CALLER = "arn:aws:sts::123456789012:assumed-role/deploy/session"
_MESSAGES = {
    "ThrottlingException": "Rate exceeded",
    "ExpiredTokenException": "The security token included in the request is expired",
    "UnrecognizedClientException": "The security token included in the request is invalid.",
}
# KMS says the same of a missing key, of a key of another region and of a missing permission.
_KMS_DENIAL = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, "
    "or you are not allowed to access."
)


def refusal(environ: Environ, order: dict[str, Any], names: list[str]) -> Answer:
    """Return the error that a rule orders; `names` are the parameters it is about."""
    code, status = order["error"], f"{order.get('status', 400)} Fault"
    message = order.get("message")
    if message is None:
        message = _denial(environ, names) if code == "AccessDeniedException" else _MESSAGES.get(code, "")
    request_id = str(uuid.uuid4())
    target = environ.get("HTTP_X_AMZ_TARGET")
    headers: list[tuple[str, str]] = []
    if target is not None:
        kind, body = _JSON, json.dumps({"__type": code, "message": message})
        if target.startswith("secretsmanager."):
            body = json.dumps({"__type": code, "Message": message})
        if target.startswith("DynamoDB_20120810."):
            kind, body = _JSON_OF_DYNAMO_DB, json.dumps({"__type": _of_dynamo_db(code), "message": message})
    elif scope_of(environ)[2] == "lambda":
        kind, body = "application/json", json.dumps({"Type": "User", "message": message})
        headers = [("x-amzn-ErrorType", f"{code}:http://internal.amazon.com/coral/com.amazonaws.lambda/")]
    else:
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        kind, body = "text/xml", f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return Answer(status, [("Content-Type", kind), ("x-amzn-RequestId", request_id), *headers], body.encode())


def _of_dynamo_db(code: str) -> str:
    """Return an error's name as DynamoDB writes it: its own are in its namespace, those of every service in another."""
    own = code in ("ResourceNotFoundException", "ProvisionedThroughputExceededException", "InternalServerError")
    return f"{'com.amazonaws.dynamodb.v20120810' if own else 'com.amazon.coral.service'}#{code}"


def _denial(environ: Environ, names: list[str]) -> str:
    """Return the sentence with which IAM refuses; of several parameters it names the first."""
    _, region, service = scope_of(environ)
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if operation == "Decrypt":
        return _KMS_DENIAL
    action = f"{service}:{operation}"
    resource = "*"
    if service == "dynamodb":
        table = json.loads(body_of(environ) or b"{}").get("TableName", "*")
        resource = f"arn:aws:dynamodb:{region}:123456789012:table/{table}"
    elif service == "secretsmanager" and names:
        resource = names[0]
    elif names:
        resource = f"arn:aws:ssm:{region}:123456789012:parameter/{bare_name(names[0]).lstrip('/')}"
    return (
        f"User: {_CALLER} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
