"""TCVN3 (ABC, TCVN 5712-3) letters as cp1252 characters, as the 2017 system stores text.

Only the encoding that the sample needs, with its inverse for the truth table; cleaning such
text is the platform's work, not this room's.
"""

from __future__ import annotations

_LETTERS = (
    "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵăâêôơưđĂÂÊÔƠƯĐ"  # the 74 letters
)
_CODES = bytes.fromhex(
    "b5b6b7b8b9 bbbcbdbec6 c7c8c9cacb cccecfd0d1 d2d3d4d5d6 d7d8dcddde dfe1e2e3e4 e5e6e7e8e9"
    "eaebecedee eff1f2f3f4 f5f6f7f8f9 fafbfcfdfe a8a9aaabacadae a1a2a3a4a5a6a7"
)
_ENCODE = {ord(letter): chr(code) for letter, code in zip(_LETTERS, _CODES, strict=True)}
# A capital with a tone mark has no code: it is typed as its small letter.
_ENCODE.update(
    {
        ord(letter.upper()): chr(code)
        for letter, code in zip(_LETTERS, _CODES, strict=True)
        if letter.islower() and ord(letter.upper()) not in _ENCODE
    }
)
_DECODE = {code: letter for letter, code in zip(_LETTERS, _CODES, strict=True)}


def encode(text: str) -> str:
    """NFC Vietnamese as TCVN3 letters: ``Tiền Giang`` becomes ``TiÒn Giang``."""
    return text.translate(_ENCODE)


def decode(text: str) -> str:
    """The inverse of `encode`; the case of toned capitals is lost."""
    return text.translate(_DECODE)
