"""Find pictures, bring them here, put the uploaded URLs in: WeChat shows none from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from desktop_app.article import allowed
from desktop_app.article.pictures import absolute, pictures, with_pictures
from desktop_app.job import Job


def foreign(html: str) -> tuple[str, ...]:
    """The addresses of cleaned HTML that have to be brought or uploaded, each once, in their order."""
    return tuple(dict.fromkeys(each.url for each in pictures(html) if not each.is_own))


def localise(html: str, *, bring: Callable[[str], str], upload: Callable[[str], str], job: Job | None = None) -> str:
    """Cleaned HTML with every picture at WeChat.

    ``bring(url)`` fetches an http(s) or ``data:`` picture and gives its SHA-256; ``upload(sha256)`` gives the
    address that WeChat has for it. What they raise goes on. Pictures that are WeChat's own stay as they are.
    """
    urls = foreign(html)
    homes: dict[str, str] = {}
    for done, url in enumerate(urls):
        if job is not None:
            job.check()
            job.progress(done, len(urls))
        homes[url] = upload(allowed.local_sha256(url) or bring(absolute(url)))
    return with_pictures(html, lambda url: homes.get(url, url))
