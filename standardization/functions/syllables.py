"""The letters of TCVN3, and which words can only be Vietnamese in them.

Fifteen small letters of TCVN3 share their code with another Vietnamese letter: ``Néi vô`` is
"Nội vụ" in TCVN3, but ``Long Xuyên`` is not "Long Xuyờn". Counting letters cannot tell them
apart, so a text counts as TCVN3 when a word of it is a Vietnamese syllable read as TCVN3 and is
none as it stands. What is converted, and when, belongs in ``encodings``.
"""

import itertools
import re
from collections.abc import Iterable, Iterator

# TCVN 5712:1993, set VN3: 14 vowels and đ without tone, then each vowel with grave, hook,
# tilde, acute and dot below. Accented capitals do not exist in it.
UNICODE = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
TCVN3 = "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"
_TO_TCVN3 = str.maketrans(UNICODE, TCVN3)
_CAPITALS = str.maketrans("ăâêôơưđ", "ĂÂÊÔƠƯĐ")

_TONES = {row[0]: row for row in (
    "aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "iìỉĩíị",
    "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "uùủũúụ", "ưừửữứự", "yỳỷỹýỵ",
)}  # fmt: skip
_CHECKED_TONES = (4, 5)  # before c, ch, p and t only acute and dot below occur
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi
om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya
uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
y yêm yên yêng yêt yêu
ak ăk âk ek êk ik ok ôk ơk uk ưk
"""
_ONSETS = "b c ch d g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x"


def _toned(rime: str) -> Iterator[str]:
    """Every spelling of ``rime`` with a tone; both placements where usage differs (oà, òa)."""
    vowels = [i for i, letter in enumerate(rime) if letter in _TONES]
    hatted = [i for i in vowels if rime[i] in "ăâêôơư"]
    open_ended = vowels[-1] == len(rime) - 1
    if hatted:
        places = hatted[-1:]
    elif len(vowels) == 3:
        places = vowels[1:2]
    elif rime in ("oa", "oe", "uy"):
        places = vowels
    else:
        places = vowels[:1] if open_ended else vowels[-1:]
    tones = _CHECKED_TONES if rime.endswith(("c", "ch", "p", "t")) else range(6)
    for place, tone in itertools.product(places, tones):
        yield rime[:place] + _TONES[rime[place]][tone] + rime[place + 1 :]


def _in_tcvn3(rime: str) -> str:
    return rime.translate(_TO_TCVN3)


def _in_capitals(rime: str) -> set[str]:
    """TCVN3 typed in capitals: the letters without tone in either case, accented ones small."""
    return {
        "".join(c.upper() if c.isascii() else c for c in form).translate(_TO_TCVN3)
        for form in (rime, rime.translate(_CAPITALS))
    }


def _any_of(words: Iterable[str]) -> str:
    """A regular expression for exactly ``words``, shared beginnings written once."""
    by_first: dict[str, set[str]] = {}
    for word in words:
        by_first.setdefault(word[:1], set()).add(word[1:])
    ends = by_first.pop("", None) is not None
    branches = [re.escape(first) + _any_of(rest) for first, rest in sorted(by_first.items())]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"


def _legacy_only(forms: Iterable[str], known: Iterable[str]) -> set[str]:
    return {form for form in forms if not form.isascii()} - set(known)


def evidence_pattern() -> str:
    """An RE2 pattern found in a text that has a word only TCVN3 can explain."""
    onsets = _ONSETS.split()
    rimes = [toned for rime in _RIMES.split() for toned in _toned(rime)]
    small = {_in_tcvn3(rime) for rime in rimes}
    capital = set().union(*(_in_capitals(rime) for rime in rimes))
    first_capital = {_in_tcvn3(r[0].translate(_CAPITALS)) + _in_tcvn3(r[1:]) for r in rimes}
    first_capital |= {form[0].upper() + form[1:] for form in small if form[0].isascii()}
    spelled = set(rimes)
    titled = {rime.capitalize() for rime in rimes}
    shouted = {rime.upper() for rime in rimes}
    # Without an onset at least one plain letter: a lone « or × is a sign, not a word.
    bare = _legacy_only(small | capital | first_capital, spelled | titled | shouted)
    bare = {form for form in bare if re.search("[A-Za-z]", form)}
    words = (
        _any_of(bare),
        _any_of(onsets) + _any_of(_legacy_only(small, spelled)),
        _any_of(onset.capitalize() for onset in onsets if len(onset) > 1)
        + _any_of(_legacy_only(small, spelled)),
        # One capital letter may begin a word in capitals as well: LÔ is "lô" there, not "lễ".
        _any_of(onset.upper() for onset in onsets if len(onset) == 1)
        + _any_of(_legacy_only(small, spelled | shouted)),
        _any_of(onset.upper() for onset in onsets)
        + _any_of(_legacy_only(capital, spelled | shouted)),
        "[®§]" + _any_of(small),
        "§" + _any_of(capital),
    )
    letter = f"[0-9A-Za-z{TCVN3}]"
    outside = letter.replace("[", "[^", 1)
    return f"(?:^|{outside})(?:{'|'.join(words)})(?:$|{outside})"
