"""Print which versions of whose symbols an ELF file needs: ``{"libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.17"]}``."""

import json
import sys
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection


def needed_versions(path: Path) -> dict[str, list[str]]:
    """Read the version needs of a program or a library; none where it is linked to nothing."""
    with path.open("rb") as file:
        sections = [section for section in ELFFile(file).iter_sections() if isinstance(section, GNUVerNeedSection)]
        needs = [need for section in sections for need in section.iter_versions()]
        return {library.name: [version.name for version in versions] for library, versions in needs}


if __name__ == "__main__":
    print(json.dumps(needed_versions(Path(sys.argv[1]))))
