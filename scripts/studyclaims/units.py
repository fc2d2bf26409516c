"""Units as UCUM writes them, and what is usually written instead.

The prefixes, the unit atoms and the grammar are those of the Unified Code for Units of Measure,
version 2.2 (17 June 2024), in its case-sensitive form: https://ucum.org/ucum and the file
``ucum-essence.xml`` beside it, all prefixes and all atoms. UCUM is copyright Regenstrief Institute,
Inc.; its licence is at https://ucum.org/license. Only its symbols are listed here, none is added.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache
from typing import Final

_PREFIXES = "m u n k p d c M G T f a h da P E z y Z Y Ki Mi Gi Ti"
PREFIXES: Final = tuple(_PREFIXES.split())
"""What may stand before a metric atom, the usual ones first."""

_METRIC = """
    m s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv l L ar t bar u eV pc
    [c] [h] [k] [eps_0] [mu_0] [e] [m_e] [m_p] [G] [g] [ly] gf Ky Gal dyn erg P Bi St Mx G Oe Gb sb
    Lmb ph Ci R RAD REM cal_[15] cal_[20] cal_m cal_IT cal_th cal tex m[H2O] m[Hg] eq osm g% kat U
    [iU] [IU] Np B B[SPL] B[V] B[mV] B[uV] B[10.nV] B[W] B[kW] st mho bit By Bd
"""
METRIC: Final = tuple(_METRIC.split())
"""Unit atoms that take a prefix, the usual ones first."""

_OTHERS = """
    10* 10^ [pi] % [ppth] [ppm] [ppb] [pptr] gon deg ' '' min h d a_t a_j a_g a wk mo_s mo_j mo_g mo
    AU atm [lbf_av] [in_i] [ft_i] [yd_i] [mi_i] [fth_i] [nmi_i] [kn_i] [sin_i] [sft_i] [syd_i]
    [cin_i] [cft_i] [cyd_i] [bf_i] [cr_i] [mil_i] [cml_i] [hd_i] [ft_us] [yd_us] [in_us] [rd_us]
    [ch_us] [lk_us] [rch_us] [rlk_us] [fth_us] [fur_us] [mi_us] [acr_us] [srd_us] [smi_us] [sct]
    [twp] [mil_us] [in_br] [ft_br] [rd_br] [ch_br] [lk_br] [fth_br] [pc_br] [yd_br] [mi_br] [nmi_br]
    [kn_br] [acr_br] [gal_us] [bbl_us] [qt_us] [pt_us] [gil_us] [foz_us] [fdr_us] [min_us] [crd_us]
    [bu_us] [gal_wi] [pk_us] [dqt_us] [dpt_us] [tbs_us] [tsp_us] [cup_us] [foz_m] [cup_m] [tsp_m]
    [tbs_m] [gal_br] [pk_br] [bu_br] [qt_br] [pt_br] [gil_br] [foz_br] [fdr_br] [min_br] [gr]
    [lb_av] [oz_av] [dr_av] [scwt_av] [lcwt_av] [ston_av] [lton_av] [stone_av] [pwt_tr] [oz_tr]
    [lb_tr] [sc_ap] [dr_ap] [oz_ap] [lb_ap] [oz_m] [lne] [pnt] [pca] [pnt_pr] [pca_pr] [pied]
    [pouce] [ligne] [didot] [cicero] [degF] [degR] [degRe] [Cal] [Btu_39] [Btu_59] [Btu_60] [Btu_m]
    [Btu_IT] [Btu_th] [Btu] [HP] [den] [in_i'H2O] [in_i'Hg] [PRU] [wood'U] [diop] [p'diop] %[slope]
    [mesh_i] [Ch] [drp] [hnsf'U] [MET] [hp'_X] [hp'_C] [hp'_M] [hp'_Q] [hp_X] [hp_C] [hp_M] [hp_Q]
    [kp_X] [kp_C] [kp_M] [kp_Q] [pH] [S] [HPF] [LPF] [arb'U] [USP'U] [GPL'U] [MPL'U] [APL'U]
    [beth'U] [anti'Xa'U] [todd'U] [dye'U] [smgy'U] [bdsk'U] [ka'U] [knk'U] [mclg'U] [tb'U] [CCID_50]
    [TCID_50] [EID_50] [PFU] [FFU] [CFU] [IR] [BAU] [AU] [Amb'a'1'U] [PNU] [Lf] [D'ag'U] [FEU] [ELU]
    [EU] Ao b att [psi] circ sph [car_m] [car_Au] [smoot] [m/s2/Hz^(1/2)] [NTU] [FNU] bit_s
"""
OTHERS: Final = tuple(_OTHERS.split())
"""Unit atoms that take none."""

_USUAL: Final = {
    word: unit
    for unit, words in {
        "s": "second seconds sec secs",
        "min": "min minute minutes mins",
        "h": "hour hours hr hrs",
        "d": "day days",
        "wk": "week weeks wks",
        "mo": "month months",
        "a": "year years yr yrs",
        "%": "percent percentage pct",
        "1": "fold -fold ratio unitless none",
        "kg": "kg kgs",
        "g": "gram grams gm gr",
        "ug": "mcg",
        "m": "meter meters metre metres",
        "um": "micron microns",
        "um/m": "microstrain microstrains uε",
        "{fold}": "fold-change",
        "L": "l liter liters litre litres",
        "mL": "cc",
        "mol": "mole moles",
        "mol/L": "molar",
        "N": "newton newtons",
        "Pa": "pascal pascals",
        "Cel": "°c degc celsius",
        "[degF]": "°f degf fahrenheit",
        "deg": "° degree degrees",
        "Ao": "å angstrom angstroms",
        "u": "da dalton daltons",
        "ku": "kda",
        "U": "unit units",
        "[iU]": "iu ius",
        "[arb'U]": "a.u. arbitrary",
        "mm[Hg]": "mmhg",
        "cm[H2O]": "cmh2o",
        "[hnsf'U]": "hu hounsfield",
        "/min": "bpm",
    }.items()
    for word in words.split()
}
"""What is usually written, in small letters, and the unit that is meant."""

_SPELT: Final = {
    "micro": "u", "milli": "m", "nano": "n", "pico": "p", "femto": "f", "centi": "c", "deci": "d",
    "kilo": "k", "mega": "M",
}  # fmt: skip
_MOLAR: Final = {f"{prefix}M": f"{prefix}mol/L" for prefix in ("", "m", "u", "n", "p")}

_CASED: Final = {**_MOLAR, "Ct": "{Ct}", "Cq": "{Cq}"}
"""What is usually written, in just these letters, and the unit that is meant."""

NEVER_MEANT: Final = {
    "AU": "write {AU}, if that is meant: AU is the astronomic unit",
    "N/A": "leave unit out where none is printed: N/A is newton per ampere",
}
"""Units, taken alone, that nobody means, and what to do."""

_SIGNS: Final = str.maketrans("\u03bc\u2212\u00b7\u22c5\u2219\u00d7", "u-....")
_NOTE = r"\{[!-z|~]+\}"
_COMPONENT = re.compile(
    rf"(?:(?P<symbol>10[*^]|(?:[A-Za-z_%']|\[[^\[\]]+\])+)(?:[+-]?[0-9]+)?|[1-9][0-9]*)(?:{_NOTE})?"
    rf"|{_NOTE}"
)
# A moment of force is usually written without a point between its units.
_MOMENT = re.compile(r"(?:^|(?<=[./(]))([munkM]?N) ?((?:[munkc])?m)(?![A-Za-z])")
_GLUED = re.compile(r"(?P<unit>%|[kmunp]?g|[kmunp]?mol)(?P<what>[A-Z][A-Za-z]+|(?<=%)[A-Za-z]+)")
_PIECE = re.compile(rf"^(?P<word>.*?)(?P<rest>(?:[+-]?[0-9]+)?(?:{_NOTE})?)$")
_NEAR: Final = 0.8
_HINT: Final = "write it as in mm, ug/mL, 10*3/uL or [iU]; what is counted in braces, as in {cells}"


def check_unit(text: str) -> str:
    """Return a unit if UCUM knows it.

    Prefixes and atoms, products and quotients, exponents, powers of ten, annotations in braces and
    parentheses: ``mm``, ``ug/mL``, ``/h``, ``10*3/uL``, ``{cells}/mm2``, ``mg/(kg.d)``.

    >>> check_unit("ug/mL")
    'ug/mL'
    >>> check_unit("µg/ml")
    Traceback (most recent call last):
    ValueError: write ug/mL, if that is meant

    Raises:
        ValueError: UCUM has no such unit, or one that nobody means (``AU``, ``N/A``); the error's
            text says what to write.
    """
    if text in NEVER_MEANT:
        raise ValueError(NEVER_MEANT[text])
    if _is_unit(text):
        return text
    meant = _meant(text)
    raise ValueError(f"write {meant}, if that is meant" if meant else _HINT)


def _is_unit(text: str) -> bool:
    """Return whether the whole text is a unit by UCUM's grammar."""
    place, depth, wanted = int(text.startswith("/")), 0, True
    while place < len(text):
        if not wanted and text[place] in "./":
            wanted = True
        elif wanted and text[place] == "(":
            depth += 1
        elif not wanted and depth and text[place] == ")":
            depth -= 1
        else:
            match = _COMPONENT.match(text, place) if wanted else None
            if match is None or not _is_symbol(match["symbol"]):
                return False
            place, wanted = match.end() - 1, False
        place += 1
    return not wanted and depth == 0


def _is_symbol(symbol: str | None) -> bool:
    """Return whether a symbol is an atom, with a prefix where it may have one; None is a number."""
    if symbol is None or symbol in METRIC or symbol in OTHERS:
        return True
    return any(symbol.startswith(prefix) and symbol[len(prefix) :] in METRIC for prefix in PREFIXES)


def _meant(text: str) -> str | None:
    """Return the unit that a text likely stands for, or None."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    plain = re.sub(r" *(?:/|\bper\b) *", "/", plain.strip())
    plain = re.sub(r"(?<!10)\^|\*\*| +(?=[0-9-])", "", plain)
    # To UCUM 1.73 is a product of two whole numbers.
    if re.search(r"[0-9]\.[0-9]", plain):
        return None
    if re.fullmatch("fold change", plain, re.IGNORECASE):
        return "{fold}"
    pieces = re.split(r"([./])", _MOMENT.sub(r"\1.\2", plain))
    parts = [piece if piece in {".", "/"} else _component(piece) for piece in pieces]
    meant = _CASED.get(plain) or _USUAL.get(plain.casefold()) or "".join(p or "" for p in parts)
    return meant if None not in parts and _is_unit(meant) else None


def _component(text: str) -> str | None:
    """Return what stands between points and slashes; None where its words can be read two ways.

    Words after a blank say what is counted, so they go into braces. Only an exponent, or a number
    before it, shows that a word is a factor.
    """
    first, *more = text.split(" ")
    whole = _piece(first)
    for word in more:
        if re.search(r"[a-z][+-]?[0-9]+$", word) or re.fullmatch(r"[0-9*^]+", whole):
            whole += f".{_piece(word)}"
        elif word[:1].islower() and _is_symbol(word):
            return None
        else:
            whole = f"{whole[:-1]}_{word}}}" if whole.endswith("}") else f"{whole}{{{word}}}"
    return whole


def _piece(piece: str) -> str:
    """Return one component as UCUM writes it, as far as one can tell."""
    return _PIECE.sub(lambda match: _word(match["word"]) + match["rest"], piece)


def _word(word: str) -> str:
    """Return the symbol that a word likely stands for, else a count of what it names."""
    small = word.casefold()
    if _is_symbol(word):
        return re.sub(r"^([munpdck]?)l$", r"\1L", word)
    known = _CASED.get(word) or _USUAL.get(small)
    if known:
        return known
    glued = _GLUED.fullmatch(word)
    if glued and len(glued["what"]) > 1:
        return f"{glued['unit']}{{{glued['what']}}}"
    spelt = re.match(f"({'|'.join(_SPELT)})(?=.)", small)
    if spelt:
        return _SPELT[spelt[0]] + _word(word[spelt.end() :])
    near = difflib.get_close_matches(small, [*_USUAL, *_caseless()], n=1, cutoff=_NEAR)
    if near and (near[0] == small or len(word) > len("mol")):
        meant = _USUAL.get(near[0]) or _in_its_case(word, _caseless()[near[0]])
        return meant or word
    return f"{{{word}}}" if re.fullmatch(r"[A-Za-z]{4,}", word) else word


def _in_its_case(word: str, symbols: list[str]) -> str | None:
    """Return the one symbol that is meant by a word; None where its case leaves several."""
    if len(symbols) > 1 and not word.isupper():
        symbols = [symbol for symbol in symbols if symbol[0] == word[0]]
    return symbols[0] if len(symbols) == 1 else None


@cache
def _caseless() -> dict[str, list[str]]:
    """Return the symbols by their small letters without brackets, the most usual ones first."""
    found: dict[str, list[str]] = {}
    for symbol in (*METRIC, *OTHERS, *(p + atom for p in PREFIXES for atom in METRIC)):
        found.setdefault(symbol.casefold().strip("[]"), []).append(symbol)
    return found
