"""CloudFormation: what a deploy of the frameworks needs and moto lacks."""

from __future__ import annotations

import re
from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import CloudFormationBackend
from moto.cloudformation.responses import CloudFormationResponse
from moto.ssm import ssm_backends

_create_stack = CloudFormationBackend.create_stack
_update_stack = CloudFormationBackend.update_stack
_create_change_set = CloudFormationResponse.create_change_set
_list_stack_resources = CloudFormationResponse.list_stack_resources
# AWS has a hundred; so that few resources make several pages.
_PAGE = 5


def install() -> None:
    """Replace moto's functions."""
    for owner, name, function in (
        (CloudFormationBackend, "create_stack", _create),
        (CloudFormationBackend, "update_stack", _update),
        # cfn-lint refuses runtimes by the calendar, and is slow.
        (CloudFormationBackend, "validate_template", lambda _self, _template: []),
        (CloudFormationResponse, "create_change_set", _change_set),
        (CloudFormationResponse, "list_stack_resources", _resources),
    ):
        setattr(owner, name, function)


def _resolved(backend: Any, template: Any) -> Any:
    """Replace `{{resolve:ssm:name:version}}`, which moto keeps as it is."""

    def value(match: re.Match[str]) -> str:
        parameter = ssm_backends[backend.account_id][backend.region_name].get_parameter(match[1])
        if parameter is None:
            raise ValidationError(message=f"Parameters: [ssm:{match[1]}] cannot be found.")
        return parameter.value

    if not isinstance(template, str):
        return template
    return re.sub(r"\{\{resolve:ssm:([^}]+)\}\}", value, template)


def _create(self: Any, name: str, template: Any, *args: Any, **kwargs: Any) -> Any:
    """Create; a resource that fails rolls the stack back, while the call itself succeeds."""
    try:
        return _create_stack(self, name, _resolved(self, template), *args, **kwargs)
    except (ValidationError, AlreadyExistsException):
        raise
    except Exception as error:  # noqa: BLE001  (any resource of moto may raise anything)
        stack = next(stack for stack in self.stacks.values() if stack.name == name)
        stack._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason=str(error)[:200])
        stack.resource_map.delete()
        stack.status = "ROLLBACK_COMPLETE"
        stack._add_stack_event("ROLLBACK_COMPLETE")
        return stack


def _update(self: Any, name: str, template: Any, *args: Any, **kwargs: Any) -> Any:
    return _update_stack(self, name, _resolved(self, template), *args, **kwargs)


def _change_set(self: Any) -> Any:
    """Create an empty change set as FAILED, as AWS does, instead of refusing it."""
    self._validate_different_update = lambda *_: None
    return _create_change_set(self)


def _resources(self: Any) -> Any:
    """List a stack's resources page by page: moto gives them all at once."""
    answer = _list_stack_resources(self)
    first = int(self._get_param("NextToken") or 0)
    all_of_them = answer.result["StackResourceSummaries"]
    answer.result["StackResourceSummaries"] = all_of_them[first : first + _PAGE]
    if first + _PAGE < len(all_of_them):
        answer.result["NextToken"] = str(first + _PAGE)
    return answer
