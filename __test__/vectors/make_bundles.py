"""Makes `bundles.json`: bundles, what a KMS answers to them, and what must happen to each secret.

    .venv/bin/python __test__/vectors/make_bundles.py

The Encryption SDK messages are those of `encryption-sdk.json` (made with the official library), damaged copies of
them, and such as no official library would write, put together here. With `--check` nothing is written.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from making.advanced_tier import advanced_tier
from making.body import the_body
from making.entry import an_entry
from making.file import the_file
from making.header import the_header
from making.standard_tier import standard_tier
from making.table import cases, kms

FILE = Path(__file__).with_name("bundles.json")


def main() -> None:
    """Write the file beside this one."""
    for add in (standard_tier, the_file, an_entry, advanced_tier, the_header, the_body):
        add()
    titles = [one["title"] for one in cases]
    assert len(titles) == len(set(titles)), "two cases of one title"
    text = json.dumps({"kms": kms, "cases": cases}, indent=1, ensure_ascii=False) + "\n"
    if "--check" in sys.argv:
        sys.exit(0 if FILE.read_text(encoding="utf-8") == text else "bundles.json is not what its script makes")
    FILE.write_text(text, encoding="utf-8")
    print(f"{len(cases)} cases, {sum('fails' in one['expect'] for one in cases)} of them failures")


if __name__ == "__main__":
    main()
