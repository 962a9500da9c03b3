"""A report's files as a spreadsheet opens them: LibreOffice reads the workbook and the tables as they are meant, draws the
charts, and takes nothing that somebody typed for a formula.

    python3 tests/report/opened.py target/debug/lectern [FOLDER]    keeps what LibreOffice made in FOLDER

Needs LibreOffice Calc and pdftotext.
"""

import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "certificates"))
from hub import AFTER, Hub  # noqa: E402

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CHART = "{urn:oasis:names:tc:opendocument:xmlns:chart:1.0}"
SHEETS = ["Summary", "By programme", "By role", "By organisation", "By network", "By borough", "By format", "Definitions"]
# What people type who wish a spreadsheet ill, or are called so.
NAMES = ["Zoë Ødegård", "নূর আহমেদ", "=cmd|' /C calc'!A0", "+Plus Minus", "-Minus Plus", "@SUM Total"]
HOSTILE = "=HYPERLINK(\"https://evil.invalid\",\"Zoë's practice\")"


def booked(hub):
    """A month with an event to which these people came, or did not."""
    event = hub.event(title="=1+1 für Anfänger", capacity=20)
    for number, name in enumerate(NAMES):
        form = {"name": name, "email": f"person{number}@practice.example", "role": "gp",
                "organisation": {"ods_code": None, "name": HOSTILE if number else "Étoile Street"}}
        hub.json("POST", f"/api/v1/events/{event}/registrations", form)
    hub.json("POST", "/_local/settle", {})
    hub.json("PUT", "/_local/clock", {"now": AFTER})
    rows = hub.organise("GET", f"/api/v1/events/{event}/registrations")["registrations"]
    records = [{"reference": row["reference"], "minutes": 0 if row["name"] == NAMES[0] else 390} for row in rows]
    hub.organise("POST", f"/api/v1/events/{event}/attendance", {"records": records})


def convert(file, to, folder, *options):
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", *options, "--convert-to", to, "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=240)
    made = folder / f"{file.stem}.{to}"
    assert made.exists(), f"LibreOffice did not open {file.name}"
    return made


def opened(file, folder, *options):
    """The file's sheets: name to rows of (kind, words); and the document."""
    document = xml.parse(convert(file, "fods", folder, *options)).getroot()
    formulas = [cell.get(f"{TABLE}formula") for cell in document.iter() if cell.get(f"{TABLE}formula")]
    assert not formulas, f"{file.name}: {formulas}"
    sheets = {}
    for table in document.iter(f"{TABLE}table"):
        # Charts carry tables of their own, nameless or hidden within.
        if table.get(f"{TABLE}name") in (None, "local-table"):
            continue
        rows = []
        for row in table.iter(f"{TABLE}table-row"):
            cells = row.findall(f"{TABLE}table-cell")
            words = lambda cell: "\n".join("".join(line.itertext()) for line in cell.findall(f"{TEXT}p"))
            rows.append([(cell.get(f"{OFFICE}value-type"), words(cell)) for cell in cells])
        sheets[table.get(f"{TABLE}name")] = rows
    return sheets, document


def check_workbook(file, folder):
    sheets, document = opened(file, folder)
    assert list(sheets) == SHEETS, list(sheets)
    charts = [[series for series in plot.iter(f"{CHART}series")] for plot in document.iter(f"{CHART}plot-area")]
    assert [len(series) for series in charts] == [4, 4], "two charts, of four parts each"
    filters = [one for one in document.iter(f"{TABLE}database-range") if one.get(f"{TABLE}display-filter-buttons") == "true"]
    assert len(filters) == 6, f"{len(filters)} tables can be filtered"
    totals = {row[0][1]: row[1] for row in sheets["Summary"] if len(row) > 1}
    assert totals["Attended"] == ("float", "5"), totals["Attended"]
    labels = [row[0] for row in sheets["By organisation"] if row and row[0][1]]
    assert ("string", HOSTILE) in labels and ("string", "Étoile Street") in labels, labels
    assert any("minutes reach" in cell[1] for row in sheets["Definitions"] for cell in row)
    drawn = subprocess.run(["pdftotext", "-layout", convert(file, "pdf", folder), "-"], check=True, capture_output=True)
    words = drawn.stdout.decode()
    for title in ["Places booked by programme, and", "Places booked by role, and"]:
        assert title in words, f"the chart “{title}” is not drawn"
    assert len(re.findall(r"(?m)\b0 +1 +2 +3 +4 +5 +6 +7$", words)) == 2, "both scales begin at nothing"


def check_registrations(file, folder, *options):
    sheets, _ = opened(file, folder, *options)
    rows = next(iter(sheets.values()))
    cells = {words for row in rows for _, words in row}
    for name in NAMES:
        told = {name, f"'{name}"} if name[0] in "=+-@" else {name}
        assert told & cells, f"{file.name}: {name} is not there: {sorted(cells)[:40]}"
    assert all(kind == "string" for row in rows for kind, words in row if words.lstrip("'").startswith("=")), file.name


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as temporary, Hub(program) as hub:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else temporary).resolve()
        folder.mkdir(exist_ok=True)
        booked(hub)
        files = {}
        for name, path in [("report.xlsx", "2025-12.xlsx"), ("report.csv", "2025-12.csv"),
                           ("rows.xlsx", "2025-12/registrations.xlsx"), ("table.csv", "2025-12/registrations.csv")]:
            files[name] = folder / name
            files[name].write_bytes(hub.raw("GET", f"/api/v1/reports/{path}", token=hub.token))
        check_workbook(files["report.xlsx"], folder)
        check_registrations(files["rows.xlsx"], folder)
        # As its dialog proposes for a file that begins with a byte order mark: commas, quotes, UTF-8.
        as_proposed = "--infilter=CSV:44,34,76"
        check_registrations(files["table.csv"], folder, as_proposed)
        sheets, _ = opened(files["report.csv"], folder, as_proposed)
        cells = [words for rows in sheets.values() for row in rows for _, words in row]
        assert f"'{HOSTILE}" in cells and "Étoile Street" in cells, cells
    print("the workbook, the table and the registrations open as they are meant")


if __name__ == "__main__":
    main()
