"""What IAM's policies allow, decided by moto's engine made as strict as AWS, and both calls that simulate it.

moto matches names as regular expressions, takes an unmet condition for a denial, knows `StringEquals` alone, and lets
every other condition pass: none of that may decide whether a policy of ours is enough, and not more.
"""

from __future__ import annotations

import enum
import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.iam.exceptions import ValidationError
from moto.iam.responses import IamResponse

# Values by condition key; one that stands for many has several.
Context = Mapping[str, Sequence[str]]


class Decision(enum.Enum):
    """As the simulation spells it."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass
class Outcome:
    """What was decided, and which condition keys the policies ask for and nobody gave."""

    decision: Decision
    missing: list[str] = field(default_factory=list)


def decide(policies: Iterable[Any], action: str, resource: str = "*", context: Context | None = None) -> Outcome:
    """Decide as AWS does: one denial denies, one permission allows, and nothing is allowed by itself.

    `policies` are documents, each a JSON text or what it says.
    """
    known = {key.lower(): list(values) for key, values in (context or {}).items()}
    results, missing = set(), set[str]()
    for policy in policies:
        document = json.loads(policy) if isinstance(policy, str) else policy
        statements = document["Statement"]
        for statement in [statements] if isinstance(statements, dict) else statements:
            results.add(_Statement(statement, known).result(action, resource))
            missing.update(key for key in _keys_of(statement) if key.lower() not in known)
    decision = Decision.ALLOWED if PermissionResult.PERMITTED in results else Decision.IMPLICIT_DENY
    if PermissionResult.DENIED in results:
        decision = Decision.EXPLICIT_DENY
    return Outcome(decision, sorted(missing))


def _keys_of(statement: Mapping[str, Any]) -> list[str]:
    return [key for keys in statement.get("Condition", {}).values() for key in keys]


class _Statement(IAMPolicyStatement):
    """moto's statement, with names and conditions as AWS matches them."""

    def __init__(self, statement: Mapping[str, Any], context: Mapping[str, list[str]]) -> None:
        super().__init__(statement)
        self._context = context

    def result(self, action: str, resource: str) -> PermissionResult:
        """Return what the statement says of this; its conditions are looked at first, since moto errs there."""
        if not _conditions_hold(self._statement.get("Condition", {}), self._context):
            return PermissionResult.NEUTRAL
        if "NotResource" in self._statement:
            concerned = not self._check_element_matches("NotResource", resource)
            return self._of_action(action) if concerned else PermissionResult.NEUTRAL
        return self.is_action_permitted(action.lower(), resource)

    def _of_action(self, action: str) -> PermissionResult:
        """Return what it says of an action on a resource that is concerned."""
        return _Statement({**_without(self._statement, "NotResource"), "Resource": "*"}, {}).is_action_permitted(
            action.lower(), "*"
        )

    def _check_element_matches(self, statement_element: Any, value: str) -> bool:
        patterns = self._statement[statement_element]
        patterns = [patterns] if isinstance(patterns, str) else patterns
        # Actions are compared without regard to case, resources with it.
        if statement_element in ("Action", "NotAction"):
            patterns = [pattern.lower() for pattern in patterns]
        return any(_like(pattern, value) for pattern in patterns)

    def _check_conditions(self, _incoming_condition_values: object) -> bool:
        return True  # they are looked at before


def _without(statement: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in (key, "Condition")}


def _like(pattern: str, value: str) -> bool:
    """Match `*` and `?`, which are all that a pattern of AWS has."""
    return re.match(fnmatch.translate(pattern.replace("[", "[[]")), value) is not None


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "stringequals": lambda wanted, value: wanted == value,
    "stringequalsignorecase": lambda wanted, value: wanted.lower() == value.lower(),
    "stringlike": _like,
    "arnequals": _like,
    "arnlike": _like,
    "bool": lambda wanted, value: wanted.lower() == value.lower(),
}


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, list[str]]) -> bool:
    return all(
        _holds(operator, _texts(wanted), context.get(key.lower()))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, wanted: list[str], values: list[str] | None) -> bool:
    """Tell whether one condition holds; raise for an operator that is not known here, rather than guess."""
    quantifier, _, name = operator.lower().rpartition(":")
    if name == "null":
        return (wanted[0].lower() == "true") == (values is None)
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    # `StringNotEquals` holds where none is equal.
    negated = "not" in name
    test = _OPERATORS.get(name.replace("not", "", 1))
    if test is None:
        raise ValidationError(f"the stand-in does not know the condition {operator}")
    if values is None:
        # A missing key is equal to nothing; of no values all fit, and none does.
        return if_exists or negated or quantifier == "forallvalues"
    fits = [any(test(one, value) for one in wanted) != negated for value in values]
    return all(fits) if quantifier == "forallvalues" else any(fits)


def _texts(values: Any) -> list[str]:
    values = values if isinstance(values, list) else [values]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]


def install() -> None:
    """Add the calls that moto lacks."""
    for name, function in (
        ("simulate_custom_policy", _simulate_custom_policy),
        ("simulate_principal_policy", _simulate_principal_policy),
    ):
        setattr(IamResponse, name, function)


def _simulate_custom_policy(self: Any) -> ActionResult:
    return _simulated(self, self._get_param("PolicyInputList"))


def _simulate_principal_policy(self: Any) -> ActionResult:
    source = self._get_param("PolicySourceArn")
    if not re.fullmatch(r"arn:[^:]+:iam::\d{12}:(user|group|role)/.+", source):
        raise ValidationError(f"Invalid Entity Arn: {source}")
    role = self.backend.get_role_by_arn(source)
    attached, _ = self.backend.list_attached_role_policies(role.name)
    policies = [*role.policies.values(), *(_document(policy) for policy in attached)]
    return _simulated(self, [*policies, *(self._get_param("PolicyInputList") or [])])


def _document(policy: Any) -> str:
    document: str = next(version.document for version in policy.versions if version.is_default)
    return document


def _simulated(self: Any, policies: list[str]) -> ActionResult:
    """Answer a page; `Marker` is the index of its first result."""
    context = {
        entry["ContextKeyName"]: entry.get("ContextKeyValues", []) for entry in self._get_param("ContextEntries") or []
    }
    resources = self._get_param("ResourceArns") or ["*"]
    results = [
        _result({resource: decide(policies, action, resource, context) for resource in resources}, action)
        for action in self._get_param("ActionNames")
    ]
    start, most = int(self._get_param("Marker") or 0), int(self._get_param("MaxItems") or 100)
    page: dict[str, Any] = {"EvaluationResults": results[start : start + most], "IsTruncated": False}
    if start + most < len(results):
        page |= {"IsTruncated": True, "Marker": str(start + most)}
    return ActionResult(page)


def _result(outcomes: Mapping[str, Outcome], action: str) -> dict[str, Any]:
    """Return one for all resources of an action, as AWS does: the gravest decision, and beside it each one's own."""
    gravest = next(
        decision
        for decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY, Decision.ALLOWED)
        if decision in {outcome.decision for outcome in outcomes.values()}
    )
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": next(iter(outcomes)),
        "EvalDecision": gravest.value,
        "MatchedStatements": [],
        "MissingContextValues": outcomes["*"].missing if "*" in outcomes else [],
    }
    if "*" not in outcomes:
        result["ResourceSpecificResults"] = [
            {
                "EvalResourceName": resource,
                "EvalResourceDecision": outcome.decision.value,
                "MatchedStatements": [],
                "MissingContextValues": outcome.missing,
            }
            for resource, outcome in outcomes.items()
        ]
    return result
