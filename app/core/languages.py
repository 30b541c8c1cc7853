"""Names of languages as files write them: two letters, three letters, or with a country."""

from __future__ import annotations

import re

UNKNOWN = "und"
"""The language that nobody named."""

_TWO = (
    "ara:ar bul:bg cat:ca ces:cs cze:cs dan:da deu:de ger:de ell:el gre:el eng:en spa:es est:et fas:fa "
    "per:fa fin:fi fra:fr fre:fr heb:he hin:hi hrv:hr hun:hu hye:hy arm:hy ind:id isl:is ice:is ita:it "
    "jpn:ja kat:ka geo:ka kaz:kk kor:ko lit:lt lav:lv mkd:mk mac:mk mal:ml msa:ms may:ms nld:nl dut:nl "
    "nor:no nob:no pol:pl por:pt ron:ro rum:ro rus:ru slk:sk slo:sk slv:sl sqi:sq alb:sq srp:sr swe:sv "
    "tam:ta tel:te tha:th tgl:tl tur:tr ukr:uk urd:ur vie:vi zho:zh chi:zh cmn:zh yue:yue haw:haw cym:cy "
    "wel:cy eus:eu baq:eu glg:gl ben:bn"
)
_BY_THREE = dict(pair.split(":") for pair in _TWO.split())
_KNOWN = frozenset(_BY_THREE.values())
_NAME = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)


def language_code(name: str) -> str:
    """Return the language as transcripts call it: ``en`` for ``en``, ``eng`` and ``en-US``; else ``und``."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return UNKNOWN
    letters = found[1].lower()
    code = _BY_THREE.get(letters, letters)
    return code if code in _KNOWN else UNKNOWN
