"""What KMS tells of a key, and of a call that it was not to make."""

from __future__ import annotations

from .conftest import StandIn


def test_a_key_of_aws_is_told_from_a_customers(stand_in: StandIn) -> None:
    stand_in.order()
    key = stand_in.call("TrentService.CreateKey")["KeyMetadata"]
    assert stand_in.call("TrentService.DescribeKey", KeyId=key["Arn"])["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    of_aws = stand_in.call("TrentService.DescribeKey", KeyId="alias/aws/ssm")["KeyMetadata"]
    assert (of_aws["KeyManager"], of_aws["KeyState"]) == ("AWS", "Enabled")


def test_the_aliases_of_one_key(stand_in: StandIn) -> None:
    stand_in.order()
    one, other = (stand_in.call("TrentService.CreateKey")["KeyMetadata"] for _ in range(2))
    for alias, key in (("alias/of-one", one), ("alias/of-other", other)):
        stand_in.call("TrentService.CreateAlias", AliasName=alias, TargetKeyId=key["KeyId"])
    aliases = stand_in.call("TrentService.ListAliases", KeyId=one["Arn"])["Aliases"]
    assert [alias["AliasName"] for alias in aliases] == ["alias/of-one"]


def test_a_dry_run_opens_nothing_and_refuses_what_would_be_refused(stand_in: StandIn) -> None:
    stand_in.order()
    key = stand_in.call("TrentService.CreateKey")["KeyMetadata"]["KeyId"]
    context = {"PARAMETER_ARN": "arn"}
    asked = {"KeyId": key, "Plaintext": "c2VjcmV0", "EncryptionContext": context}
    blob = stand_in.call("TrentService.Encrypt", **asked)["CiphertextBlob"]
    dry = stand_in.call("TrentService.Decrypt", CiphertextBlob=blob, EncryptionContext=context, DryRun=True)
    assert (dry["status"], dry["__type"]) == (412, "DryRunOperationException")
    assert "Plaintext" not in dry
    wrong = stand_in.call("TrentService.Decrypt", CiphertextBlob=blob, DryRun=True)
    assert wrong["__type"] == "InvalidCiphertextException"
    stand_in.call("TrentService.DisableKey", KeyId=key)
    disabled = stand_in.call("TrentService.Decrypt", CiphertextBlob=blob, EncryptionContext=context, DryRun=True)
    assert disabled["__type"] == "DisabledException"
