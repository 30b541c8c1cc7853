"""The languages that menus and settings offer: all that whisper's models know."""

from __future__ import annotations

_NAMES = (
    "Afrikaans:af Albanian:sq Amharic:am Arabic:ar Armenian:hy Assamese:as Azerbaijani:az Bashkir:ba "
    "Basque:eu Belarusian:be Bengali:bn Bosnian:bs Breton:br Bulgarian:bg Burmese:my Cantonese:yue "
    "Catalan:ca Chinese:zh Croatian:hr Czech:cs Danish:da Dutch:nl English:en Estonian:et Faroese:fo "
    "Finnish:fi French:fr Galician:gl Georgian:ka German:de Greek:el Gujarati:gu Haitian_Creole:ht "
    "Hausa:ha Hawaiian:haw Hebrew:he Hindi:hi Hungarian:hu Icelandic:is Indonesian:id Italian:it "
    "Japanese:ja Javanese:jw Kannada:kn Kazakh:kk Khmer:km Korean:ko Lao:lo Latin:la Latvian:lv "
    "Lingala:ln Lithuanian:lt Luxembourgish:lb Macedonian:mk Malagasy:mg Malay:ms Malayalam:ml Maltese:mt "
    "Maori:mi Marathi:mr Mongolian:mn Nepali:ne Norwegian:no Norwegian_Nynorsk:nn Occitan:oc Pashto:ps "
    "Persian:fa Polish:pl Portuguese:pt Punjabi:pa Romanian:ro Russian:ru Sanskrit:sa Serbian:sr Shona:sn "
    "Sindhi:sd Sinhala:si Slovak:sk Slovenian:sl Somali:so Spanish:es Sundanese:su Swahili:sw Swedish:sv "
    "Tagalog:tl Tajik:tg Tamil:ta Tatar:tt Telugu:te Thai:th Tibetan:bo Turkish:tr Turkmen:tk "
    "Ukrainian:uk Urdu:ur Uzbek:uz Vietnamese:vi Welsh:cy Yiddish:yi Yoruba:yo"
)
LANGUAGES = (
    ("Detect", "auto"),
    *((name.replace("_", " "), code) for name, code in (each.split(":") for each in _NAMES.split())),
)
"""Names and codes, by name."""


def language_name(code: str) -> str:
    """Return the name, or the code where none is known here."""
    return next((name for name, known in LANGUAGES[1:] if known == code), f"'{code}'")
