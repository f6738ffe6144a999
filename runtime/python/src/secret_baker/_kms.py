"""kms:Decrypt."""

from __future__ import annotations

from ._aws import Call, answered
from ._base64 import decoded, encoded
from ._failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._arn import Region
    from ._deadline import Deadline


def decrypt(region: Region, ciphertext: bytes, context: dict[str, str], deadline: Deadline, key_arn: str = "") -> bytes:
    """Return the plaintext of a blob, opened in a region by the key of that ARN if it is not that of an alias.

    Raises Failure: WRONG_CONTEXT, KEY_UNUSABLE, and those of `_aws.answered`.
    """
    known = key_arn if key_arn.rpartition(":")[2].startswith("key/") else ""

    def plaintext_of(answer: dict[str, object]) -> bytes:
        plaintext = decoded(answer.get("Plaintext"))
        if plaintext is None:
            raise Failure("UNREACHABLE", "what has answered HTTP 200 gave no plaintext", "answer", again=True)
        if known and answer.get("KeyId") != known:
            raise Failure("WRONG_CONTEXT", "KMS has opened it by another key")
        return plaintext

    body: dict[str, object] = {"CiphertextBlob": encoded(ciphertext), "EncryptionContext": context}
    return answered(Call("kms", "TrentService.Decrypt", region, body), plaintext_of, deadline)
