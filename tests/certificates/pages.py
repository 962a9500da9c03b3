"""Certificates as other people's programs see them: PDF/UA-1 and PDF/A-3a (page-validation), sound (qpdf), readable
(pdftotext), and with a code that decodes from a print at 100 dots an inch (zbar).

Usage: pages.py FOLDER, where `cargo run -p pdf --example press -- print FOLDER` has printed; the names are in names.json.
"""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import page

FOLDER = Path(sys.argv[1])
# Beyond what the fonts have: what can be shown is shown.
FALLBACK = {"王小明": "The holder named in the credential", "山田 Hanako 🎓": "Hanako"}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def letters(text):
    """Letters alone, composed: where a line is broken or a mark is placed is the page's own affair."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or unicodedata.category(c).startswith("M"))


def is_built(letter):
    """Bengali, Arabic and pointed Hebrew."""
    return any(script in unicodedata.name(letter, "") for script in ("BENGALI", "ARABIC", "HEBREW"))


failed = 0
names = json.loads((FOLDER / "names.json").read_text())
for place, name in enumerate(names):
    file = FOLDER / f"{place:02}.pdf"
    complaints = []
    for profile in ("ua1", "3a"):
        report = page.validate_pdf(str(file), profile=profile)
        complaints += [f"{profile} {one.rule_id} {one.message}" for one in report.failures]
        if not report.is_compliant or report.rules.total < 100:
            complaints.append(f"{profile}: not compliant, {report.rules.total} rules")
    run("qpdf", "--check", str(file))
    shown = letters(FALLBACK.get(name, name))
    # Letters that are built of several glyphs read back glyph by glyph; the document's own description has the name
    # whole, for programs.
    if shown not in letters(run("pdftotext", "-layout", str(file), "-")) and not any(map(is_built, name)):
        complaints.append("the name does not read back")
    if shown not in letters(run("pdfinfo", str(file))):
        complaints.append("the document does not say whose it is")
    run("pdftoppm", "-r", "100", "-png", "-singlefile", str(file), str(file.with_suffix("")))
    code = run("zbarimg", "--quiet", "--raw", str(file.with_suffix(".png"))).strip()
    if code != f"https://hub.example/certificates/K7M2Q9XH{place:02}?s=0aBcDeFgHiJkLmNo":
        complaints.append(f"the code reads {code!r}")
    failed += bool(complaints)
    print(f"{file.name} {'; '.join(complaints) or 'sound'}")

print(f"{len(names) - failed} passed, {failed} failed")
sys.exit(bool(failed))
