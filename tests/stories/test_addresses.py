"""One reading of an address; the ranges that are not public, each with its neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.stories.addresses import Address, canonical, follow, not_public, not_public_name, parse

READ = {
    "http://press.example": ("press.example", 80, "/"),
    "HTTPS://Press.Example/": ("press.example", 443, "/"),
    "http://press.example.:8080/a": ("press.example", 8080, "/a"),
    "http://press.example/a b\u00e9?x={1}&y=\u00fc#part": ("press.example", 80, "/a%20b%C3%A9?x=%7B1%7D&y=%C3%BC"),
    "http://press.example/a/../../b/./c/%2E%2e/d/..": ("press.example", 80, "/b/"),
    "http://press.example?p=1": ("press.example", 80, "/?p=1"),
    "http://press.example/?to=a\\b": ("press.example", 80, "/?to=a%5Cb"),
    "http://\u043f\u0440\u0435\u0441\u0441\u0430.example/": ("xn--80aj3aega.example", 80, "/"),
    "http://B\u00dcRO.example/": ("xn--bro-hoa.example", 80, "/"),
    "http://198.18.0.1:80/": ("198.18.0.1", 80, "/"),
    "http://[2A00::0:1]:443/": ("2a00::1", 443, "/"),
    "http://a_b.press-1.example/%zz": ("a_b.press-1.example", 80, "/%zz"),
}

# Every way that we know of in which one reader sees another host than the next
REFUSED = [
    *("", "press.example", "//press.example/", "http:press.example", "http:/press.example", "http:///press.example/"),
    *("ftp://press.example/", "file:///etc/hosts", "gopher://press.example/", "data:text/plain,x", "javascript:1"),
    *("http+unix://press.example/", "\uff48ttp://press.example/", " http://press.example/", "ws://press.example/"),
    *("http://", "http://?a", "http://#a", "http://:80/", "http://./", "http://.press.example/", "http://a..b/"),
    # Backslash, name and password, fragment and question mark before the path
    *("http://127.0.0.1:80\\@press.example/", "http://press.example\\@127.0.0.1/", "http://press.example\\.a/"),
    *("http:\\\\press.example\\", "http://press.example/a\\b", "http://user@press.example/", "http://@press.example/"),
    *("http://a:b@press.example/", "http://press.example@127.0.0.1/", "http://a@b@press.example/"),
    *("http://press.example#@127.0.0.1/", "http://press.example#a", "http://press.example?@127.0.0.1/"),
    *("http://127.0.0.1?@press.example/", "http://press.example?/@127.0.0.1/"),
    # Controls, white space, percent signs in the host
    *(
        "http://press\t.example/",
        "http://press\n.example/",
        "http://press.example/\r\nHost: a",
        "http://pr ess.example/",
    ),
    *("http://press.example\x00.b/", "http://press.example\x7f/", "http://127.0.0.1%00.press.example/", "ht\ntp://a/"),
    *("http://press%2eexample/", "http://%31%32%37.0.0.1/", "http://press.example%23@b/", "http://a%09b/"),
    *("http://press.example/\ud800", "http://press\u2028.example/", "http://\u00a0press.example/", "http://a\u0085b/"),
    # Letters and dots that stand for others
    *("http://\uff11\uff12\uff17.0.0.1/", "http://\u2460\u2461\u2466.0.0.1/", "http://127\u30020\u30020\u30021/"),
    *(
        "http://press\uff0eexample/",
        "http://press\uff61example/",
        "http://press\u2024example/",
        "http://\u2100.example/",
    ),
    *("http://\u24db\u24de\u24d2al\u24d7ost/", "http://loca\u017f.example/", "http://\u212aey.example/"),
    *("http://press\u00ad.example/", "http://press\u200b.example/", "http://press\u200d.example/"),
    *(
        "http://press.example\uff0fa/",
        "http://press.example\uff1a80/",
        "http://press.example\uff03a/",
        "http://\u0661.a/",
    ),
    *("http://127.0.0.\u0661/", "http://\U0001d7cf.1/", "http://press\u202e.example/", "http://xn--\u00fc.example/"),
    # Numbers in the spellings of the C library
    *("http://2130706433/", "http://0x7f000001/", "http://0X7F.0.0.1/", "http://017700000001/", "http://0177.0.0.1/"),
    *(
        "http://127.1/",
        "http://127.0.1/",
        "http://0/",
        "http://0x/",
        "http://00/",
        "http://127.0.0.01/",
        "http://1.2.3/",
    ),
    *("http://127.0.0.0x1/", "http://127.0.0.1.1/", "http://256.0.0.1/", "http://4294967296/", "http://127.0.0.1../"),
    *("http://press.1/", "http://press.0x1f/", "http://1e3.0/", "http://-1/", "http://+1/", "http://127.0.0.-1/"),
    # IPv6
    *("http://[::1/", "http://::1/", "http://[::1]a/", "http://[::1]:/", "http://[]/", "http://[press.example]/"),
    *("http://[fe80::1%eth0]/", "http://[fe80::1%25eth0]/", "http://[v1.a]/", "http://[::1]@press.example/"),
    *(
        "http://[127.0.0.1]/",
        "http://[::1]]/",
        "http://[[::1]]/",
        "http://a[::1]/",
        "http://[::\uff11]/",
        "http://[1:2]/",
    ),
    # Ports
    *("http://press.example:/", "http://press.example:0/", "http://press.example:65536/", "http://press.example:8o/"),
    *(
        "http://press.example:-1/",
        "http://press.example:+80/",
        "http://press.example:080/",
        "http://press.example:80:80/",
    ),
    *("http://press.example:\u0668\u0660/", "http://press.example:80a/", "http://press.example: 80/"),
    *("http://press.example:99999999999999999999/", "http://press.example:0x50/", "http://press.example:80 /"),
    # Names that are none
    *("http://" + "a" * 64 + ".example/", "http://" + "a." * 127 + "example/", "http://press!.example/", "http://a,b/"),
    *(
        "http://press.example/" + "a" * 5000,
        "http://*.example/",
        "http://press.example;a/",
        'http://"a"/',
        "http://a'b/",
    ),
    *("http://-press.example/", "http://press-.example/", "http://<a>/", "http://a|b/", "http://a^b/", "http://a`b/"),
]

PRIVATE = [
    *("0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "100.100.100.200"),
    *("127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.169.254", "172.16.0.0", "172.31.255.255"),
    *("192.0.0.0", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "192.31.196.1"),
    *("192.52.193.1", "192.175.48.1", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("239.255.255.255", "240.0.0.1", "255.255.255.254", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "64:ff9b:1:ffff::1", "100::1", "100:0:0:1::1"),
    *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff::1"),
    *("2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "2620:4f:8000::1", "3ffe::1", "3fff::1", "3fff:fff::1"),
    *("4000::1", "5f00::1", "200::1", "8000::1", "e000::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe00::1"),
    *("fe80::1", "febf::1", "fe80::1%eth0", "2a00::1%eth0", "fec0::1", "feff::1", "ff02::1", "ff0e::1"),
    *("2a00:1::5efe:7f00:1", "2a00:1::200:5efe:808:808", "fe80::5efe:7f00:1", "2a00:1::5efe:808:808"),
    *(
        "",
        "press.example",
        "127.1",
        "0177.0.0.1",
        "0x7f000001",
        "1.2.3.4 ",
        "1.2.3.4\n",
        "\uff11.2.3.4",
        "1.2.3",
        "::1::",
    ),
]

PUBLIC = [
    *("1.0.0.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1"),
    *(
        "168.63.129.15",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
    ),
    *("192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "203.0.112.255"),
    *("203.0.114.0", "223.255.255.255", "8.8.8.8", "2001:200::1", "2001:4860::8888", "2001:db7::1", "2001:db9::1"),
    *("2003::1", "2400:cb00::1", "2606:4700::1111", "2a00:1450::1", "2a00:1::5eff:7f00:1", "2c0f::1", "3ffd::1"),
]


@pytest.mark.parametrize("url", READ)
def test_an_address_is_read(url: str) -> None:
    made = parse(url)
    assert isinstance(made, Address)
    assert (made.host, made.port, made.target) == READ[url]
    assert parse(made.url) == made


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: ascii(url[:40]))
def test_what_can_be_read_in_two_ways_is_refused(url: str) -> None:
    why = parse(url)
    assert isinstance(why, str)
    assert why.endswith(".")


@pytest.mark.parametrize("number", PRIVATE, ids=ascii)
def test_a_number_that_is_not_public(number: str) -> None:
    assert not_public(number)


@pytest.mark.parametrize("number", PUBLIC)
def test_a_number_that_is_public(number: str) -> None:
    assert not_public(number) is None


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(["::", "::ffff:", "::ffff:0:", "64:ff9b::", "2a00:1::5efe:", "2a00::200:5efe:"]),
)
def test_an_ipv4_address_is_found_in_every_disguise(number: int, before: str) -> None:
    assert not_public(f"{before}{number >> 16:x}:{number & 65535:x}")


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_an_ipv4_address_is_found_in_tunnels(number: int, rest: int) -> None:
    low = ":".join(f"{rest >> shift & 65535:x}" for shift in (48, 32, 16, 0))
    assert not_public(f"2002:{number >> 16:x}:{number & 65535:x}:1:{low}")
    assert not_public(f"2001:0:{number >> 16:x}:{number & 65535:x}:{low}")
    assert not_public(f"64:ff9b:1:{number >> 16:x}:{low}")


@pytest.mark.parametrize(
    "name", ["localhost", "a.localhost", "router.local", "metadata.google.internal", "a.home.arpa"]
)
def test_a_name_that_is_never_public(name: str) -> None:
    assert not_public_name(name)
    assert not not_public_name(f"{name}.example")
    assert not not_public_name(f"my{name.replace('.', '')}")


BASE = parse("https://press.example:8443/a/b?c=d")
assert isinstance(BASE, Address)

FOLLOWED = {
    "/x": "https://press.example:8443/x",
    "x?y": "https://press.example:8443/a/x?y",
    "../../../x": "https://press.example:8443/x",
    "?z": "https://press.example:8443/a/b?z",
    "#z": "https://press.example:8443/a/b?c=d",
    "//other.example/x": "https://other.example/x",
    "http://other.example/x#y": "http://other.example/x",
    "./a:b": "https://press.example:8443/a/a:b",
    "@other.example/x": "https://press.example:8443/a/@other.example/x",
    "/ä b": "https://press.example:8443/%C3%A4%20b",
}

NOT_FOLLOWED = [
    *(
        "",
        "file:///etc/hosts",
        "gopher://press.example:70/",
        "ftp://press.example/",
        "data:,x",
        "javascript:x",
        "http:x",
    ),
    *("https:/x", "https:///x", "///x", "//", "/\\127.0.0.1/", "\\\\127.0.0.1\\", "/\t/127.0.0.1/", "a:b", "//user@a/"),
    *("//127.0.0.1:80\\@press.example/", "/x\r\nSet-Cookie: a=b", "/\x00", "https://press.example#@127.0.0.1/"),
    *("//127.1/", "//\uff11\uff12\uff17.0.0.1/", "//press.example%2f@127.0.0.1/", "mailto:a@b.example", "HTTP:\\\\a"),
]


@pytest.mark.parametrize("location", FOLLOWED)
def test_a_redirect_is_resolved(location: str) -> None:
    made = follow(BASE, location)
    assert isinstance(made, Address)
    assert made.url == FOLLOWED[location]


@pytest.mark.parametrize("location", NOT_FOLLOWED, ids=ascii)
def test_a_redirect_that_is_not_followed(location: str) -> None:
    assert isinstance(follow(BASE, location), str)


HOSTILE = st.text(st.sampled_from("ahtp:/\\@#?%[]0x17.\u3002\uff11\t\n\x00 -_\u00e9"), max_size=30)


@given(HOSTILE)
def test_whatever_is_written_the_parts_say_one_thing(written: str) -> None:
    """What is read goes out in letters that no parser can cut at another place."""
    for made in (parse(f"http://{written}"), follow(BASE, written)):
        if isinstance(made, Address):
            assert made.host.isascii()
            assert not set(made.host) & set("/\\@#?%[] \t\n\x00")
            assert all("!" <= c <= "~" for c in made.target)
            assert not set(made.target) & set("\\#")
            assert made.target.startswith("/")
            assert parse(made.url) == made
            assert not made.number or canonical(made.host) == made.host
