"""Style sheets become styles, pictures come home: both without touching the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.article import css, markup
from desktop_app.article.clean import clean
from desktop_app.article.inline import inline
from desktop_app.article.localise import foreign, localise
from desktop_app.article.pictures import pictures, with_pictures
from desktop_app.errors import ArticleError, Cancelled
from desktop_app.job import Job

SAMPLES = sorted((Path(__file__).resolve().parents[1] / "data" / "wechat_html").glob("*.html"))
OWN = "https://mmbiz.qpic.cn/mmbiz_png/a/640"
SHA = "ab" * 32


# --- inline -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_without_a_style_sheet_nothing_changes(path: Path) -> None:
    """To the byte."""
    html = path.read_text(encoding="utf-8")
    if "<style" not in html:
        assert inline(html) == html


def test_rules_become_styles_and_the_elements_own_style_wins() -> None:
    """Tags, classes, descendants; several sheets, one that never ends."""
    html = '<style>p{color:red;margin:0}</style><p class="a" style="color:blue">x</p><style>.a b{font-size:2px}'
    assert inline(html) == '<p class="a" style="margin: 0;color: blue">x</p>'
    both = '<style>.a b{font-size:2px}</style><p class="a">x<b>y</b></p>'
    assert inline(both) == '<p class="a">x<b style="font-size: 2px;">y</b></p>'
    assert inline("<style>@media print{p{color:red}} p:hover{top:0}</style><p>x</p>") == "<p>x</p>"
    svg = '<style>p{top:0}</style><svg viewBox="0 0 1 1"><linearGradient></linearGradient></svg>'
    assert inline(svg) == '<svg viewBox="0 0 1 1"><linearGradient></linearGradient></svg>'


SHEETS = ["}}}{{{", "p{}" * 999, "@import url(https://a.example/x.css);p{a:b}", "<!-- p{", "p{color", "\\", "", "🤷{"]


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_broken_style_sheet_costs_no_text(sheet: str) -> None:
    """And nothing is fetched for it."""
    assert "茶" in inline(f"<style>{sheet}</style><p>茶</p>")


# --- localise ---------------------------------------------------------------------------------------------------


def homes(html: str, **more: str) -> str:
    return localise(html, bring=lambda url: "cd" * 32, upload=lambda sha256: f"{OWN}/{sha256[:2]}")


def test_pictures_come_home_wherever_they_stand() -> None:
    """img, data-src, background, the image of an SVG; WeChat's own and places in the page stay."""
    html = clean(
        f'<p style="color:red;background:url(\'https://a.example/b c.png\') no-repeat">a</p><img src="{OWN}">'
        f'<img src="//a.example/x" data-src="https://b.example/y" alt="x"><img src="qunfa-media://{SHA}">'
        '<svg viewBox="0 0 1 1"><image xlink:href="https://a.example/q"></image><path fill="url(#a)"></path></svg>'
    ).html
    assert homes(html) == (
        f'<p style="color:red;background:url({OWN}/cd) no-repeat">a</p><img src="{OWN}">'
        f'<img src="{OWN}/cd" data-src="{OWN}/cd" alt="x"><img src="{OWN}/ab">'
        f'<svg viewBox="0 0 1 1"><image xlink:href="{OWN}/cd"></image><path fill="url(#a)"></path></svg>'
    )
    assert homes(homes(html)) == homes(html)


def test_each_picture_is_asked_for_once_with_its_whole_address() -> None:
    """Whatever stands between quotes; ``//`` with the scheme of a page of WeChat's."""
    asked: list[str] = []

    def bring(url: str) -> str:
        asked.append(url)
        return "cd" * 32

    html = (
        '<img src="//a.example/x?a=1&amp;b=2"><p style="background:url(&quot;//a.example/x?a=1&amp;b=2&quot;)">a</p>'
    )
    assert foreign(html) == ("//a.example/x?a=1&b=2",)
    localise(html, bring=bring, upload=lambda sha256: OWN)
    assert asked == ["https://a.example/x?a=1&b=2"]


def test_what_a_script_would_load_later_is_the_same_picture() -> None:
    """A data-src from elsewhere beside a picture of WeChat's own would be stripped, or show another one."""
    assert homes(f'<img src="{OWN}" data-src="https://a.example/b">') == f'<img src="{OWN}" data-src="{OWN}">'


def test_an_address_with_quotes_does_not_break_out() -> None:
    """What an upload answers is written as an address, whatever it holds."""
    html = '<p style="background:url(https://a.example/x)">a</p><img src="https://a.example/x">'
    evil = 'https://mmbiz.qpic.cn/a\');color:red" onclick="x'
    found = localise(html, bring=lambda url: "cd" * 32, upload=lambda sha256: evil)
    names = [set(tag.attributes) for tag in markup.tags(found) if not tag.closing]
    assert names == [{"style"}, {"src"}]
    assert [each.name for each in css.declarations(next(iter(markup.tags(found))).attributes["style"])] == [
        "background"
    ]


def test_errors_and_cancelling_go_on() -> None:
    """A picture that cannot be had stops it; a cancelled job too, before the next picture."""

    def refuse(url: str) -> str:
        raise ArticleError("fetch.dns", host="a.example")

    html = '<img src="https://a.example/x"><img src="https://a.example/y">'
    with pytest.raises(ArticleError):
        localise(html, bring=refuse, upload=lambda sha256: OWN)
    job = Job()
    with pytest.raises(Cancelled):
        localise(html, bring=lambda url: job.cancel() or "cd" * 32, upload=lambda sha256: OWN, job=job)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_pictures_of_real_layouts(path: Path) -> None:
    """Nothing but addresses changes, and afterwards all are WeChat's."""
    html = clean(path.read_text(encoding="utf-8")).html
    assert with_pictures(html, lambda url: url).replace(' data-src="', " ") == html.replace(' data-src="', " ")
    done = homes(html)
    assert all(each.is_own for each in pictures(done))
    assert markup.text_of(done) == markup.text_of(html)


def test_a_picture_knows_how_wide_it_is_shown() -> None:
    """By its style or its width in pixels; 0 where that is the page's affair."""
    shown = {
        'style="width:24px"': 24,
        'style="max-width:50px!important"': 50,
        'width="30"': 30,
        'width="100%"': 0,
        "": 0,
    }
    for attributes, width in shown.items():
        assert pictures(f'<img src="{OWN}" {attributes}>')[0].shown_px == width
