"""Draws what `run` has measured as SVG pictures: rows of bars on a logarithmic axis, papo's in colour, everybody
else's in grey. They need nothing but the figures and follow the reader's light or dark. Not here: the measuring,
and the tables, which have the same figures as numbers.
"""

import math
import statistics

WIDTH, LEFT, RIGHT, ROW, HEAD = 760, 130, 90, 17, 30
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #3a3a3a } .head { font-weight: 600 } .note { fill: #6b6b6b }
  .bar { fill: #b9b4aa } .papo { fill: #b4552d } .bare { fill: #5d6b78 } .axis { stroke: #d9d5cc }
  @media (prefers-color-scheme: dark) { text { fill: #e4e0d8 } .note { fill: #a09a90 } .bar { fill: #6e6a63 }
    .papo { fill: #d9794f } .bare { fill: #93a3b3 } .axis { stroke: #45423d } }
"""
FULL_SPEED = ["200-64", "200-512", "1000-16", "1000-128"]
TITLES = {
    "200-64": "200 listeners, 64 in flight", "200-512": "200 listeners, 512 in flight",
    "1000-16": "1,000 listeners, 16 in flight", "1000-128": "1,000 listeners, 128 in flight",
    "calm": "200 listeners, 50 messages a second", "medium": "1,000 listeners, 500 messages a second",
    "room-6000": "one room of 6,000, 10 messages a second", "room-6000-16": "one room of 6,000, full speed",
    "rooms-300": "300 rooms of 10, 300 messages a second", "rooms-300-600": "300 rooms of 10, full speed",
}


def draw(lines, folder):
    """Writes every picture that there are figures for: that of several servers if they were measured, else the others."""
    cpu = lambda report: report["server_cpu"] and report["server_cpu"]["us_per_delivery"]
    latency = lambda name: lambda report: report["latency_us"]["delivery"][name] / 1000
    if any(line["load"] == "room-6000" for line in lines):
        loads = ["room-6000", "room-6000-16", "rooms-300", "rooms-300-600"]
        rows = [(f"{TITLES[load]}: {name}", in_order(lines, load, pick))
                for load in loads for name, pick in (("CPU of a delivery, µs", cpu), ("p50, ms", latency("p50")))]
        write(folder / "bench-nodes.svg", "One server with a file, and several on an engine; shorter is better", rows, "{:.2f}")
        return
    speed = [(TITLES[load], bars(lines, load, cpu)) for load in [*FULL_SPEED, "calm", "medium"]]
    write(folder / "bench-cpu.svg", "Server time for a delivery, in µs; shorter is better", speed, "{:.2f}")
    waits = [(f"{TITLES[load]}: {name}", bars(lines, load, latency(name)))
             for load in ("calm", "medium") for name in ("p50", "p99")]
    write(folder / "bench-latency.svg", "From when a message was due until a member had it, in ms", waits, "{:.2f}")
    shaken = lambda report: report["handshakes"]["server_cpu_us_each"]
    held = lambda report: report["idle"]["newcomers"]["server_memory_bytes_each"] / 1024
    stay = [("A handshake, in µs of server time", bars(lines, "handshakes", shaken)),
            ("An idle connection, in KiB of server memory", bars(lines, "joins", held))]
    write(folder / "bench-connections.svg", "What a connection costs; shorter is better", stay, "{:.1f}")


def bars(lines, load, pick):
    """Each target's median, the smallest first."""
    return sorted(in_order(lines, load, pick), key=lambda bar: bar[1])


def in_order(lines, load, pick):
    """Each target's median, in the order in which they were named."""
    found = {}
    for line in lines:
        if line["load"] == load and "report" in line and (value := pick(line["report"])):
            found.setdefault(line["target"], []).append(value)
    return [(target, statistics.median(values)) for target, values in found.items()]


def write(path, title, groups, form):
    groups = [(name, rows) for name, rows in groups if rows]
    if not groups:
        return
    values = [value for _, rows in groups for _, value in rows]
    # From a nice number below the smallest, so that even its bar can be seen.
    low, high = 10 ** math.floor(math.log10(min(values) * 0.8)), max(values)
    place = lambda value: LEFT + (WIDTH - LEFT - RIGHT) * math.log(value / low) / math.log(high / low)
    height = HEAD + sum(HEAD + ROW * len(rows) for _, rows in groups) + 12
    parts = [f'<text class="head" x="8" y="20">{title}</text>',
             f'<text class="note" x="{WIDTH - 8}" y="20" text-anchor="end">each step of the axis is ten times</text>']
    tick = low
    while tick <= high:
        parts.append(f'<line class="axis" x1="{place(tick):.1f}" x2="{place(tick):.1f}" y1="{HEAD}" y2="{height - 8}"/>')
        tick *= 10
    top = HEAD
    for name, rows in groups:
        parts.append(f'<text class="head" x="8" y="{top + 21}">{name}</text>')
        top += HEAD
        for target, value in rows:
            kind = "papo" if target.startswith("papo") else "bare" if target == "yardstick" else "bar"
            end = place(value)
            parts.append(f'<text x="{LEFT - 8}" y="{top + 12}" text-anchor="end">{target}</text>')
            parts.append(f'<rect class="{kind}" x="{LEFT}" y="{top + 2}" width="{end - LEFT:.1f}" height="{ROW - 4}" rx="2"/>')
            parts.append(f'<text x="{end + 6:.1f}" y="{top + 12}">{form.format(value)}</text>')
            top += ROW
    body = "\n".join(parts)
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
                    f'aria-label="{title}">\n<style>{STYLE}</style>\n{body}\n</svg>\n', encoding="utf-8")
