"""What was measured, as JSON, as a table for a terminal, and in docs/performance.md."""

import json
import re
import sys

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def number(value):
    if value is None:
        return "–"
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def bar_of(row, which):
    if row[which] is None:
        return "–"
    return ("≥ " if row["at_least"] else "≤ ") + number(row[which])


def equal_of(row):
    return "–" if row["equal"] is None else "yes" if row["equal"] else "NO"


def cells(row):
    value = "–" if row["absent"] or row["value"] is None else f"{number(row['value'])} {row['unit']}"
    return [row["name"], row["against"], value, bar_of(row, "floor"), bar_of(row, "goal"), equal_of(row), row["verdict"] or "–"]


HEADINGS = ["work", "against", "measured", "floor", "goal", "answers equal", "verdict"]


def table_text(rows):
    """For a terminal."""
    lines = [HEADINGS, *map(cells, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    widths[0], widths[1] = min(widths[0], 60), min(widths[1], 44)
    shown = []
    for line in lines:
        shown.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    for row in rows:
        if row["absent"]:
            shown.append(f"not measured: {row['name']}, {row['against']}: {row['absent']}")
    return "\n".join(shown)


def table_markdown(rows):
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    for row in rows:
        line = [cell.replace("|", "\\|") for cell in cells(row)]
        if row["verdict"] in ("missed", "answers differ"):
            line[-1] = f"**{line[-1]}**"
        lines.append("| " + " | ".join(line) + " |")
    return "\n".join(lines)


def details_markdown(rows):
    """One line a row: both sides' processor time, the spread, what was compared, what is to be known."""
    lines = []
    for row in rows:
        if row["absent"]:
            lines.append(f"- **{row['name']}**, {row['against']}: not measured. {row['absent'][0].upper() + row['absent'][1:]}.")
            continue
        words = []
        if row["theirs_cpu_s"] is not None:
            words.append(f"{number(row['ours_cpu_s'])} s CPU here, {number(row['theirs_cpu_s'])} s there")
        if row["spread"]:
            words.append(f"pairs from {number(row['spread'][0])} to {number(row['spread'][1])}")
        if row["wall"] is not None:
            words.append(f"by wall time {number(row['wall'])}")
        words += [f"{name.replace('_', ' ')} {number(value)}" for name, value in row["facts"].items()]
        if row["compared"]:
            words.append(f"compared: {row['compared']}")
        if row["note"]:
            words.append(row["note"])
        lines.append(f"- **{row['name']}**, {row['against']}: " + "; ".join(words) + ".")
    return "\n".join(lines)


def plots_markdown(curves):
    parts = []
    for curve in curves:
        points = ", ".join(f"{x:,}: {number(y)}" for x, y in curve["points"])
        parts.append(f"![{curve['title']}: {curve['y']}](performance/{curve['plot']}.svg)\n\n{curve['title']}, {curve['y']}: {points}.")
    return "\n\n".join(parts)


def merge(path, order, rows, curves, circumstances):
    """Puts what was measured now into what was measured before; gives the whole."""
    before = json.loads(path.read_text()) if path.exists() else {"rows": {}, "curves": {}}
    for kind, new in (("rows", rows), ("curves", curves)):
        for name, documents in new.items():
            before[kind][name] = {"when": circumstances, "measured": documents}
        before[kind] = {name: before[kind][name] for name in order if name in before[kind]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(before, indent=1, ensure_ascii=False) + "\n")
    return before


def rows_of(document):
    return [row for entry in document["rows"].values() for row in entry["measured"]]


def curves_of(document):
    return [curve for entry in document["curves"].values() for curve in entry["measured"]]


def write_page(page, document):
    """Puts tables and plots between the marks of the page, which a person has written around them."""
    text = page.read_text()
    if BEGIN not in text or END not in text:
        sys.exit(f"run: {page.name} has no `{BEGIN}` and `{END}`: what was measured has no place in it")
    whens = sorted({entry["when"]["date"] for kind in ("rows", "curves") for entry in document[kind].values()})
    latest = [entry["when"] for kind in ("rows", "curves") for entry in document[kind].values()][-1]
    dates = whens[0] if len(whens) == 1 else f"{whens[0]} to {whens[-1]}"
    middle = "\n\n".join(
        [
            f"Measured {dates} on {latest['cores']} cores ({latest['processor']}), shared with other work; {latest['pairs']} pairs a row.",
            table_markdown(rows_of(document)),
            details_markdown(rows_of(document)),
            "### Growth",
            plots_markdown(curves_of(document)),
        ]
    )
    page.write_text(re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda _: f"{BEGIN}\n\n{middle}\n\n{END}", text, flags=re.S))
