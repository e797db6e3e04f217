"""Which language do metadata and command lines mean: "de", "ger", "de-AT", "German", "Deutsch"?"""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.terms import fold_accents, languages
from searchlib.errors import SchemaError

# For each language its codes, of ISO 639-1 and 639-2, and its names in itself, without accents.
_SPELLINGS: Final = {
    "arabic": "ar ara العربية عربي", "armenian": "hy hye arm հայերեն",
    "basque": "eu eus baq euskara", "catalan": "ca cat catala", "czech": "cs ces cze cestina",
    "danish": "da dan dansk", "dutch": "nl nld dut nederlands vlaams flemish",
    "english": "en eng", "esperanto": "eo epo", "estonian": "et est eesti",
    "finnish": "fi fin suomi", "french": "fr fra fre francais",
    "german": "de deu ger deutsch", "greek": "el ell gre ελληνικα", "hindi": "hi hin हिन्दी",
    "hungarian": "hu hun magyar", "indonesian": "id ind bahasa", "irish": "ga gle gaeilge",
    "italian": "it ita italiano", "lithuanian": "lt lit lietuviu", "nepali": "ne nep नेपाली",
    "norwegian": "no nor nb nob nn nno norsk bokmal nynorsk", "persian": "fa fas per farsi فارسی",
    "polish": "pl pol polski", "portuguese": "pt por portugues",
    "romanian": "ro ron rum romana", "russian": "ru rus русский", "serbian": "sr srp srpski српски",
    "sesotho": "st sot", "spanish": "es spa espanol castellano", "swedish": "sv swe svenska",
    "tamil": "ta tam தமிழ்", "turkish": "tr tur turkce", "yiddish": "yi yid ייִדיש",
}  # fmt: skip
_LANGUAGE_OF: Final = {
    fold_accents(spelling): language
    for language, spellings in _SPELLINGS.items()
    for spelling in (language, *spellings.split())
}
_FIRST_PART: Final = re.compile(r"[\s_(,;/-]")


def language_named(name: str) -> str:
    """Find a language to stem by its name, or by its code: "de", "de-AT", "German".

    Raises:
        SchemaError: There is no stemmer for it.
    """
    plain = name.strip().lower()
    language = plain if plain in languages() else language_meant(name)
    if language is None:
        raise SchemaError(
            "expected a language by its name or code, such as german or de, or auto or none, got "
            f"{name!r:.80}; there are {', '.join(languages())}"
        )
    return language


def language_meant(text: str) -> str | None:
    """Find a language to stem in what metadata say; ``None`` if they say another, or nothing.

    Args:
        text: A code or a name, in English or in the language itself, in any case, with or without
            what follows it: "de", "GER", "de_AT", "German (Austria)", "français".
    """
    plain = fold_accents(text.strip().lower())
    return _LANGUAGE_OF.get(_FIRST_PART.split(plain, maxsplit=1)[0])
