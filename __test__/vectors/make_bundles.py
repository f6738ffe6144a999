"""Makes the tables that all openers share.

    .venv/bin/python __test__/vectors/make_bundles.py

`bundles/` has bundles and what AWS answers to them: `file.json` for the file as such, then one file a source.
`variables.json` has the same for what stands in an environment variable. `answers.json` has what KMS may answer
besides, `http.json` how it may be put on a connection. The Encryption SDK messages are those of `encryption-sdk.json`
(made with the official library), damaged copies of them, and such as no official library would write, put together
here. With `--check` nothing is written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from making import credstash, kms, kms_file, secrets_manager, sops
from making.advanced_tier import advanced_tier
from making.answers import answers
from making.body import the_body
from making.endpoints import endpoints
from making.entry import an_entry
from making.file import the_file
from making.header import the_header
from making.standard_tier import standard_tier
from making.table import taken
from making.variable import variables
from making.wire import wire

FOLDER = Path(__file__).parent

# How a service refuses what no rule is for.
KMS, SECRETS_MANAGER = "InvalidCiphertextException", "ResourceNotFoundException"

# One file a source, and one for what has nothing to do with any: the error `otherwise`, and what is added.
BUNDLES: dict[str, tuple[str, tuple[Callable[[], None], ...]]] = {
    "file": (KMS, (the_file,)),
    "ssm": (KMS, (standard_tier, an_entry, advanced_tier, the_header, the_body)),
    "kms": (KMS, (kms.the_source,)),
    "kmsfile": (KMS, (kms_file.the_source,)),
    "sops": (KMS, (sops.the_source,)),
    "credstash": (KMS, (credstash.the_source,)),
    "secretsManager": (SECRETS_MANAGER, (secrets_manager.the_source,)),
}


def bundles(otherwise: str, parts: tuple[Callable[[], None], ...]) -> dict[str, Any]:
    """Return the table of one file, whose calls that no rule is for end with the error `otherwise`."""
    for add in parts:
        add()
    return {"otherwise": otherwise} | taken()


def written(name: str, content: dict[str, Any], *, check: bool) -> bool:
    """Write a file beside this one, or say whether it is as it would be written."""
    titles = [one["title"] for one in content["cases"]]
    assert len(titles) == len(set(titles)), "two cases of one title"
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    if check:
        return (FOLDER / name).read_text(encoding="utf-8") == text
    (FOLDER / name).write_text(text, encoding="utf-8")
    failures = sum("fails" in one["expect"] for one in content["cases"])
    print(f"{name}: {len(titles)} cases, {failures} of them failures")
    return True


def main() -> None:
    """Write all."""
    check = "--check" in sys.argv
    files = {f"bundles/{name}.json": bundles(*table) for name, table in BUNDLES.items()}
    titles = [case["title"] for content in files.values() for case in content["cases"]]
    assert len(titles) == len(set(titles)), "two cases of one title"
    files |= {"answers.json": answers(), "http.json": wire(), "endpoints.json": endpoints()}
    files["variables.json"] = variables()
    stale = [name for name, content in files.items() if not written(name, content, check=check)]
    if stale:
        sys.exit(f"{', '.join(stale)}: not what make_bundles.py makes; run it")


if __name__ == "__main__":
    main()
