"""Where a service is asked: at the endpoint of the environment, or at its own in a region."""

from __future__ import annotations

import os
import re

from . import _contract
from ._failure import Failure, quoted, shown
from ._settings import settings
from ._url import Url, is_loopback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._arn import Region

_FLAGS = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")
_PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY")


def endpoint(service: str, region: Region) -> Url:
    """Return the URL of a service, and with it the proxy on the way there. Raises Failure: UNREACHABLE."""
    _, host, own_variable = _contract.SERVICES[service]
    ignored, fips, dual_stack = [_flag(name) for name in _FLAGS]
    variables = [] if ignored else [own_variable, "AWS_ENDPOINT_URL"]
    variable = next((name for name in variables if os.environ.get(name)), "")
    if variable and fips:
        raise Failure("UNREACHABLE", f"AWS_USE_FIPS_ENDPOINT and {variable} are both set", "fips", variable=variable)
    url = _configured(variable) if variable else _own(f"{host}-fips" if fips else host, region, dual_stack=dual_stack)
    if any(os.environ.get(name) for name in _PROXIES):
        from ._proxy import proxy_of

        proxy = proxy_of(url)
        # Plain HTTP to this machine would leave it.
        leaves = proxy and not url.tls and is_loopback(url.host) and not is_loopback(proxy.url.host)
        url.proxy = None if leaves else proxy
    _check_plain(url)
    return url


def _configured(variable: str) -> Url:
    text = os.environ[variable]
    try:
        url = Url(text)
        if re.fullmatch(r"[\w.~!$&'()*+,;=:%/-]+", url.path, re.ASCII):
            return url
    except ValueError:  # which may hold a password
        pass
    what = f"{variable} is not an http or https URL of a host, without user, query and fragment"
    raise Failure("UNREACHABLE", what, "endpoint", variable=variable)


def _own(host: str, region: Region, *, dual_stack: bool) -> Url:
    """Return the address that a service itself has in a region."""
    if region.partition not in _contract.PARTITIONS:
        raise Failure("UNREACHABLE", f"the partition {quoted(region.partition)} is not known", "partition")
    is_both = region.partition in _contract.BOTH_STACKS.get(host, ())
    suffix = _contract.PARTITIONS[region.partition][dual_stack and not is_both]
    return Url(f"https://{host}.{region.name}.{suffix}")


def _check_plain(url: Url) -> None:
    """Refuse what would show a plaintext on the wire. Raises Failure: UNREACHABLE."""
    allowed = settings.allow_insecure_endpoint
    if allowed is None:
        allowed = _is_true(os.environ.get("SECRET_BAKER_ALLOW_INSECURE_ENDPOINT", ""))
    hosts = [url.host, *([url.proxy.url.host] if url.proxy else [])]
    strange = [host for host in hosts if not is_loopback(host)]
    if strange and not url.tls and not allowed:
        raise Failure("UNREACHABLE", f"http://{url.authority} leads to {shown(strange[0])} without TLS", "insecure")


def _flag(variable: str) -> bool:
    text = os.environ.get(variable, "")
    if text and text.lower() not in {"true", "false"}:
        raise Failure("UNREACHABLE", f"{variable} is neither `true` nor `false`", "flag", variable=variable)
    return _is_true(text)


def _is_true(text: str) -> bool:
    return text.lower() == "true"
