"""The token: fetched once, renewed once for all threads, forced as a counted last resort."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

import pytest

from desktop_app.errors import BadCredentials, Cancelled, IpNotAllowed, NetworkError, Refused
from desktop_app.job import Job
from desktop_app.wechat import TokenServer, WeChatClient
from desktop_app.wechat.token import Tokens
from desktop_app.wechat.transport import Seams
from tests.wechat.conftest import MakeClient
from tests.wechat.wire import SECRET, TOKEN, Answer, Recorded, Wire, hang_up, ok


class Server:
    """A token endpoint without a wire: rotates on demand, counts, obeys stable_token's limits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.valid = "t1"
        self.fetches = 0
        self.forced: list[float] = []
        self.sticky = False  # goes on giving a token that it refuses

    def fetch(self, force: bool, job: Job | None) -> tuple[str, float]:
        self.fetches += 1
        if force:
            self.forced.append(self.now)
            self.valid = f"t{random.getrandbits(64)}"
        return ("t1" if self.sticky and not force else self.valid), 7200.0

    def tokens(self, *, may_force: bool = True) -> Tokens:
        return Tokens(self.fetch, lambda: self.now, may_force=may_force)


def test_fetched_once_and_again_near_its_end() -> None:
    """Kept for its life less five minutes, a tenth of a short life."""
    server = Server()
    tokens = server.tokens()
    assert (tokens.get(), tokens.get(), server.fetches) == ("t1", "t1", 1)
    server.now += 6899
    tokens.get()
    assert server.fetches == 1
    server.now += 2
    tokens.get()
    assert server.fetches == 2


def test_a_thread_with_an_older_token_takes_the_current_one() -> None:
    """Who failed with a token that was replaced meanwhile causes no fetch."""
    server = Server()
    tokens = server.tokens()
    tokens.get()
    server.valid = "t2"
    assert tokens.renew("t1") == "t2"
    assert tokens.renew("t1") == "t2"
    assert server.fetches == 2


def test_forcing_is_a_counted_last_resort() -> None:
    """Only if the refused token comes back; 30 s apart, 20 in a day, again after a day."""
    server = Server()
    tokens = server.tokens()
    server.sticky = True
    for _ in range(200):
        tokens.renew(tokens.get())
        tokens.renew("t1")
        server.now += 7
    assert len(server.forced) == 20
    assert all(later - earlier >= 30 for earlier, later in zip(server.forced, server.forced[1:], strict=False))
    server.now = server.forced[0] + 24 * 3600
    tokens.renew(tokens.get())
    tokens.renew(tokens.get())
    assert len(server.forced) == 21


def test_a_company_server_is_never_forced() -> None:
    """Nothing to force there."""
    server = Server()
    server.sticky = True
    tokens = server.tokens(may_force=False)
    assert tokens.renew(tokens.get()) == "t1"
    assert server.forced == []


def test_waiting_threads_share_a_failure() -> None:
    """Twenty threads do not fail one after the other, each after its own minute."""
    attempts: list[int] = []
    hold = threading.Event()

    def fetch(force: bool, job: Job | None) -> tuple[str, float]:
        attempts.append(1)
        hold.wait(60)
        raise NetworkError("net.timeout", maybe_arrived=True)

    tokens = Tokens(fetch, lambda: 0.0, may_force=True)
    failures: list[NetworkError] = []
    come: list[int] = []

    def work() -> None:
        come.append(1)
        with pytest.raises(NetworkError) as caught:
            tokens.get()
        failures.append(caught.value)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    while len(come) < 20 or not attempts:
        time.sleep(0.001)
    cancelled = Job()
    cancelled.cancel()
    with pytest.raises(Cancelled):  # who waits for the lock can still be cancelled
        tokens.get(cancelled)
    hold.set()
    for thread in threads:
        thread.join()
    assert len(failures) == 20
    assert len(attempts) < 5
    assert all((each.stage, each.maybe_arrived) == ("token", False) for each in failures)


def test_twenty_threads_one_renewal(wire: Wire, client: WeChatClient) -> None:
    """The token is taken away under twenty threads: one of them renews it, all succeed."""
    client.ensure_token()
    barrier = threading.Barrier(20)

    def decide(request: Recorded) -> Answer | None:
        if request.query.get("access_token") != [f"{TOKEN}-1"]:
            return None
        barrier.wait(60)  # all twenty have used the old one before the first refusal is told
        return {"errcode": 42001, "errmsg": "access_token expired"}

    wire.decide = decide
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(client.count_drafts())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [4] * 20
    assert len(wire.calls("draft/count")) == 40
    assert wire.token_fetches == 2


def test_kicked_out_again_and_again(wire: Wire, client: WeChatClient, long_run: bool) -> None:
    """Another system takes the token away at random moments: no operation is lost, nothing is forced."""
    rounds = 1000 if long_run else 50
    chance = random.Random(3)
    good = [f"{TOKEN}-1"]

    def decide(request: Recorded) -> Answer | None:
        if request.path.endswith("token"):
            assert b'"force_refresh":false' in request.body
            good[0] = f"{TOKEN}-{wire.token_fetches + 1}"
        elif request.query["access_token"] != good:
            return {"errcode": chance.choice((40001, 40014, 42001)), "errmsg": "invalid credential"}
        return None

    wire.decide = decide
    for number in range(rounds):
        if chance.random() < 0.5:
            good[0] = "taken away"
        if number % 2:
            client.mass_send_text("x", True)
        else:
            client.upload_media("image", __file__)
    assert rounds // 4 < wire.token_fetches < rounds


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_one_renewal_never_a_loop(wire: Wire, client: WeChatClient, errcode: int) -> None:
    """The same bytes once more with the new token; refused again, it says that no token was to be had."""
    wire.answers["sendall"] = {"errcode": errcode, "errmsg": "invalid credential"}
    with pytest.raises(BadCredentials) as caught:
        client.mass_send_text("x", True, client_msg_id="k")
    first, second = wire.calls("sendall")
    assert first.body == second.body
    assert first.query["access_token"] != second.query["access_token"]
    assert (wire.token_fetches, caught.value.stage, caught.value.errcode) == (2, "token", errcode)


def test_an_upload_starts_again_from_the_beginning(wire: Wire, client: WeChatClient, picture: Any) -> None:
    """After the renewal the whole file goes out, not its rest."""
    wire.answers["media/upload"] = [ok({"errcode": 42001, "errmsg": "access_token expired"})]
    client.upload_media("image", picture)
    first, second = wire.calls("media/upload")
    assert first.body == second.body
    assert picture.read_bytes() in second.body


def test_forced_on_the_wire(wire: Wire, client: WeChatClient) -> None:
    """stable_token goes on giving the refused token: one forced refresh, asked for once."""
    forced: list[str] = []

    def decide(request: Recorded) -> Answer | None:
        if request.path.endswith("token"):
            if request.json["force_refresh"]:
                forced.append("fresh")
            return {"access_token": forced[-1] if forced else "same", "expires_in": 7200}
        return {"errcode": 40001, "errmsg": "x"} if request.query["access_token"] == ["same"] else None

    wire.decide = decide
    assert client.count_drafts() == 4
    assert forced == ["fresh"]


def test_no_token_means_that_nothing_left(wire: Wire, client: WeChatClient, pauses: list[float]) -> None:
    """40164, a wrong secret, a dead line, a reply without token: stage "token", no send on the wire."""
    wire.answers["token"] = {"errcode": 40164, "errmsg": "invalid ip 203.0.113.86 ipv6 ::ffff:203.0.113.86, not in"}
    with pytest.raises(IpNotAllowed) as ip:
        client.mass_send_text("x", True)
    assert (ip.value.ip, ip.value.stage) == ("203.0.113.86", "token")
    wire.answers["token"] = {"errcode": 40125, "errmsg": "invalid appsecret"}
    with pytest.raises(BadCredentials) as secret:
        client.mass_send_text("x", True)
    assert secret.value.stage == "token"
    for answer in (hang_up, {"errcode": 0}, {"access_token": ""}, {"access_token": "a b"}, {"access_token": 7}):
        wire.answers["token"] = answer  # type: ignore[assignment]
        with pytest.raises(NetworkError) as caught:
            client.mass_send_text("x", True)
        assert (caught.value.stage, caught.value.maybe_arrived) == ("token", False)
    assert wire.calls() == []
    assert len(pauses) == 3  # hang_up: four tries


def test_no_new_token_after_a_refusal(wire: Wire, client: WeChatClient) -> None:
    """The send was refused unread, then the line died: nothing was taken, and that is what is said."""
    client.ensure_token()
    wire.answers["sendall"] = {"errcode": 40001, "errmsg": "invalid credential"}
    wire.answers["token"] = hang_up
    with pytest.raises(NetworkError) as caught:
        client.mass_send_text("x", True)
    assert (caught.value.stage, caught.value.maybe_arrived) == ("token", False)
    assert len(wire.calls("sendall")) == 1


def test_a_company_token_server(wire: Wire, make_client: MakeClient) -> None:
    """GET with its Authorization header there only; the AppSecret is sent to nobody."""
    with Wire() as company:
        url = f"{company.address}/wx/token?key=canary-key"
        client = make_client(wire.address, token_url=TokenServer(url, "Bearer canary-bearer"))
        assert client.count_drafts() == 4
        wire.answers["draft/count"] = [ok({"errcode": 42001, "errmsg": "expired"})]
        assert client.count_drafts() == 4
        assert [each.target for each in company.requests] == ["/wx/token?key=canary-key"] * 2
        assert {each.header("Authorization") for each in company.requests} == {"Bearer canary-bearer"}
        assert {each.header("Authorization") for each in wire.requests} == {None}
        everything = b"".join(repr(each).encode() for each in company.requests + wire.requests)
        assert SECRET.encode() not in everything
        company.answers["token"] = {"errcode": 40013, "errmsg": "key=canary-key Bearer canary-bearer"}
        wire.answers["draft/count"] = {"errcode": 42001, "errmsg": "expired"}
        with pytest.raises(Refused) as caught:
            client.count_drafts()
        assert "canary" not in str(caught.value) + repr(client)


def test_short_lives_and_odd_ones(wire: Wire, make_client: MakeClient) -> None:
    """expires_in as text or missing is understood; a token is asked for again in time."""
    now = [0.0]
    client = make_client(wire.address, _seams=Seams(clock=lambda: now[0]))
    wire.answers["token"] = [{"access_token": "a", "expires_in": "345"}, {"access_token": "b"}]  # type: ignore[list-item]
    client.ensure_token()
    now[0] = 300.0
    client.ensure_token()
    assert wire.token_fetches == 1
    now[0] = 311.0
    client.ensure_token()
    assert wire.token_fetches == 2
