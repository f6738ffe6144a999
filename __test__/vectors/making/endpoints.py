"""URLs that may be set as KMS's address: taken, refused as none, or refused as plain HTTP to another machine."""

from __future__ import annotations

from typing import Any

TAKEN = """
https://kms.eu-central-1.amazonaws.com
https://kms.eu-central-1.amazonaws.com/
HTTPS://KMS.EU-CENTRAL-1.AMAZONAWS.COM
https://kms:8443
https://kms:65535/a/b-c_d.e~f
https://kms.
https://kms_of_a_stack.internal
https://10.0.0.1
https://[2001:db8::1]:8443
https://[::ffff:127.0.0.1]
https://1e3.example
https://127.example
http://localhost
http://LOCALHOST:4566/
HTTP://localhost
http://127.0.0.1
http://127.255.255.254:8080
http://[::1]
http://[::1]:8080/path
http://[0:0:0:0:0:0:0:1]
"""
INSECURE = """
http://kms
http://kms:8080
http://localhost.
http://localhost.example
http://x.localhost
http://127.0.0.1.example
http://127.0.0.1.nip.io
http://0.0.0.0
http://128.0.0.1
http://169.254.170.2
http://10.0.0.1:8080
http://[::]
http://[::2]
http://[::ffff:127.0.0.1]
http://[::ffff:7f00:1]
http://[::127.0.0.1]
http://[fe80::1]
http://[fd00:ec2::23]
"""
# Parsers differ on most of these, and what one reads as loopback is another host to the next one.
NONE = """
kms
//kms
kms:8080
localhost:8080
ftp://localhost
httpss://kms
http:localhost
http:/localhost
http:///localhost
https://
https:///
https://:443
https://kms:
http://localhost:
http://[::1]:
https://kms:99999
https://kms:65536
https://kms:000443
https://kms:-1
https://kms:+443
https://kms:x
https://kms:44 3
https://kms:443:443
https://user@kms
https://user:never@kms
https://@kms
http://localhost@kms
http://localhost:80@kms
http://localhost\\@kms
http://localhost\\.kms
https://kms?a=b
https://kms/?
https://kms/#a
https://kms#
https://kms\\a
https://kms/a\\b
https://kms/a b
https://kms/{a}
https://kms/<a>
https://kms/\"a\"
https://kms/a|b
https://kms/\u00e4
https://k\u00e4
https://\u2488.example
http://\uff11\uff12\uff17.0.0.1
http://127\u30020.0.1
https://k%6ds
http://%31%32%37.0.0.1
http://127.1
http://127.0.1
http://127.0.0.1.
http://127.0.0.1.0
http://127.0.0.01
http://127.0.0.256
http://0177.0.0.1
http://0x7f.1
http://0X7F.0.0.1
http://0x7f000001
http://2130706433
http://0
https://10.1
https://256.256.256.256
https://kms.0x
https://kms.1
https://.kms
https://kms..example
https://kms...
https://.
https://[::1
https://::1
https://[]
https://[kms]
https://[127.0.0.1]
http://[::1%25lo]
http://[fe80::1%25eth0]
http://[fe80::1%eth0]
http://[v1.a]
http://[::1]a
http://[::1].example
http://[:::1]
http://[1:2:3:4:5:6:7]
https://kms,kms
https://a!b
https://*.kms
"""
# These are of white space, which the lists above cannot show.
WHITE = (
    " https://kms",
    "https://kms ",
    "https://kms\n",
    "https://kms\r\n",
    "\thttps://kms",
    "https://k\tms",
    "https://k\nms",
    "ht\ntps://kms",
    "https://kms/a\n",
    "https://kms\u00a0",
    "\ufeffhttps://kms",
    "https://kms\u200b",
    "https://kms\u007f",
    "https://kms:443\n",
    "http://localhost\t",
)


def endpoints() -> dict[str, Any]:
    """Return what the file holds."""
    none = NONE.split("\n")[1:-1]
    refused = {"fails": "SECRET_BAKER_UNREACHABLE"}
    cases = [
        *({"url": url, "expect": {"taken": True}} for url in TAKEN.split()),
        *({"url": url, "expect": refused | {"hint": "insecure"}} for url in INSECURE.split()),
        *({"url": url, "expect": refused | {"hint": "endpoint"}} for url in [*none, *WHITE]),
    ]
    return {"cases": [{"title": ascii(one["url"])[1:-1], **one} for one in cases]}
