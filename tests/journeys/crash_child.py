"""A script that sends through the real outbox and may be killed at any moment; see test_crash.py.

Reads one JSON line per run and plays it in a process of its own, which tells "ready" when it begins. Where the
system can fork, that costs milliseconds instead of the start of a Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from desktop_app.article.contents import new_article
from desktop_app.errors import BadRequest
from desktop_app.job import Job
from desktop_app.services import Profile, open_profile
from desktop_app.store.outbox import State
from desktop_app.wechat import Audience


def campaign(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Queue what is not in the ledger yet, deliver and poll; with "person", press the buttons that wait."""
    with open_profile(
        order["folder"], base_url=order["address"], secrets=order["secrets"], now=lambda: order["now"]
    ) as profile:
        if profile.restored_from is not None or profile.marker_changed:
            raise SystemExit("damaged or not recognised")
        known = {row.title for row in profile.outbox.page(1, limit=100_000)}
        for wanted in order["sends"]:
            if wanted["title"] not in known:
                message, kept = made(profile, wanted) if "file" in wanted else (wanted["message"], {})
                profile.sending.queue(message, Audience.tag(2), title=wanted["title"], **kept)
                profile.sending.deliver()
        if order["person"]:
            press_buttons(profile)
        profile.sending.deliver()
        profile.sending.poll(force=True)
        rows = profile.outbox.page(1, limit=100_000)
        return [
            {"title": row.title, "state": str(row.state), "keys": [batch.client_msg_id for batch in row.batches]}
            for row in rows
        ]


def made(profile: Profile, wanted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A message from a file, and what the ledger keeps to make it anew."""
    kind = wanted["kind"]
    taken = profile.media.add_file(wanted["file"], "picture" if kind == "news" else kind, Job())
    file = {"sha256": taken.sha256, "name": taken.name}
    article = {**new_article(), "title": wanted["title"], "html": "<p>茶</p>", "cover": file}
    content: dict[str, Any] = {
        "image": {"files": [file], "recommend": wanted["title"], "comments": "off"},
        "video": {"file": file, "title": wanted["title"], "description": ""},
        "news": {"articles": [article], "draft_id": None},
    }[kind]
    message = profile.composing.prepare(1, kind, content, Job())
    return message, {"kind": kind, "content": content, "content_hash": profile.composing.content_hash(kind, content)}


def press_buttons(profile: Profile) -> None:
    """What a person does in the end: go on with what waits, repeat what is in doubt."""
    for row in profile.outbox.page(1, limit=100_000):
        if row.waits_for_person:
            profile.sending.resume(row.id)
        elif row.state is State.UNSURE:
            try:
                profile.sending.resubmit(row.id)
            except BadRequest as error:
                raise SystemExit(error.code) from error


def play(line: str) -> None:
    """One run, in this process."""
    order = json.loads(line)
    os.environ["QUNFA_EXIT_AT"] = order["exit_at"]
    print(f"ready {os.getpid()}", flush=True)
    ledger = json.dumps(campaign(order))
    with open(order["answer"], "w", encoding="utf-8") as file:  # a pipe might keep half of it
        file.write(ledger)


def main() -> None:
    """Serve runs until the input ends; tells the exit code of each."""
    if sys.argv[1:] == ["once"]:
        play(sys.stdin.readline())
        return
    for line in sys.stdin:
        if hasattr(os, "fork"):
            pid = os.fork()
            if pid == 0:
                try:
                    play(line)
                except BaseException as error:
                    print(json.dumps({"error": repr(error)}), flush=True)
                    os._exit(1)
                os._exit(0)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        else:
            with subprocess.Popen(
                [sys.executable, "-m", __spec__.name, "once"], stdin=subprocess.PIPE, text=True
            ) as child:
                child.communicate(line)
                code = child.returncode
        print(f"exit {code}", flush=True)


if __name__ == "__main__":
    main()
