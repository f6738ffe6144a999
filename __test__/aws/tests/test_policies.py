"""Policies decide as those of AWS do, and the simulation tells it."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from aws.policies import Decision, decide

from .conftest import StandIn

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234"
ARN = "arn:aws:ssm:eu-central-1:123456789012:parameter/app/db"
PARAMETER_ARN = "kms:EncryptionContext:PARAMETER_ARN"
ALLOWED, DENIED, NOTHING = Decision.ALLOWED, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = "kms:Decrypt", resource: Any = KEY, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def decision(*policies: Any, context: dict[str, list[str]] | None = None) -> Decision:
    return decide(policies, "kms:Decrypt", KEY, context).decision


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow(), ALLOWED),
        (allow(["kms:Encrypt", "KMS:decrypt"]), ALLOWED),
        (allow("kms:D*", "*"), ALLOWED),
        (allow("kms:?ecrypt", KEY[:-1] + "?"), ALLOWED),
        (allow("kms:Encrypt"), NOTHING),
        # Dots and brackets are no patterns, and a beginning is not the whole.
        (allow(resource=KEY.replace("-", ".")), NOTHING),
        (allow(resource=KEY.replace("1234", "[0-9]*")), NOTHING),
        (allow(resource=KEY[:-1]), NOTHING),
        (allow(resource=KEY.upper()), NOTHING),
        ({"Effect": "Allow", "NotAction": "ssm:*", "Resource": "*"}, ALLOWED),
        ({"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}, NOTHING),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:ssm:*"}, ALLOWED),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:kms:*"}, NOTHING),
    ],
)
def test_actions_and_resources(statement: dict[str, Any], expected: Decision) -> None:
    assert decision(policy(statement)) is expected


def test_one_denial_counts_more_than_any_permission() -> None:
    deny = {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}
    assert decision(policy(allow()), json.dumps(policy(deny))) is DENIED
    assert decision(policy(deny), policy(allow())) is DENIED


def test_a_denial_whose_condition_is_not_met_denies_nothing() -> None:
    condition = {"StringEquals": {PARAMETER_ARN: "other"}}
    deny = {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": condition}
    assert decision(policy(allow(), deny), context={PARAMETER_ARN: [ARN]}) is ALLOWED
    assert decision(policy(allow(), deny), context={PARAMETER_ARN: ["other"]}) is DENIED


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"),
    [
        ("StringEquals", ARN, ALLOWED),
        ("StringEquals", ["other", ARN], ALLOWED),
        ("StringEquals", ARN[:-2] + "*", NOTHING),
        ("StringEqualsIgnoreCase", ARN.upper(), ALLOWED),
        ("StringLike", ARN[:-2] + "*", ALLOWED),
        ("StringLike", ARN[:-2] + "x*", NOTHING),
        ("StringNotEquals", ARN, NOTHING),
        ("StringNotEquals", "other", ALLOWED),
        ("ArnLike", "arn:aws:ssm:*:123456789012:parameter/*", ALLOWED),
        ("Null", "false", ALLOWED),
        ("Null", True, NOTHING),
    ],
)
def test_conditions(operator: str, wanted: Any, expected: Decision) -> None:
    statement = allow(Condition={operator: {PARAMETER_ARN.upper(): wanted}})
    assert decision(policy(statement), context={PARAMETER_ARN: [ARN]}) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", NOTHING),
        ("StringEqualsIfExists", ALLOWED),
        ("StringNotEquals", ALLOWED),
        ("ForAllValues:StringEquals", ALLOWED),
        ("ForAnyValue:StringEquals", NOTHING),
    ],
)
def test_a_key_that_nobody_gave(operator: str, expected: Decision) -> None:
    outcome = decide([policy(allow(Condition={operator: {PARAMETER_ARN: ARN}}))], "kms:Decrypt", KEY)
    assert outcome.decision is expected
    assert outcome.missing == [PARAMETER_ARN]


def test_a_key_of_many_values() -> None:
    context = {"kms:EncryptionContextKeys": ["PARAMETER_ARN", "aws-crypto-public-key"]}

    def of(operator: str) -> Decision:
        condition = {operator: {"kms:EncryptionContextKeys": "PARAMETER_ARN"}}
        return decision(policy(allow(Condition=condition)), context=context)

    assert of("ForAllValues:StringEquals") is NOTHING
    assert of("ForAnyValue:StringEquals") is ALLOWED


def test_all_conditions_must_hold() -> None:
    condition = {"StringEquals": {PARAMETER_ARN: ARN, "kms:ViaService": "ssm.eu-central-1.amazonaws.com"}}
    statement = policy(allow(Condition=condition))
    assert decision(statement, context={PARAMETER_ARN: [ARN]}) is NOTHING


def test_an_operator_that_is_not_known_is_never_guessed() -> None:
    with pytest.raises(Exception, match="does not know the condition IpAddress"):
        decision(
            policy(allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})), context={"aws:SourceIp": ["x"]}
        )


class Iam:
    """What a test says to IAM, in the query protocol."""

    def __init__(self, stand_in: StandIn) -> None:
        self.endpoint = stand_in.endpoint

    def call(self, action: str, **parameters: str) -> ET.Element:
        """Make a call, and return its answer."""
        body = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **parameters})
        scope = "AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/iam/aws4_request"
        headers = {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        request = urllib.request.Request(self.endpoint + "/", data=body.encode(), headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return ET.fromstring(answer.read())  # noqa: S314  (our own stand-in)


def texts(element: ET.Element, name: str) -> list[str]:
    return [found.text or "" for found in element.iter() if found.tag.endswith("}" + name)]


@pytest.fixture(scope="module")
def iam(stand_in: StandIn) -> Iam:
    stand_in.order()
    iam = Iam(stand_in)
    trust = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}})
    iam.call("CreateRole", RoleName="simulated", AssumeRolePolicyDocument=json.dumps(trust))
    document = json.dumps(policy(allow(Condition={"StringEquals": {PARAMETER_ARN: ARN}})))
    iam.call("PutRolePolicy", RoleName="simulated", PolicyName="open", PolicyDocument=document)
    return iam


def simulate(iam: Iam, context: str | None = None, **more: str) -> ET.Element:
    given = {
        "ContextEntries.member.1.ContextKeyName": PARAMETER_ARN,
        "ContextEntries.member.1.ContextKeyType": "string",
        "ContextEntries.member.1.ContextKeyValues.member.1": context or "",
    }
    return iam.call(
        "SimulatePrincipalPolicy",
        **{
            "PolicySourceArn": "arn:aws:iam::123456789012:role/simulated",
            "ActionNames.member.1": "kms:Decrypt",
            "ResourceArns.member.1": KEY,
            **(given if context else {}),
            **more,
        },
    )


def test_a_roles_policies_are_simulated(iam: Iam) -> None:
    assert texts(simulate(iam, ARN), "EvalDecision") == ["allowed"]
    assert texts(simulate(iam, "other"), "EvalDecision") == ["implicitDeny"]
    missing = simulate(iam)
    assert texts(missing, "EvalDecision") == ["implicitDeny"]
    assert [found.text for found in missing.iter() if found.text == PARAMETER_ARN] == [PARAMETER_ARN]


def test_results_come_in_pages(iam: Iam) -> None:
    two = {"ActionNames.member.2": "kms:Encrypt", "MaxItems": "1"}
    first = simulate(iam, ARN, **two)
    assert (texts(first, "EvalDecision"), texts(first, "IsTruncated")) == (["allowed"], ["true"])
    (marker,) = texts(first, "Marker")
    last = simulate(iam, ARN, **two, Marker=marker)
    assert (texts(last, "EvalDecision"), texts(last, "IsTruncated")) == (["implicitDeny"], ["false"])


def test_all_resources_of_an_action_have_one_result(iam: Iam) -> None:
    two = simulate(iam, ARN, **{"ResourceArns.member.2": KEY + "x"})
    assert texts(two, "EvalDecision") == ["implicitDeny"]
    assert texts(two, "EvalResourceDecision") == ["allowed", "implicitDeny"]


def test_a_policy_of_nobody_is_simulated(iam: Iam) -> None:
    answer = iam.call(
        "SimulateCustomPolicy",
        **{
            "PolicyInputList.member.1": json.dumps(policy(allow())),
            "ActionNames.member.1": "kms:Decrypt",
            "ActionNames.member.2": "kms:Encrypt",
            "ResourceArns.member.1": KEY,
        },
    )
    assert texts(answer, "EvalDecision") == ["allowed", "implicitDeny"]


def test_a_role_that_does_not_exist(iam: Iam) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        simulate(iam, PolicySourceArn="arn:aws:iam::123456789012:role/nobody")
    assert error.value.code == 404
    assert "NoSuchEntity" in error.value.read().decode()
