"""Finds the bundle, reads it and checks an entry. Decrypts nothing."""

from __future__ import annotations

import os
import re
import sys

from . import _contract
from ._base64 import decoded
from ._failure import Failure, quoted
from ._file import content
from ._json import parsed

_BLOB = "blob"


class Arn:
    """An ARN, and what of it is needed to ask KMS. `of` is its service, `pattern` what the contract calls the rest.

    Raises ValueError for any other text.
    """

    __slots__ = ("partition", "region", "text")

    def __init__(self, text: str, of: str, pattern: str) -> None:
        parts = text.split(":", 5)
        if (
            len(text) > _contract.ARN_BYTES
            or len(parts) != 6
            or (parts[0], parts[2]) != ("arn", of)
            or not _fits("partition", parts[1])
            or not _fits("region", parts[3])
            or not _fits("account", parts[4])
            or not _fits(pattern, parts[5])
        ):
            raise ValueError(text)
        self.text = text
        self.partition = parts[1]
        self.region = parts[3]


class Entry:
    """A secret's ciphertext and its kind, and the parameter it belongs to."""

    __slots__ = ("arn", "ciphertext", "kind")

    def __init__(self, arn: Arn, ciphertext: bytes) -> None:
        self.arn = arn
        self.ciphertext = ciphertext
        self.kind = _contract.CIPHERTEXTS.get(ciphertext[:2], "")


def places(configured: str | None) -> list[str]:
    """Return the paths where the bundle may lie, in the order in which they are tried."""
    only = configured or os.environ.get("SECRET_BAKER_FILE")
    if only:
        return [only]
    folders = [*_task_folders(), *_program_folders()]
    try:  # noqa: SIM105 - contextlib is slow to import
        folders.append(os.getcwd())  # noqa: PTH109 - pathlib too
    except OSError:  # it may have been removed
        pass
    return list(dict.fromkeys(os.path.join(os.path.normpath(folder), _contract.FILE) for folder in folders))  # noqa: PTH118


def read(paths: list[str]) -> dict[str, object]:
    """Return the first bundle there is, its entries unchecked.

    Raises Failure: BUNDLE_MISSING, BUNDLE_INVALID.
    """
    for path in paths:
        try:
            raw = content(path, _contract.BUNDLE_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:  # a ValueError is of a path that is none
            why = getattr(error, "strerror", None) or "its path is not one"
            raise Failure("BUNDLE_INVALID", f"{quoted(path)} cannot be read: {why}", "unreadable") from None
        return parse(raw, path)
    raise Failure("BUNDLE_MISSING", f"looked for {', '.join(quoted(path) for path in paths)}")


def parse(raw: bytes, path: str) -> dict[str, object]:
    """Return the object in the text of a bundle. Raises Failure: BUNDLE_INVALID."""
    if len(raw) > _contract.BUNDLE_BYTES:
        raise Failure("BUNDLE_INVALID", f"{quoted(path)} has more than {_contract.BUNDLE_BYTES} bytes")
    try:
        bundle = parsed(raw)
    except ValueError:
        raise Failure("BUNDLE_INVALID", f"{quoted(path)} is not JSON in UTF-8 as a bundle has it") from None
    if not isinstance(bundle, dict):
        raise Failure("BUNDLE_INVALID", f"{quoted(path)} does not hold a JSON object")
    return bundle


def entry_of(bundle: dict[str, object], name: str) -> Entry:
    """Return a secret's entry, checked.

    Raises Failure: NOT_IN_BUNDLE, UNKNOWN_SOURCE, BUNDLE_INVALID.
    """
    if name not in bundle:
        raise Failure("NOT_IN_BUNDLE", kind="" if bundle else "empty", names=_some(list(bundle)))
    raw = bundle[name]
    if not isinstance(raw, dict):
        raise Failure("BUNDLE_INVALID", "its entry is not a JSON object")
    if "source" in raw:
        source = raw["source"]
        raise Failure("UNKNOWN_SOURCE", quoted(source) if isinstance(source, str) else "it is not a text")
    for field in ("arn", "ciphertext"):
        if not isinstance(raw.get(field), str) or not raw[field]:
            raise Failure("BUNDLE_INVALID", f"its entry has no text `{field}`")
    try:
        arn = Arn(raw["arn"], "ssm", "parameter")
    except ValueError:
        raise Failure("BUNDLE_INVALID", f"its `arn` {quoted(raw['arn'])} is not the ARN of a parameter") from None
    return Entry(arn, _ciphertext(raw["ciphertext"]))


def _ciphertext(text: str) -> bytes:
    raw = decoded(text)
    if raw is None:
        raise Failure("BUNDLE_INVALID", "its `ciphertext` is not base64")
    is_blob = _contract.CIPHERTEXTS.get(raw[:2]) == _BLOB
    longest = _contract.BLOB_BYTES if is_blob else _contract.CIPHERTEXT_BYTES
    if len(raw) > longest:
        raise Failure("BUNDLE_INVALID", f"its `ciphertext` has more than {longest} bytes")
    return raw


def _task_folders() -> list[str]:
    root = os.environ.get("LAMBDA_TASK_ROOT")
    if not root:
        return []
    handler = os.environ.get("_HANDLER", "").rpartition(".")[0].replace(".", "/")
    return [root, os.path.dirname(os.path.join(root, handler.lstrip("/")))]  # noqa: PTH118, PTH120 - pathlib is slow to import


def _program_folders() -> list[str]:
    """Return the folders of the main script, and of the program that it was frozen into."""
    files = [getattr(sys.modules.get("__main__"), "__file__", None)]
    if getattr(sys, "frozen", False):
        files.append(sys.executable)
    folders = [_folder_of(file) for file in files if isinstance(file, str) and file]
    unpacked = getattr(sys, "_MEIPASS", None)  # where PyInstaller puts the files of a program
    return [*folders, unpacked] if isinstance(unpacked, str) else folders


def _folder_of(file: str) -> str:
    """Return the folder that a file lies in, or that of the archive that it lies in."""
    folder = at = os.path.dirname(os.path.abspath(file))  # noqa: PTH100, PTH120
    while not os.path.isdir(at) and at != os.path.dirname(at):  # noqa: PTH112, PTH120
        if os.path.isfile(at):  # noqa: PTH113
            return os.path.dirname(at)  # noqa: PTH120
        at = os.path.dirname(at)  # noqa: PTH120
    return folder


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(_contract.PATTERNS[pattern], text) is not None


def _some(names: list[str]) -> str:
    """Return the first names, and how many others there are."""
    first = ", ".join(quoted(name) for name in names[: _contract.NAMES_SHOWN])
    others = len(names) - _contract.NAMES_SHOWN
    return f"{first} and {others} more" if others > 0 else first
