"""Every link between the Markdown pages of a folder leads to a file and, with `#…`, to a heading.

links_test.py ROOT: looks at ROOT's own pages and those below docs/ and policies/packs/. Anchors are made of headings as
GitHub makes them: lower case, no punctuation but `-` and `_`, a `-` for each space, and `-1`, `-2`
… behind those that come again.
"""

import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"#{1,6} +(.*)")


def prose(page):
    """Line numbers and lines outside of fenced blocks."""
    inside = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            inside = not inside
        elif not inside:
            yield number, line


def anchors(page):
    found = set()
    times = {}
    for _, line in prose(page):
        heading = HEADING.fullmatch(line)
        if not heading:
            continue
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1].strip())
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        before = times.get(slug, 0)
        times[slug] = before + 1
        found.add(f"{slug}-{before}" if before else slug)
    return found


def fault(page, target):
    """Why a link leads nowhere, or None."""
    path, _, anchor = target.partition("#")
    to = page.parent / path if path else page
    if not to.exists():
        return "there is no such file"
    if anchor and to.suffix == ".md" and anchor not in anchors(to):
        return "the page has no such heading"
    return None


def main():
    root = pathlib.Path(sys.argv[1])
    pages = sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "policies/packs").rglob("*.md")])
    looked_at = 0
    faults = 0
    for page in pages:
        for number, line in prose(page):
            for target in LINK.findall(line):
                if re.match(r"[a-z]+:", target):
                    continue
                looked_at += 1
                why = fault(page, target)
                if why:
                    faults += 1
                    print(f"{page.relative_to(root)}:{number}: `{target}`: {why}")
    print(f"{looked_at} links in {len(pages)} pages, {faults} lead nowhere")
    return 1 if faults or not looked_at else 0


if __name__ == "__main__":
    sys.exit(main())
