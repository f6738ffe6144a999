"""Where the bundle may lie."""

from __future__ import annotations

import os
import sys

from . import _contract


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
