"""Where secrets are kept: the source of an entry, one file each.

A source's file has `parse`, which makes an `Entry` of the fields of one. It is imported with the first of its entries.
"""

from __future__ import annotations

from ._failure import Failure, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._entry import Entry


def parsed(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are; without a field `source` it is Parameter Store's.

    Raises Failure: UNKNOWN_SOURCE, and what the source raises.
    """
    source = fields.get("source")
    if "source" not in fields:
        from ._source_ssm import parse
    elif source == "kms":
        from ._source_kms import parse
    elif source == "kmsfile":
        from ._source_kmsfile import parse
    elif source == "sops":
        from ._source_sops import parse
    elif source == "credstash":
        from ._source_credstash import parse
    elif source == "secretsManager":
        from ._source_secrets_manager import parse
    else:
        raise Failure("UNKNOWN_SOURCE", quoted(source) if isinstance(source, str) else "it is not a text")
    return parse(fields)
