"""Who can be chosen: tags with live counts, lists from any file."""

from __future__ import annotations

import io
import os
import random
import time
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import AppError, BadRequest, Cancelled, NetworkError, NotPermitted
from desktop_app.job import Job
from desktop_app.services import openids, tables
from desktop_app.services.audience import Audiences, Choice, Table
from desktop_app.store.caches import RecentAudiences, TagCache
from desktop_app.wechat.types import Audience

IDS = [f"o{number:027d}" for number in range(40)]
CHINESE = "粉丝昵称"


@pytest.fixture
def audiences(world) -> Audiences:
    return Audiences(world.accounts, TagCache(world.db), RecentAudiences(world.db), now=world.clock)


def read(tmp_path: Path, data: bytes, name: str = "名单.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(data)
    return tables.read_file(path, Job())


def count(table: Table, column: int | None = None) -> openids.OpenidList:
    return openids.count(table.rows, table.openid_column if column is None else column, Job())


def refused(tmp_path: Path, data: bytes, name: str = "a.csv") -> AppError:
    with pytest.raises(AppError) as caught:
        read(tmp_path, data, name)
    return caught.value


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- tags ---------------------------------------------------------------------------------------------


def test_tags_and_followers_are_live_and_kept(world, audiences):
    """The first look asks WeChat, the next one within ten minutes does not, refresh does."""
    assert audiences.cached_tags(world.service) is None
    found = audiences.tags(world.service, Job())
    assert found.followers == 48216
    assert {tag.name for tag in found.tags} >= {"星标组"}
    assert all(tag.people >= 0 for tag in found.tags)
    world.sandbox.forget_requests()
    assert audiences.tags(world.service, Job()) == found
    assert audiences.cached_tags(world.service) == found
    assert not world.sandbox.requests()
    audiences.tags(world.service, Job(), refresh=True)
    assert len(world.sandbox.requests()) == 2
    world.clock.advance(601)
    assert audiences.tags(world.service, Job()).updated_at == world.clock()


def test_without_an_answer_the_old_counts_stay(world, audiences):
    """A refresh that fails raises and leaves what is known."""
    known = audiences.tags(world.service, Job())
    world.sandbox.fault("tags/get:portal*1")
    with pytest.raises(NetworkError):
        audiences.tags(world.service, Job(), refresh=True)
    world.sandbox.switches.set(verified=False)
    with pytest.raises(NotPermitted):
        audiences.tags(world.service, Job(), refresh=True)
    assert audiences.cached_tags(world.service) == known


# --- files --------------------------------------------------------------------------------------------

CSV = "昵称,openid,备注\r\n" + "".join(f"{CHINESE}{n},{each},\r\n" for n, each in enumerate(IDS[:5]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_and_delimiter_is_read(tmp_path: Path, encoding: str, delimiter: str):
    """The same list, whichever program saved it."""
    if encoding.startswith("utf-16-"):
        text = "openid,note\r\n" + "".join(f"{each},a\r\n" for each in IDS[:5])  # told by its zero bytes
    else:
        text = CSV
    table = read(tmp_path, text.replace(",", delimiter).encode(encoding))
    assert table.columns[table.openid_column or 0] == "openid"
    assert count(table).valid == tuple(IDS[:5])
    assert table.name == "名单"


def test_the_column_is_found_and_can_be_changed(tmp_path: Path):
    """By what the values look like; another column counts what is there."""
    table = read(tmp_path, CSV.encode())
    assert (table.columns, table.openid_column) == (("昵称", "openid", "备注"), 1)
    assert len(count(table, 0).invalid) == 5
    assert count(table).rows[0].note == CHINESE + "0"


def test_a_unionid_is_not_taken_for_the_openid(tmp_path: Path):
    """Both have the same form: the name of the column decides."""
    rows = "".join(f"{IDS[n + 10]},{IDS[n]}\n" for n in range(5))
    table = read(tmp_path, ("unionid,open_id\n" + rows).encode())
    assert table.openid_column == 1


def test_a_list_without_header_keeps_its_first_line(tmp_path: Path):
    """Columns are called by letters then; a mistyped id on top is data too."""
    table = read(tmp_path, "\n".join(IDS[:3]).encode(), "a.txt")
    assert (table.columns, len(table.rows)) == (("A",), 3)
    table = read(tmp_path, "\n".join([IDS[0][:-1], *IDS[1:3]]).encode(), "a.txt")
    assert [row.state for row in count(table).rows] == ["invalid", "valid", "valid"]


def test_blank_lines_quotes_and_odd_spaces_do_not_matter(tmp_path: Path):
    """What copying from chats and spreadsheets adds is taken away."""
    lines = ["", f" {IDS[0]} ", f"\u200b{IDS[1]}\ufeff", f"“{IDS[2]}”", f"'{IDS[3]}", f"\u3000{IDS[4]},", "  "]
    found = count(read(tmp_path, "\r\n".join(lines).encode(), "a.txt"))
    assert found.valid == tuple(IDS[:5])
    assert (found.total, found.duplicates, found.invalid) == (5, 0, ())


def test_duplicates_and_wrong_ids_are_counted_with_their_rows(tmp_path: Path):
    """The first of several is the valid one; the number is the row's place in the table."""
    lines = ["openid", IDS[0], IDS[1], IDS[0], "oShort", "", IDS[2] + "x"]
    table = read(tmp_path, "\n".join(lines).encode())
    found = count(table)
    assert (found.total, found.valid, found.duplicates) == (5, (IDS[0], IDS[1]), 1)
    assert [number for number, _ in found.invalid] == [4, 5]
    assert [row.state for row in found.rows] == ["valid", "valid", "duplicate", "invalid", "invalid"]
    assert all(table.rows[row.number - 1][0] == row.text for row in found.rows)
    assert found.rows[-1].text == IDS[2] + "x"
    assert len(found.rows[1:3]) == 2
    assert IDS[0] not in repr(found)
    assert IDS[0] not in repr(table)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(IDS[:5]),
        ",".join(IDS[:5]),
        "，".join(IDS[:5]),
        " ".join(IDS[:5]),
        "; ".join(IDS[:5]),
        f"{IDS[0]}\n{IDS[1]} {IDS[2]}\n{IDS[3]}, {IDS[4]}",
        "openid\n" + "\n".join(IDS[:5]),
        "\t".join(IDS[:5]) + "\r\n",
        "\r".join(IDS[:5]),
    ],
)
def test_pasted_ids_are_read_however_they_are_separated(text: str):
    """Lines, commas of both widths, spaces, semicolons."""
    assert count(tables.read_text(text)).valid == tuple(IDS[:5])


def test_a_workbook_is_read(tmp_path: Path):
    """The first sheet that holds openids; numbers, dates and empty cells do no harm."""
    data = workbook(
        ("说明", [["请勿修改"], [None], [3.5]]),
        ("空", []),
        ("名单", [["昵称", "openid"], *[[n, each] for n, each in enumerate(IDS[:5])], [None, None], [None, IDS[0]]]),
    )
    table = read(tmp_path, data, "名单.txt")  # the suffix says nothing
    found = count(table)
    assert (table.sheet, table.columns) == ("名单", ("昵称", "openid"))
    assert (found.valid, found.duplicates) == (tuple(IDS[:5]), 1)


def test_a_file_without_openids_still_shows_its_columns(tmp_path: Path):
    """No column is found; the person may choose one."""
    table = read(tmp_path, b"name,phone\na,1\nb,2\n")
    assert table.openid_column is None
    assert table.columns == ("A", "B")
    assert count(table, 0).valid == ()


# --- hostile files --------------------------------------------------------------------------------------


def bomb() -> bytes:
    """A workbook whose sheet unpacks to 210 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            block = b" " * (1 << 20)
            for _ in range(210):
                sheet.write(block)
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "list.empty"),
        (b"\n \r\n\t\n", "list.empty"),
        (b"\xef\xbb\xbf", "list.empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "list.format"),
        (bytes(range(256)) * 10, "list.format"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "list.format"),
        (b"\xff\xff\xff\xff not text", "list.encoding"),
        (zipped("a.txt"), "list.format"),
        (zipped("xl/workbook.xml"), "list.damaged"),
        (b"PK\x03\x04 no archive", "list.damaged"),
        (workbook(("a", [["x"]]))[:-200], "list.damaged"),
        (b'"' + b"never closed,\n" * 20000, "list.damaged"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(tmp_path: Path, data: bytes, code: str):
    """Judged by content, never by suffix."""
    assert refused(tmp_path, data).code == code


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    """By the sizes in its index."""
    started = time.process_time()
    assert refused(tmp_path, bomb()).code == "list.too_big"
    assert time.process_time() - started < 5


def test_a_huge_file_a_folder_and_a_missing_one_are_refused(tmp_path: Path):
    """Each by its code, without reading."""
    path = tmp_path / "big.csv"
    path.write_bytes(b"x")
    os.truncate(path, tables.MAX_BYTES + 1)
    for bad, code in ((path, "list.too_big"), (tmp_path, "list.not_a_file"), (tmp_path / "gone", "list.missing")):
        with pytest.raises(AppError) as caught:
            tables.read_file(bad, Job())
        assert caught.value.code == code


@given(st.binary(max_size=2000))
@settings(max_examples=80)
def test_random_bytes_give_a_table_or_a_reason(tmp_path_factory, data: bytes):
    """Nothing else ever comes out of a file."""
    path = tmp_path_factory.getbasetemp() / "random.csv"
    for start in (b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"):
        path.write_bytes(start + data)
        try:
            table = tables.read_file(path, Job())
        except AppError:
            continue
        count(table, 0)


def test_reading_can_be_cancelled(tmp_path: Path):
    """Another file was dropped meanwhile."""
    path = tmp_path / "a.txt"
    path.write_text("\n".join(IDS * 1000))
    job = Job(lambda done, total: job.cancel())
    with pytest.raises(Cancelled):
        tables.read_file(path, job)
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        openids.count([(each,) for each in IDS], 0, job)


@given(
    st.lists(st.sampled_from([*IDS, "", " ", "bad", "o1"]), max_size=60),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@settings(max_examples=200)
def test_nothing_is_lost_and_nothing_comes_twice(lines: list[str], newline: str, bom: bool):
    """Whatever a list holds: each openid exactly once, everything accounted for."""
    text = ("\ufeff" if bom else "") + newline.join(lines)
    wanted = [line for line in lines if line.strip()]
    try:
        table = tables.read_text(text)
    except AppError as error:
        assert error.code == "list.empty"  # noqa: PT017
        assert not wanted
        return
    found = count(table, table.openid_column or 0)
    assert set(found.valid) == {line for line in wanted if line in IDS}
    assert len(set(found.valid)) == len(found.valid)
    assert found.total == len(found.valid) + found.duplicates + len(found.invalid) == len(found.rows)


def test_large_lists_are_counted_quickly(tmp_path: Path, long_run: bool):
    """50,000 rows (1,000,000 with --long): seconds, and memory that grows with the text only."""
    number = 1_000_000 if long_run else 50_000
    chance = random.Random(7)
    path = tmp_path / "big.txt"
    with path.open("w") as out:
        for _ in range(number):
            out.write(f"o{chance.getrandbits(160):027x}"[:28] + "\n")
    tracemalloc.start()
    started = time.process_time()
    found = count(tables.read_file(path, Job()))
    seconds = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{number:,} openids: {seconds:.2f} s with tracing, peak {peak / 1e6:.0f} MB")
    assert found.total == number
    assert peak < number * 320
    assert seconds < number / 10_000


# --- the choice -----------------------------------------------------------------------------------------


def test_a_choice_becomes_the_audience_of_a_send():
    """Three types that cannot be mistaken for one another."""
    assert Choice("all").audience() == Audience.everyone()
    assert Choice("tag", tag_id=100).audience() == Audience.tag(100)
    assert Choice("openids", openids=tuple(IDS[:3])).audience() == tuple(IDS[:3])
    with pytest.raises(BadRequest):
        Choice("tag").audience()
    assert IDS[0] not in repr(Choice("openids", openids=tuple(IDS)))


def test_what_cannot_be_sent_to_is_named(world, audiences):
    """By account type and number of people."""
    service, subscription = world.accounts.get(world.service), world.accounts.get(world.subscription)
    everyone = Choice("all", people=48216)
    some = Choice("openids", openids=tuple(IDS[:3]), people=3)
    one = Choice("openids", openids=tuple(IDS[:1]), people=1)
    assert audiences.problem(everyone, service) == audiences.problem(everyone, subscription) == ""
    assert audiences.problem(Choice("all"), service) == ""
    assert audiences.problem(some, service) == ""
    assert audiences.problem(some, subscription) == "audience.subscription_list"
    assert audiences.problem(one, service) == "audience.one_openid"
    assert audiences.problem(Choice("openids", people=0), service) == "audience.empty"
    assert audiences.problem(Choice("tag", tag_id=2, people=0), service) == "audience.empty"


def test_recent_choices_come_back_exactly(world, audiences):
    """Per account, the latest first; a very long list is not kept."""
    tag = Choice("tag", 100, "老客", people=120)
    some = Choice("openids", name="名单", openids=tuple(IDS[:3]), people=3)
    for choice in (tag, some, Choice("openids", name="长", openids=("o",) * 20_001, people=20_001)):
        audiences.remember(world.service, choice)
        world.clock.advance(1)
    audiences.remember(world.service, tag)
    assert audiences.recent(world.service) == (tag, some)
    assert audiences.recent(world.subscription) == ()
