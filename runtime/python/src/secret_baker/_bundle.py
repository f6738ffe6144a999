"""Finds the bundle, reads it and checks an entry. Decrypts nothing."""

from __future__ import annotations

import os
import sys

from ._base64 import decoded
from ._failure import Failure, quoted

FILE_NAME = "secret-baker-secrets.json"
_BAKE_AGAIN = "the file is damaged or was not written by Secret Baker: package the service again"


class Arn:
    """The ARN of a parameter, and what of it is needed to ask KMS."""

    __slots__ = ("partition", "region", "text")

    def __init__(self, text: str) -> None:
        parts = text.split(":", 5)
        if not (
            len(parts) == 6
            and parts[0] == "arn"
            and _is_label(parts[1])
            and parts[2] == "ssm"
            and _is_label(parts[3])
            and parts[4].isascii()
            and parts[4].isdigit()
            and parts[5].startswith("parameter/")
        ):
            raise Failure("BUNDLE_INVALID", f"its `arn` {quoted(text)} is not the ARN of a parameter", _BAKE_AGAIN)
        self.text = text
        self.partition = parts[1]
        self.region = parts[3]


class Entry:
    """A secret's ciphertext, and the parameter it belongs to."""

    __slots__ = ("arn", "ciphertext")

    def __init__(self, arn: Arn, ciphertext: bytes) -> None:
        self.arn = arn
        self.ciphertext = ciphertext


def places(configured: str | None) -> list[str]:
    """Return the paths where the bundle may lie, in the order in which they are tried."""
    only = configured or os.environ.get("SECRET_BAKER_FILE")
    if only:
        return [only]
    folders = []
    root = os.environ.get("LAMBDA_TASK_ROOT")
    if root:
        handler = os.environ.get("_HANDLER", "").rpartition(".")[0].replace(".", "/")
        folders += [root, os.path.dirname(os.path.join(root, handler))]  # noqa: PTH118, PTH120 - pathlib is slow to import
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    if script:
        folders.append(os.path.dirname(os.path.abspath(script)))  # noqa: PTH100, PTH120
    try:  # noqa: SIM105 - contextlib is slow to import
        folders.append(os.getcwd())  # noqa: PTH109
    except OSError:  # it may have been removed
        pass
    return list(dict.fromkeys(os.path.join(os.path.normpath(folder), FILE_NAME) for folder in folders))  # noqa: PTH118


def read(paths: list[str]) -> dict[str, object]:
    """Return the first bundle there is, its entries unchecked.

    Raises Failure: BUNDLE_MISSING, BUNDLE_INVALID.
    """
    for path in paths:
        try:
            with open(path, "rb") as file:  # noqa: PTH123
                return parse(file.read(), path)
        except (FileNotFoundError, NotADirectoryError):  # noqa: PERF203 - four places at most
            continue
        except OSError as error:
            what = f"the bundle {quoted(path)} cannot be read: {error.strerror}"
            raise Failure("BUNDLE_INVALID", what, "check its mode, which is to be 0644") from None
    raise Failure(
        "BUNDLE_MISSING",
        f"there is no bundle: looked for {', '.join(quoted(path) for path in paths)}",
        "package the service with the plugin serverless-secret-baker, or set SECRET_BAKER_FILE to the path of the file",
    )


def parse(raw: bytes, path: str) -> dict[str, object]:
    """Return the object in the text of a bundle. Raises Failure: BUNDLE_INVALID."""
    import json

    try:
        bundle = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Failure("BUNDLE_INVALID", f"the bundle {quoted(path)} is not JSON in UTF-8", _BAKE_AGAIN) from None
    if not isinstance(bundle, dict):
        raise Failure("BUNDLE_INVALID", f"the bundle {quoted(path)} does not hold a JSON object", _BAKE_AGAIN)
    return bundle


def entry_of(bundle: dict[str, object], name: str) -> Entry:
    """Return a secret's entry, checked.

    Raises Failure: NOT_IN_BUNDLE, UNKNOWN_SOURCE, BUNDLE_INVALID.
    """
    if name not in bundle:
        raise Failure("NOT_IN_BUNDLE", "it is not in the bundle", _near(name, list(bundle)))
    raw = bundle[name]
    if not isinstance(raw, dict):
        raise Failure("BUNDLE_INVALID", "its entry is not a JSON object", _BAKE_AGAIN)
    if "source" in raw:
        source = raw["source"]
        what = f"its source {quoted(source) if isinstance(source, str) else 'of another type'} is not known"
        raise Failure("UNKNOWN_SOURCE", what, "this bundle needs a newer secret-baker: upgrade the package")
    ciphertext, arn = raw.get("ciphertext"), raw.get("arn")
    for field, value in (("ciphertext", ciphertext), ("arn", arn)):
        if not isinstance(value, str) or not value:
            raise Failure("BUNDLE_INVALID", f"its entry has no text `{field}`", _BAKE_AGAIN)
    parameter, raw_ciphertext = Arn(str(arn)), decoded(ciphertext)
    if raw_ciphertext is None:
        raise Failure("BUNDLE_INVALID", "its `ciphertext` is not base64", _BAKE_AGAIN)
    return Entry(parameter, raw_ciphertext)


def _is_label(text: str) -> bool:
    return text != "" and all("a" <= c <= "z" or "0" <= c <= "9" or c == "-" for c in text)


def _near(name: str, names: list[str]) -> str:
    if not names:
        return "the bundle is empty: add the secret to `custom.secretBaker` and package the service again"
    import difflib

    by_lower = {known.lower(): known for known in names}
    near = [by_lower[lower] for lower in difflib.get_close_matches(name.lower(), list(by_lower))]
    if near:
        return f"did you mean {' or '.join(quoted(known) for known in near)}?"
    shown = ", ".join(quoted(known) for known in names[:10])
    return f"it holds {shown}{' and others' if len(names) > 10 else ''}: add the secret to `custom.secretBaker`"
