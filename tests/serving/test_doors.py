"""Who is let in: what browsers send when a page of another site asks, and what programs send."""

from __future__ import annotations

import pytest

from serving.asgi import FRIEND, HOST, asked
from studyclaims.serving.doors import Door

ASK = "/sparql?query=ASK%7B%7D"
FORM = {"content-type": "application/x-www-form-urlencoded"}
FOREIGN = "https://elsewhere.example"


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:1", "127.0.0.1:80", "[::1]:7878", "[::1]"],
)
def test_this_machine_has_these_names(host: str) -> None:
    assert Door().refusal("GET", "/", {"host": host}) == ""


@pytest.mark.parametrize(
    "host",
    [
        "",
        "rebound.example",
        "localhost.rebound.example",
        "127.0.0.1.rebound.example:7878",
        "127.0.0.2",
        "localhost:x",
        "user@localhost",
        "localhost, rebound.example",
        "localhost\n",
        "[::2]",
    ],
)
def test_any_other_host_is_foreign(host: str) -> None:
    assert "--allow-host" in Door().refusal("GET", "/", {"host": host})
    assert asked(ASK, headers={"host": host}).status == 403


def test_a_name_that_is_added_is_let_in() -> None:
    door = Door(hosts=frozenset({"box.example"}))
    assert door.refusal("GET", "/", {"host": "Box.example:80"}) == ""
    assert door.refusal("GET", "/", {"host": "localhost"}) == ""


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
@pytest.mark.parametrize(
    "origin", [FOREIGN, "null", "", "http://localhost:1", f"http://{HOST}.evil.example"]
)
def test_a_foreign_origin_is_refused(method: str, origin: str) -> None:
    found = asked(ASK, method, {"origin": origin, **FORM}, "query=ASK%7B%7D")
    assert found.status == 403
    assert found.headers["connection"] == "close"
    assert "access-control-allow-origin" not in found.headers
    assert "--allow-origin" in found.text


@pytest.mark.parametrize("origin", [f"http://{HOST}", f"https://{HOST.upper()}"])
def test_our_own_pages_may_ask(origin: str) -> None:
    found = asked("/sparql", "POST", {"origin": origin, **FORM}, "query=ASK%7B%7D")
    assert found.status == 200
    assert "access-control-allow-origin" not in found.headers


def test_a_site_that_is_added_may_ask_and_read() -> None:
    found = asked(ASK, headers={"origin": FRIEND, "sec-fetch-site": "cross-site"})
    assert found.status == 200
    assert found.headers["access-control-allow-origin"] == FRIEND
    assert found.headers["access-control-expose-headers"] == "studyclaims-rows"


def test_a_browser_may_ask_first_whether_it_may() -> None:
    wish = {"access-control-request-method": "POST"}
    found = asked("/sparql", "OPTIONS", {"origin": FRIEND, **wish})
    assert (found.status, found.body) == (204, b"")
    assert found.headers["access-control-allow-methods"] == "GET, POST"
    assert "access-control-allow-private-network" not in found.headers
    private = {"access-control-request-private-network": "true"}
    found = asked("/sparql", "OPTIONS", {"origin": FRIEND, **wish, **private})
    assert found.headers["access-control-allow-private-network"] == "true"
    assert "access-control-allow-methods" not in asked("/sparql", "OPTIONS", wish).headers


POSTED = {
    "Origin of another site": {"origin": FOREIGN},
    "no Origin, but where it is from": {"referer": f"{FOREIGN}/page"},
    "no Origin, but a page like ours": {"referer": f"http://{HOST}.evil.example/"},
    "no Origin, but what the browser says": {"sec-fetch-site": "cross-site"},
    "another port of this machine": {"sec-fetch-site": "same-site"},
    "a form that is followed": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
}


@pytest.mark.parametrize("name", POSTED)
def test_a_form_of_another_site_is_refused(name: str) -> None:
    found = asked("/sparql", "POST", {**FORM, **POSTED[name]}, "query=ASK%7B%7D")
    assert found.status == 403


@pytest.mark.parametrize("more", [{}, {"referer": f"http://{HOST}/"}, {"referer": f"{FRIEND}/a"}])
def test_a_form_of_ours_and_of_no_page_is_answered(more: dict[str, str]) -> None:
    assert asked("/sparql", "POST", {**FORM, **more}, "query=ASK%7B%7D").status == 200


def test_a_link_from_elsewhere_leads_to_a_page_and_runs_no_query() -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    picture = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert asked("/queries", headers=link).status == 200
    assert asked("/queries", headers=picture).status == 403
    assert asked(ASK, headers=link).status == 403
    assert asked(ASK, headers=picture).status == 403
    assert asked(ASK, headers={"sec-fetch-site": "same-origin"}).status == 200
    assert asked(ASK, headers={"sec-fetch-site": "none"}).status == 200


@pytest.mark.parametrize("target", ["/", "/queries", "/nowhere", ASK, "/sparql?query=x", "/health"])
def test_every_response_keeps_browsers_from_what_they_need_not_do(target: str) -> None:
    headers = asked(target).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["vary"] == "Accept, Origin"
