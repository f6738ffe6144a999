"""What tells of parameters and secrets without their values."""

from __future__ import annotations

from typing import Any

from .conftest import StandIn


def put(stand_in: StandIn, names: list[str]) -> str:
    key: str = stand_in.call("TrentService.CreateKey")["KeyMetadata"]["KeyId"]
    for name in names:
        kept = {"Name": name, "Value": "v", "Type": "SecureString", "KeyId": key, "Overwrite": True}
        stand_in.call("AmazonSSM.PutParameter", **kept)
    return key


def describe(stand_in: StandIn, names: list[str], **more: Any) -> dict[str, Any]:
    filters = [{"Key": "Name", "Option": "Equals", "Values": names}]
    return stand_in.call("AmazonSSM.DescribeParameters", ParameterFilters=filters, **more)


def test_a_parameter_is_described_by_its_exact_name_without_its_value(stand_in: StandIn) -> None:
    stand_in.order()
    key = put(stand_in, ["/d/one", "/d/one/more", "/d/other"])
    (described,) = describe(stand_in, ["/d/one", "/d/none"])["Parameters"]
    arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/d/one"
    told = {name: described[name] for name in ("Name", "ARN", "KeyId", "Tier", "Version", "Type")}
    wanted = {"Name": "/d/one", "ARN": arn, "KeyId": key, "Tier": "Standard", "Version": 1, "Type": "SecureString"}
    assert told == wanted
    assert "Value" not in described


def test_fifty_parameters_are_on_a_page_and_fifty_names_in_a_filter(stand_in: StandIn) -> None:
    stand_in.order()
    names = [f"/pages/{number:02}" for number in range(60)]
    put(stand_in, names)
    by_path = [{"Key": "Path", "Option": "Recursive", "Values": ["/pages"]}]
    first = stand_in.call("AmazonSSM.DescribeParameters", ParameterFilters=by_path)
    rest = stand_in.call("AmazonSSM.DescribeParameters", ParameterFilters=by_path, NextToken=first["NextToken"])
    assert (len(first["Parameters"]), len(rest["Parameters"]), "NextToken" in rest) == (50, 10, False)
    few = describe(stand_in, names[:50], MaxResults=7)
    assert (len(few["Parameters"]), "NextToken" in few) == (7, True)
    assert describe(stand_in, names)["__type"].endswith("ValidationException")
    assert describe(stand_in, names[:1], MaxResults=51)["__type"].endswith("ValidationException")


def test_the_history_of_an_arn_has_keys_and_labels_and_ciphertexts(stand_in: StandIn) -> None:
    stand_in.order()
    old, new = put(stand_in, ["/d/old"]), put(stand_in, ["/d/old"])
    stand_in.call("AmazonSSM.LabelParameterVersion", Name="/d/old", ParameterVersion=1, Labels=["live"])
    arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/d/old"
    for name in ("/d/old", arn):
        history = stand_in.call("AmazonSSM.GetParameterHistory", Name=name, WithDecryption=False)["Parameters"]
        assert [(one["Version"], one["KeyId"], one["Labels"]) for one in history] == [(1, old, ["live"]), (2, new, [])]
        assert all(one["Value"] != "v" for one in history)


def test_a_hundred_versions_are_kept_and_the_oldest_stays_while_it_has_a_label(stand_in: StandIn) -> None:
    stand_in.order()
    kept = {"Name": "/d/many", "Value": "v", "Type": "String", "Overwrite": True}
    for _ in range(101):
        stand_in.call("AmazonSSM.PutParameter", **kept)
    first = stand_in.call("AmazonSSM.GetParameterHistory", Name="/d/many")
    rest = stand_in.call("AmazonSSM.GetParameterHistory", Name="/d/many", NextToken=first["NextToken"])
    versions = [one["Version"] for one in first["Parameters"] + rest["Parameters"]]
    assert versions == list(range(2, 102))
    stand_in.call("AmazonSSM.LabelParameterVersion", Name="/d/many", ParameterVersion=2, Labels=["live"])
    refused = stand_in.call("AmazonSSM.PutParameter", **kept)
    assert refused["__type"].endswith("ParameterMaxVersionLimitExceeded")


def test_each_version_of_a_secret_has_a_date_and_a_key_of_its_own(stand_in: StandIn) -> None:
    stand_in.order()
    made = stand_in.call("secretsmanager.CreateSecret", Name="d/secret", SecretString="v")
    stand_in.call("secretsmanager.PutSecretValue", SecretId="d/secret", SecretString="w")
    listed = stand_in.call("secretsmanager.ListSecretVersionIds", SecretId=made["ARN"])
    told = [(one["VersionStages"], one["KmsKeyIds"]) for one in listed["Versions"]]
    assert told == [(["AWSPREVIOUS"], ["DefaultEncryptionKey"]), (["AWSCURRENT"], ["DefaultEncryptionKey"])]
    described = stand_in.call("secretsmanager.DescribeSecret", SecretId="d/secret")
    assert all(one["CreatedDate"] <= described["LastChangedDate"] for one in listed["Versions"])
