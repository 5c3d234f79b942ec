"""Curves as pictures: SVG 1.1 that stands alone, dark where the reader's system is."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 72, 24, 40, 52

STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}.grid{stroke:#ddd}.axis{stroke:#555}"
    ".line{fill:none;stroke:#1f6feb;stroke-width:2}.dot{fill:#1f6feb}.head{font-weight:600;font-size:15px}"
    "@media (prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#333}.axis{stroke:#999}.line{stroke:#79b8ff}.dot{fill:#79b8ff}}"
)


def ticks(most, wanted=5):
    """Round numbers from 0 to at least `most`."""
    if most <= 0:
        return [0.0, 1.0]
    raw = most / wanted
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if raw <= power * factor)
    return [step * i for i in range(math.ceil(most / step - 1e-9) + 1)]


def shown(value):
    if value >= 1_000_000 and value % 100_000 == 0:
        return f"{value / 1_000_000:g} M"
    if value >= 10_000 and value % 100 == 0:
        return f"{value / 1_000:g} k"
    return f"{value:g}"


def svg(curve):
    xs, ys = ticks(max(x for x, _ in curve.points)), ticks(max(y for _, y in curve.points))

    def across(x):
        return LEFT + (WIDTH - LEFT - RIGHT) * x / xs[-1]

    def up(y):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y / ys[-1]

    words = "; ".join(f"{x:,}: {y:.4g}" for x, y in curve.points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
        f"<title id=\"t\">{escape(curve.title)}</title><desc id=\"d\">{escape(curve.y)} by {escape(curve.x)}: {escape(words)}</desc>",
        f"<style>{STYLE}</style>",
        f'<text class="head" x="{LEFT}" y="24">{escape(curve.title)}: {escape(curve.y)}</text>',
    ]
    for y in ys:
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(y):.1f}" y2="{up(y):.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{up(y) + 4:.1f}" text-anchor="end">{shown(y)}</text>')
    for x in xs:
        parts.append(f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{shown(x)}</text>')
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(0):.1f}" y2="{up(0):.1f}"/>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(curve.x)}</text>')
    points = sorted(curve.points)
    parts.append('<polyline class="line" points="' + " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in points) + '"/>')
    for x, y in points:
        parts.append(f'<circle class="dot" cx="{across(x):.1f}" cy="{up(y):.1f}" r="4"><title>{x:,}: {y:.4g}</title></circle>')
    return "\n".join(parts) + "\n</svg>\n"
