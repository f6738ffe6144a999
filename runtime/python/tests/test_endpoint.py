"""Where a service is asked, and what is said of an address that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.endpoint_provider
import botocore.loaders
import pytest
from fake_aws import ROOT, FakeAws

import secret_baker
from secret_baker import SecretBakerError, secret
from secret_baker._arn import Region
from secret_baker._endpoint import endpoint
from secret_baker._failure import Failure
from secret_baker._url import Url

CONTRACT = json.loads((ROOT / "runtime/contract.json").read_text(encoding="utf-8"))
REGIONS = {
    "aws": "eu-central-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
}


def address(partition: str = "aws", region: str = "eu-central-1") -> Url:
    return endpoint("kms", Region(region, partition))


@pytest.fixture(autouse=True)
def quick(baked: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    baked("the second of two")
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)


def failure() -> str:
    with pytest.raises(SecretBakerError) as caught:
        secret("A")
    assert caught.value.code == "SECRET_BAKER_UNREACHABLE"
    assert "attempts" not in str(caught.value), "at once"
    return str(caught.value)


@pytest.mark.parametrize("partition", CONTRACT["partitions"])
def test_each_partition_has_its_addresses(partition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_KMS")
    region, found = REGIONS[partition], CONTRACT["partitions"][partition]
    assert address(partition, region).host == f"kms.{region}.{found['suffix']}"
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "True")
    assert address(partition, region).host == f"kms-fips.{region}.{found['suffix']}"
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    assert address(partition, region).host == f"kms-fips.{region}.{found['dualStack']}"
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "false")
    assert address(partition, region).host == f"kms.{region}.{found['dualStack']}"
    assert address(partition, region).tls


@pytest.mark.parametrize(
    ("partition", "dual_stack", "fips_and_dual_stack"),
    [
        ("aws", "amazonaws.com", "amazonaws.com"),
        ("aws-us-gov", "amazonaws.com", "amazonaws.com"),
        ("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("aws-iso", "api.aws.ic.gov", "api.aws.ic.gov"),
    ],
)
def test_secrets_manager_serves_both_stacks_by_its_plain_name_in_some_partitions(
    partition: str, dual_stack: str, fips_and_dual_stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = Region(REGIONS[partition], partition)
    monkeypatch.delenv("AWS_ENDPOINT_URL_SECRETS_MANAGER")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    assert endpoint("secretsmanager", region).host == f"secretsmanager.{region.name}.{dual_stack}"
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    assert endpoint("secretsmanager", region).host == f"secretsmanager-fips.{region.name}.{fips_and_dual_stack}"


@pytest.mark.parametrize("service", CONTRACT["services"])
@pytest.mark.parametrize("partition", CONTRACT["partitions"])
def test_addresses_are_those_of_the_aws_sdk(service: str, partition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = botocore.loaders.Loader()
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    sdk = botocore.endpoint_provider.EndpointProvider(rules, loader.load_data("partitions"))
    region = Region(REGIONS[partition], partition)
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    for fips in (False, True):
        for dual_stack in (False, True):
            monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", str(fips))
            monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", str(dual_stack))
            found = sdk.resolve_endpoint(Region=region.name, UseFIPS=fips, UseDualStack=dual_stack)
            assert f"https://{endpoint(service, region).authority}" == found.url


def test_a_partition_that_is_not_known_needs_an_endpoint(
    kms: FakeAws, monkeypatch: pytest.MonkeyPatch, baked: Callable[[bytes], Path]
) -> None:
    entry = {"ciphertext": "AQIAAAAA", "arn": "arn:aws-moon:ssm:moon-far-1:123456789012:parameter/a"}
    baked(json.dumps({"A": entry}).encode())
    monkeypatch.delenv("AWS_ENDPOINT_URL_KMS")
    said = failure()
    assert "the partition `aws-moon` is not known (parameter " in said
    assert "; set AWS_ENDPOINT_URL_KMS to the URL of KMS there, or update the package secret-baker" in said
    monkeypatch.setenv("AWS_ENDPOINT_URL", kms.url)
    with pytest.raises(SecretBakerError, match="WRONG_CONTEXT"):
        secret("A")
    assert len(kms.calls) == 1


@pytest.mark.parametrize("flag", ["true", "TRUE"])
def test_configured_endpoints_may_be_ignored(flag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", flag)
    assert address().host == "kms.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    "name", ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"]
)
@pytest.mark.parametrize("value", ["1", "yes", " true"])
def test_a_choice_is_true_or_false(name: str, value: str, kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    assert f"{name} is neither `true` nor `false` (" in failure()
    monkeypatch.setenv(name, "FALSE")
    assert secret("A") == "first value"
    assert len(kms.calls) == 1


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL"])
def test_fips_is_never_silently_plain(name: str, kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_KMS")
    monkeypatch.setenv(name, kms.url)
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    said = failure()
    assert f"AWS_USE_FIPS_ENDPOINT and {name} are both set" in said
    assert f"; unset AWS_USE_FIPS_ENDPOINT, or unset {name} so that" in said
    assert kms.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "http://kms.eu-central-1.amazonaws.com",
        "http://10.0.0.1:4566",
        "http://localstack:4566",
        "http://localhost.evil.example",
        "http://127.evil.example",
        "http://127.0.0.1.evil.example",
        "http://128.0.0.1",
        "http://0.0.0.0:80",
        "http://[::2]",
        "HTTP://169.254.170.2",
    ],
)
def test_plain_http_goes_to_loopback_only(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", url)
    monkeypatch.setattr("socket.getaddrinfo", None)
    assert "; plain HTTP would show the secret on the wire, so it is taken to loopback only: use https" in failure()
    monkeypatch.setenv("SECRET_BAKER_ALLOW_INSECURE_ENDPOINT", "true")
    assert address().authority == url.partition("://")[2]
    monkeypatch.setenv("SECRET_BAKER_ALLOW_INSECURE_ENDPOINT", "false")
    secret_baker.configure(allow_insecure_endpoint=True)
    assert address().authority == url.partition("://")[2]
    secret_baker.configure(allow_insecure_endpoint=None)
    failure()


@pytest.mark.parametrize("url", ["http://localhost:1", "http://LOCALHOST", "http://127.9.9.9", "http://[::1]:4566"])
def test_loopback_needs_no_tls(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", url)
    assert not address().tls


def test_plain_http_does_not_leave_through_a_proxy(kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:password@proxy.invalid:3128")
    for allowed in ("", "true"):
        monkeypatch.setenv("SECRET_BAKER_ALLOW_INSECURE_ENDPOINT", allowed)
        assert address().proxy is None
    assert secret("A") == "first value"
    assert len(kms.calls) == 1, "directly"


@pytest.mark.parametrize(
    "url",
    [
        "localhost:4566",
        "ftp://localhost",
        "http://",
        "http://a b",
        "http://localhost:b",
        "http://localhost:+1",
        "http://localhost:1_0",
        "http://localhost:65536",
        "http://localhost:99999999999999999999",
        "http://user:password@localhost",
        "http://password@localhost",
        "http://localhost?password",
        "http://localhost/#password",
        "http://local\\host",
        "http://[::1",
        "http://[localhost]",
        "http://ä.example",
        "http://localhost\r\nx: password",
    ],
)
@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL"])
def test_what_is_no_endpoint_is_told_and_not_shown(name: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_KMS")
    monkeypatch.setenv(name, url)
    said = failure()
    assert f"{name} is not an http or https URL of a host" in said
    assert f"; set {name} to a URL such as https://kms.eu-central-1.amazonaws.com, or unset it" in said
    assert "password" not in said


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("https://nowhere.invalid", "; check the region and the endpoint; in a VPC, that names are resolved"),
        ("https://127.0.0.1:1", "; nothing listens there: check the endpoint"),
        (f"https://{64 * 'a'}.invalid", "; check the region and the endpoint"),
    ],
)
def test_each_kind_of_failure_has_its_hint(url: str, hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", url)
    with pytest.raises(SecretBakerError) as caught:
        secret("A")
    assert caught.value.code == "SECRET_BAKER_UNREACHABLE"
    assert hint in str(caught.value)


ENDPOINTS = json.loads((ROOT / "__test__/vectors/endpoints.json").read_text(encoding="utf-8"))["cases"]


def outcome() -> str:
    """Return what becomes of the address that is set: `taken`, or the hint of the refusal."""
    try:
        address()
    except Failure as failure:
        return failure.kind if failure.code == "SECRET_BAKER_UNREACHABLE" else failure.code
    return "taken"


@pytest.mark.parametrize("case", ENDPOINTS, ids=lambda case: case["title"])
def test_each_address_of_the_table_is_taken_or_refused(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = case["expect"].get("hint", "taken")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", case["url"])
    assert outcome() == expected
    monkeypatch.setenv("SECRET_BAKER_ALLOW_INSECURE_ENDPOINT", "true")
    assert outcome() == ("endpoint" if expected == "endpoint" else "taken")


@pytest.mark.parametrize(
    ("said", "expected"),
    [("true", "taken"), ("TRUE", "taken"), *((other, "insecure") for other in ("1", "yes", " true", ""))],
)
def test_only_true_allows_plain_http_and_the_program_goes_first(
    said: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://kms")
    monkeypatch.setenv("SECRET_BAKER_ALLOW_INSECURE_ENDPOINT", said)
    assert outcome() == expected
    secret_baker.configure(allow_insecure_endpoint=False)
    assert outcome() == "insecure"
