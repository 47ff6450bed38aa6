"""Pages as news sites make them, generated: for measuring, and to begin fuzzing with."""

import random

_PLACES = ("Brenik", "Port Alder", "Varnholm", "Talim", "Ostmark", "Kessa", "Duvra", "Halm")
_DOERS = ("shells", "a drone", "two rockets", "gunmen in a van", "a patrol boat", "mortar rounds")
_DEEDS = (
    "hit the quay at",
    "damaged a school near",
    "set fire to a depot in",
    "killed two dock workers in",
    "wounded a teacher in",
)
_TELLERS = (
    "the harbour master",
    "the town council",
    "a hospital official",
    "the coast guard",
    "a resident named Ilka Toren",
)
_FILLER = (
    "{teller} said on Monday that {doer} {deed} {place}, and that the ferries to the islands would not run before the end of the week.",
    "In {place}, {teller} counted {n} families who had left their homes since {doer} {deed} {other} in the spring.",
    "Nobody has said who was behind it, {teller} told reporters; {n} people are still in hospital and {m} were sent home.",
    "It was the third time in a month that {doer} {deed} {place}.",
)  # fmt: skip


def page(number: int) -> bytes:
    """A page as a news site makes them, 20 to 60 KB: a story of 8 to 30 paragraphs, menus, teasers, scripts and styles."""
    draw = random.Random(number)
    size = draw.randint(20_000, 60_000)
    day = f"2031-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    title = f"{draw.choice(_DOERS).capitalize()} {draw.choice(_DEEDS)} {draw.choice(_PLACES)}"
    story = "".join(f"<p class='body-text'>{_paragraph(draw)}</p>\n" for _ in range(draw.randint(8, 30)))
    menu = "".join(
        f"<li class='menu-item'><a href='/{place}/{n}'>{place} {n}</a></li>" for n in range(8) for place in _PLACES
    )
    head = (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{title} - Ostmark Post</title>"
        f"<meta property='og:site_name' content='Ostmark Post'><meta property='og:title' content='{title}'>"
        f"<meta property='article:published_time' content='{day}T07:45:00+02:00'><meta name='author' content='Ilka Toren'>"
        f"<link rel='canonical' href='https://www.ostmarkpost.example/{day}/{number}'><style>.body-text{{margin:1em}}</style></head>"
    )
    top = f"<body><header><nav><ul>{menu}</ul></nav></header><main><article><h1>{title}</h1><div class='article-body'>\n{story}</div></article>"
    parts, length = [], len(head) + len(top)
    while length < size:
        teaser = (
            f"<div class='teaser'><a href='/{draw.randint(1, 9999)}'><img src='/i/{draw.randint(1, 9999)}.jpg' alt=''>"
            f"<h3>{draw.choice(_DOERS).capitalize()} {draw.choice(_DEEDS)} {draw.choice(_PLACES)}</h3></a></div>"
        )
        script = f"<script>window.track=window.track||[];track.push({{id:{draw.randint(1, 10**9)},name:'{'x' * 300}'}});</script>\n"
        parts.append(teaser + script)
        length += len(parts[-1])
    foot = "<footer><p>All rights are kept by the Ostmark Post.</p></footer></body></html>"
    return f"{head}{top}<aside class='related'>{''.join(parts)}</aside></main>{foot}".encode()


def _paragraph(draw: random.Random) -> str:
    said = [
        draw.choice(_FILLER).format(
            teller=draw.choice(_TELLERS),
            doer=draw.choice(_DOERS),
            deed=draw.choice(_DEEDS),
            place=draw.choice(_PLACES),
            other=draw.choice(_PLACES),
            n=draw.randint(3, 90),
            m=draw.randint(3, 90),
        )
        for _ in range(draw.randint(1, 4))
    ]
    return " ".join(words[0].upper() + words[1:] for words in said)
