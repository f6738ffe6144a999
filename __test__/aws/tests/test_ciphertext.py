"""What an undecrypted SecureString looks like."""

from __future__ import annotations

import base64

from .conftest import StandIn


def value_of(stand_in: StandIn, name: str) -> bytes:
    parameter = stand_in.call("AmazonSSM.GetParameters", Names=[name])["Parameters"][0]
    return base64.b64decode(parameter["Value"], validate=True)


def test_the_standard_tier_has_the_header_of_a_kms_blob(stand_in: StandIn) -> None:
    stand_in.order()
    stand_in.put("/c/one", "first secret")
    blob = value_of(stand_in, "/c/one")
    assert blob.startswith(b"\x01\x02\x02\x00\x78")
    assert b"first secret" not in blob


def test_bytes_5_to_37_tell_the_key(stand_in: StandIn) -> None:
    stand_in.order()
    key = stand_in.call("TrentService.CreateKey")["KeyMetadata"]["KeyId"]
    other = stand_in.call("TrentService.CreateKey")["KeyMetadata"]["KeyId"]
    for name, used in (("/c/a", key), ("/c/b", key), ("/c/x", other)):
        kept = {"Name": name, "Value": "v", "Type": "SecureString", "KeyId": used}
        stand_in.call("AmazonSSM.PutParameter", **kept)
    a, b, x = (value_of(stand_in, name)[5:37] for name in ("/c/a", "/c/b", "/c/x"))
    assert a == b != x


def test_the_advanced_tier_is_an_encryption_sdk_message(stand_in: StandIn) -> None:
    stand_in.order()
    stand_in.put("/c/advanced", "long secret", Tier="Advanced")
    assert value_of(stand_in, "/c/advanced")[:2] in (b"\x01\x80", b"\x02\x04", b"\x02\x05")
