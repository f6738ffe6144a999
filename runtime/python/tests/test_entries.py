"""What sentences say of an entry of each source, and what entries are refused."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import sealed
from fake_aws import FakeAws, error, reply
from problems import problem_of

from secret_baker import SecretBakerError, _source_credstash, secret

WHERE = f"key {sealed.KEY_ARN}, region eu-central-1"
CONTEXT = {"app": "shop"}
US = {"arn": sealed.KEY_ARN.replace("eu-central-1", "us-east-1"), "ciphertext": sealed.BLOB, "context": CONTEXT}
EU = {"arn": sealed.KEY_ARN, "ciphertext": sealed.BLOB}


@pytest.fixture
def in_europe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


def failure() -> SecretBakerError:
    with pytest.raises(SecretBakerError) as caught:
        secret("A")
    return caught.value


@pytest.mark.parametrize(
    ("entry", "place", "context"),
    [
        (sealed.kms(), f"KMS ciphertext, {WHERE}", {}),
        (sealed.kms(context=CONTEXT), f"KMS ciphertext, {WHERE}", CONTEXT),
        (sealed.kmsfile(), f"KMS file, {WHERE}", {}),
        (sealed.sops(), f"SOPS value db:password:, {WHERE}", {}),
        (sealed.sops(aad=""), f"SOPS value, {WHERE}", {}),
        (sealed.sops(aad="a\nb:"), rf"SOPS value a\nb:, {WHERE}", {}),
        (sealed.sops(keys=[US, EU]), f"SOPS value db:password:, {WHERE}", {}),
        (
            sealed.sops(keys=[US]),
            f"SOPS value db:password:, key {US['arn']}, region us-east-1",
            CONTEXT,
        ),
        (
            sealed.credstash(context=CONTEXT),
            "credential db, version 0000000000000000007, region eu-central-1",
            CONTEXT,
        ),
        (
            sealed.credstash(name="a\nb", version="\x1b"),
            r"credential a\nb, version \x1b, region eu-central-1",
            {},
        ),
    ],
)
@pytest.mark.usefixtures("in_europe")
def test_a_denial_names_the_place_and_the_context(
    entry: Any, place: str, context: Any, kms: FakeAws, baked: Any
) -> None:
    baked(sealed.bundle(A=entry))
    kms.always = error("AccessDeniedException")
    assert problem_of(failure()) == (
        f"SECRET_BAKER_ACCESS_DENIED: secret `A`: KMS denies kms:Decrypt: AccessDeniedException ({place}); allow "
        "kms:Decrypt to the function's role on the customer managed key that encrypted it, in the role's policy and in "
        f"the key's, for the encryption context {json.dumps(context)}; a key that AWS manages, such as alias/aws/ssm, "
        "serves no function"
    )


def test_a_key_that_stands_in_the_place_is_told_once(kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=sealed.kms()))
    kms.always = error("AccessDeniedException", message=f"not authorized on resource: {sealed.KEY_ARN}")
    assert f"(KMS ciphertext, {WHERE});" in str(failure())
    other = sealed.KEY_ARN + "ff"
    kms.always = error("AccessDeniedException", message=f"not authorized on resource: {other}")
    assert f"(KMS ciphertext, {WHERE}, key {other});" in str(failure())


def test_another_key_has_answered(kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=sealed.kms()))
    kms.always = lambda handler: reply(
        handler, 200, json.dumps(sealed.opens(sealed.VALUE, sealed.KEY_ARN + "ff")).encode()
    )
    assert problem_of(failure()) == (
        "SECRET_BAKER_WRONG_CONTEXT: secret `A`: its ciphertext does not fit its encryption context or its key: KMS "
        f"has opened it by another key (KMS ciphertext, {WHERE}); package and deploy again: it opens under the "
        "encryption context {} only, by the key that it was encrypted with"
    )


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (sealed.kms(ciphertext="!"), "the bundle is invalid: its `ciphertext` is not base64;"),
        (sealed.kms(ciphertext=""), "the bundle is invalid: its entry has no text `ciphertext`;"),
        (
            sealed.kms(ciphertext=sealed.base64(b"\1\2" + bytes(6143))),
            "the bundle is invalid: its `ciphertext` has more than 6144 bytes;",
        ),
        (sealed.kms(ciphertext="AYAD"), "its ciphertext is of no known kind: its `ciphertext` is no blob of KMS;"),
        (sealed.kms(key="a\nkey"), r"the bundle is invalid: its `key` `a\nkey` is not the ARN of a key;"),
        (sealed.kms(context={"a": 1}), "the bundle is invalid: its `context` is not an object of texts;"),
        (sealed.kms(context=None), "the bundle is invalid: its `context` is not an object of texts;"),
        (sealed.sops(tag="AAAA"), "the bundle is invalid: its `tag` has not 16 bytes;"),
        (sealed.sops(iv=sealed.base64(bytes(129))), "the bundle is invalid: its `iv` has more than 128 bytes;"),
        (sealed.sops(type="comment"), "the bundle is invalid: its `type` `comment` is none of a value;"),
        (sealed.sops(keys=[]), "the bundle is invalid: its `keys` is not a list of 1 to 16 keys;"),
        (sealed.sops(keys=[EU] * 17), "the bundle is invalid: its `keys` is not a list of 1 to 16 keys;"),
        (sealed.sops(keys=[EU, 5]), "the bundle is invalid: one of its `keys` is not a JSON object;"),
        (sealed.credstash(hmac="AB"), "the bundle is invalid: its `hmac` is not lowercase hexadecimal;"),
        (sealed.credstash(hmac="ab"), "the bundle is invalid: its `hmac` is not as long as its `digest`;"),
        (sealed.credstash("SHA3"), "its ciphertext is of no known kind: its `digest` `SHA3` is not known;"),
        (sealed.credstash(region="Mars"), "the bundle is invalid: its `region` `Mars` is not a region;"),
        (sealed.secrets_manager(arn="x"), "the bundle is invalid: its `arn` `x` is not the ARN of a secret;"),
        (sealed.secrets_manager(versionId="a b"), "the bundle is invalid: its `versionId` `a b` is not the ID of a "),
        (sealed.secrets_manager(field=""), "the bundle is invalid: its entry has no text `field`;"),
    ],
)
def test_an_entry_that_is_refused_without_a_call(entry: Any, told: str, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=entry))
    assert f"secret `A`: {told}" in str(failure())
    assert kms.calls == []


@pytest.mark.parametrize(
    ("entry", "data_key", "told"),
    [
        (sealed.kmsfile(), sealed.DATA_KEY[1:], f"its data key has 31 bytes, and not 32 (KMS file, {WHERE});"),
        (
            sealed.sops(),
            sealed.DATA_KEY[1:],
            f"its data key has 31 bytes, and not 32 (SOPS value db:password:, {WHERE});",
        ),
        (sealed.sops(), sealed.DATA_KEY[::-1], f"its tag does not fit (SOPS value db:password:, {WHERE});"),
        (sealed.credstash(), sealed.DATA_KEY, "its data key has 32 bytes, and not 64 (credential db, "),
        (sealed.credstash(), sealed.DATA_KEY + bytes(32), "its HMAC does not fit (credential db, "),
    ],
)
def test_what_was_changed(entry: Any, data_key: bytes, told: str, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=entry))
    kms.always = lambda handler: reply(handler, 200, json.dumps(sealed.opens(data_key)).encode())
    message = str(failure())
    assert message.startswith("SECRET_BAKER_TAMPERED: secret `A`: its ciphertext is damaged or was changed: ")
    assert told in message


@pytest.mark.parametrize("digest", sorted(_source_credstash._DIGESTS))
def test_digests_work_where_they_must_not_be_used_for_security(
    digest: str, kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    algorithm, size = _source_credstash._DIGESTS[digest]
    assert hashlib.new(algorithm).digest_size == size
    entry = sealed.credstash(digest, algorithm)
    real = hashlib.new

    def strict(name: str, data: bytes = b"", *, usedforsecurity: bool = True) -> Any:
        if usedforsecurity and name in {"md5", "sha1"}:
            raise ValueError("unsupported hash type")
        return real(name, data, usedforsecurity=usedforsecurity)

    monkeypatch.setattr(hashlib, "new", strict)
    baked(sealed.bundle(A=entry))
    kms.always = lambda handler: reply(handler, 200, json.dumps(sealed.opens(sealed.DATA_KEY * 2)).encode())
    assert secret("A") == sealed.VALUE.decode()


def test_a_digest_that_is_not_there(kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = sealed.credstash("MD5", "md5")
    real = hashlib.new

    def without(name: str, data: bytes = b"", **other: bool) -> Any:
        if name == "md5":
            raise ValueError("unsupported hash type")
        return real(name, data, **other)

    monkeypatch.setattr(hashlib, "new", without)
    baked(sealed.bundle(A=entry))
    kms.always = lambda handler: reply(handler, 200, json.dumps(sealed.opens(sealed.DATA_KEY * 2)).encode())
    assert "its ciphertext is of no known kind: this build of Python has no md5 (credential db, " in str(failure())
