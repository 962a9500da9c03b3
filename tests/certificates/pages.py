"""Certificates as other people's programs see them: PDF/UA-1 and PDF/A-3a (page-validation), sound (qpdf), readable
(pdftotext), and with a code that decodes from a print at 100 dots an inch (zbar) and leads to the holder's name.

    python tests/certificates/pages.py target/debug/lectern [FOLDER]

Starts a hub of its own, certifies people with names in ten scripts, and looks at each one's certificate, and at the
statement of all that one of them has. With FOLDER, the files stay there to be looked at.
"""

import html
import json
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import page
import pikepdf
import regex

from hub import Hub

# Each invented name, and what the page shows of it: all of it, but for letters that no font has.
NAMES = {
    name: name
    for name in (
        "Amina Begum",
        "Bo Li",
        "Nguyễn Thị Thuỳ Dương",
        "Zoë Ångström-Šťastný",
        "Siân Llywelyn O’Connor",
        "Λευτέρης Παπαδόπουλος",
        "Світлана Їжакевич",
        "মোহাম্মদ আব্দুল করিম চৌধুরী",
        "শর্মিষ্ঠা বন্দ্যোপাধ্যায়",
        "فاطمة الزهراء بنت محمد",
        "عبدالرحمن",
        "שָׂרָה כהן",
        "सुनीता कृष्णमूर्ति",
        "தமிழ்ச்செல்வி முருகன்",
        "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
        "કૃષ્ણા પટેલ",
        "ሰላም ተስፋዬ",
        "సుబ్బలక్ష్మి",
        "Wolfeschlegelsteinhausenbergerdorff von der Hohenlohe-Langenburg, Maria Anna Elisabeth",
        "Maryam مريم Haddad",
    )
} | {"王小明": "The holder named in the credential", "山田 Hanako 🎓": "Hanako"}
OBJECTIVES = ["Recognise the signs of distress", "Ask about suicide directly and safely", "Know where to turn, and when"]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def letters(text):
    """Letters alone, composed: where a line is broken or a mark is placed is the page's own affair."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or unicodedata.category(c).startswith("M"))


PIECE = "\u202b([^\u202c]*)\u202c"


def read_back(file):
    """What pdftotext finds on the page, in the order in which people read.

    Of what runs from right to left it gives the pieces as they stand from left to right, each between two marks of
    direction, and within them a point before its letter: that is turned round here, and nothing else is.
    """
    def turn(line):
        pieces = reversed(regex.findall(PIECE, line.group()))
        return " ".join(regex.sub(r"(\p{M}+)(\p{L})", r"\2\1", piece) for piece in pieces)

    return regex.sub(f"{PIECE}(?: *{PIECE})*", turn, run("pdftotext", "-raw", str(file), "-"))


def faults(file):
    """What validators say against a file."""
    complaints = []
    for profile in ("ua1", "3a"):
        report = page.validate_pdf(str(file), profile=profile)
        complaints += [f"{profile} {one.rule_id} {one.message}" for one in report.failures]
        if not report.is_compliant or report.rules.total < 100:
            complaints.append(f"{profile}: not compliant, {report.rules.total} rules")
    run("qpdf", "--check", str(file))
    return complaints


def certificate_faults(hub, file, number, name, shown):
    complaints = faults(file)
    if letters(shown) not in letters(read_back(file)):
        complaints.append("the name does not read back")
    if letters(shown) not in letters(run("pdfinfo", str(file))):
        complaints.append("the document does not say whose it is")
    image = file.with_suffix(".png")
    run("pdftoppm", "-r", "100", "-png", "-singlefile", str(file), str(image.with_suffix("")))
    code = run("zbarimg", "--quiet", "--raw", str(image)).strip()
    if not code.startswith(f"{hub.url}/certificates/{number}?s="):
        return [*complaints, f"the code reads {code!r}"]
    # Whoever scans it sees the whole name, whatever could be printed.
    if name not in html.unescape(hub.raw("GET", code).decode()):
        complaints.append("the code does not lead to the name")
    with pikepdf.open(file) as opened:
        (attached,) = opened.attachments.values()
        credential = json.loads(attached.get_file().read_bytes())
    if [one["identityHash"] for one in credential["credentialSubject"]["identifier"]] != [name]:
        complaints.append("the credential within does not say the name")
    return complaints


def main(program, folder):
    with Hub(program) as hub:
        event = hub.event(capacity=len(NAMES), certificate={"objectives": OBJECTIVES})
        people = [{"name": name, "registration_number": "7012345"} for name in NAMES]
        failed = 0
        certified = hub.certify(event, people)
        for place, ((_, token, number), (name, shown)) in enumerate(zip(certified, NAMES.items())):
            file = folder / f"{place:02}.pdf"
            file.write_bytes(hub.raw("GET", f"/bookings/{token}/certificate.pdf"))
            complaints = certificate_faults(hub, file, number, name, shown)
            failed += bool(complaints)
            print(f"{file.name} {'; '.join(complaints) or 'sound'}")
        statement = folder / "statement.pdf"
        statement.write_bytes(hub.raw("GET", f"/bookings/{certified[7][1]}/certificates/statement.pdf"))
        complaints = faults(statement)
        for said in (certified[7][2], letters(list(NAMES.values())[7])):
            if said not in letters(read_back(statement)):
                complaints.append(f"{said} does not read back")
        failed += bool(complaints)
        print(f"{statement.name} {'; '.join(complaints) or 'sound'}")
    print(f"{len(NAMES) + 1 - failed} passed, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as own:
        kept = Path(sys.argv[2] if len(sys.argv) > 2 else own)
        kept.mkdir(parents=True, exist_ok=True)
        sys.exit(main(sys.argv[1], kept))
