"""Settings from flags, environment and ./.env; what cannot be used; secrets and private files."""

from __future__ import annotations

import os
import pickle
import stat
from pathlib import Path

import pytest

from automation.errors import BadSettings, NoPrivateFolder
from automation.settings import (
    Secret,
    Settings,
    checked_address,
    is_loopback,
    make_private_folder,
    open_private,
    read_settings,
    write_private,
)


def test_flags_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    """Each setting comes from the first place that names it; an empty value names nothing."""
    (tmp_path / ".env").write_text(
        "OUTLOOK_ADDRESS=file@outlook.example\nGMAIL_ADDRESS=file@gmail.example\nAUTOCONFIGURE_LANG=ja\nPOP_PORT=1995\nOTHER=${HOME}\n"
    )
    environment = {"GMAIL_ADDRESS": "environment@gmail.example", "AUTOCONFIGURE_LANG": "en", "OUTLOOK_ADDRESS": " "}
    settings = read_settings({"autoconfigure_lang": "ja", "autoconfigure_attach": None}, environment, tmp_path)

    assert settings.outlook_address == "file@outlook.example"
    assert settings.gmail_address == "environment@gmail.example"
    assert settings.autoconfigure_lang == "ja"
    assert (settings.pop_port, settings.smtp_port) == (1995, 587)
    assert settings.outlook_url == "https://outlook.live.com"


def test_a_parents_file_is_not_read(tmp_path: Path) -> None:
    """Only the .env of the working folder counts."""
    (tmp_path / ".env").write_text("OUTLOOK_ADDRESS=file@outlook.example\n")
    (tmp_path / "below").mkdir()

    assert read_settings({}, {}, tmp_path / "below").outlook_address is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OUTLOOK_ADDRESS", "hanako"),
        ("OUTLOOK_ADDRESS", "hanako@outlook"),
        ("OUTLOOK_ADDRESS", "Hanako <hanako@outlook.example>"),
        ("GMAIL_ADDRESS", "a@b.example, c@d.example"),
        ("GMAIL_ADDRESS", "a@b.example\r\nBcc: c@d.example"),
        ("DISPLAY_NAME", "Hanako\nYamada"),
        ("GMAIL_URL", "mail.google.com"),
        ("GMAIL_URL", "http://mail.google.com"),
        ("GMAIL_URL", "https://user:word@mail.google.com"),
        ("GMAIL_URL", "https://mail.google.com/?x=1"),
        ("GMAIL_URL", "https://mail.google.com:port"),
        ("GMAIL_URL", "javascript:alert(1)"),
        ("GMAIL_URL", "http://localhost.example.com"),
        ("POP_PORT", "0"),
        ("POP_PORT", "65536"),
        ("POP_PORT", "９９５"),
        ("POP_HOST", "mail example com"),
        ("MAIL_CONNECT_TO", "mail.example.com"),
        ("MAIL_CONNECT_TO", "a:1:b:2:c:3"),
        ("MAIL_CONNECT_TO", "a:995:b:99999"),
        ("SMTP_HOST", "-x"),
        ("AUTOCONFIGURE_ATTACH", "127.0.0.1:9222"),
        ("AUTOCONFIGURE_LANG", "fr"),
        ("TLS_CA_FILE", "/nonexistent.pem"),
        ("PROVIDER_FACTS", "/nonexistent.json"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str, tmp_path: Path) -> None:
    """A setting that cannot be used is named with its place and what would be right, wherever it comes from."""
    with pytest.raises(BadSettings, match=f"{name}.*environment") as stopped:
        read_settings({}, {name: value}, tmp_path)

    assert stopped.value.exit_code == 2
    assert stopped.value.expected
    assert stopped.value.todo


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("GMAIL_URL", "http://mail-google.localhost:8080/", "http://mail-google.localhost:8080"),
        ("GMAIL_URL", "http://[::1]:8080", "http://[::1]:8080"),
        ("GMAIL_URL", "https://mail.example.com/base/", "https://mail.example.com/base"),
        ("OUTLOOK_ADDRESS", " hanako.yamada+x@sub.outlook.example ", "hanako.yamada+x@sub.outlook.example"),
        ("AUTOCONFIGURE_ATTACH", "ws://127.0.0.1:9222/devtools/browser/1", "ws://127.0.0.1:9222/devtools/browser/1"),
        ("DISPLAY_NAME", "山田 花子", "山田 花子"),
    ],
)
def test_what_can_be_used(name: str, value: str, kept: str, tmp_path: Path) -> None:
    """Usual values are taken as they are, without the space or slash at their ends."""
    assert getattr(read_settings({}, {name: value}, tmp_path), name.lower()) == kept


def test_where_a_connection_really_goes() -> None:
    """MAIL_CONNECT_TO works as curl's --connect-to: the first entry that fits; empty parts mean any, or the same."""
    settings = Settings(mail_connect_to="mail.example:995:[::1]:1995, mail.example:::2000,::10.0.0.1:,")

    assert settings.dial("MAIL.example", 995) == ("::1", 1995)
    assert settings.dial("mail.example", 110) == ("mail.example", 2000)
    assert settings.dial("other.example", 110) == ("10.0.0.1", 110)
    assert Settings().dial("other.example", 110) == ("other.example", 110)


def test_what_differs_from_the_defaults_is_shown() -> None:
    """Addresses that are not the providers' own are listed; accounts are not addresses."""
    settings = Settings(gmail_url="http://mail.localhost", pop_port=1995, outlook_address="a@b.example")

    assert settings.differing() == {"GMAIL_URL": "http://mail.localhost", "POP_PORT": "1995"}
    assert Settings().differing() == {}


def test_a_secret_shows_nowhere() -> None:
    """However it is printed, formatted, logged or written down, a secret is hidden."""
    secret = Secret("qwertyuiopasdfgh")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>20}", "%s %r" % (secret, [secret]), str({"a": secret})]  # noqa: UP031 - on purpose

    assert not any("qwerty" in text for text in shown)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret == Secret("qwertyuiopasdfgh") != Secret("other")
    assert not vars(type(secret)).get("__dict__")
    assert secret.open() == "qwertyuiopasdfgh"


@pytest.mark.parametrize("kind", ["a file", "inside a file", "shared"])
def test_a_folder_that_is_not_ours_is_left_alone(kind: str, tmp_path: Path) -> None:
    """A file, a place where no folder can be, and a folder that others share are refused, and keep the mode they had."""
    theirs = tmp_path / "theirs"
    if kind == "shared":
        theirs.mkdir()
        theirs.chmod(0o1777)
    else:
        theirs.write_text("x")
        theirs.chmod(0o644)
    mode = theirs.stat().st_mode

    with pytest.raises(NoPrivateFolder, match=r"private folder(.|\n)*Seen: ") as stopped:
        make_private_folder(theirs / "x" if kind == "inside a file" else theirs)

    assert theirs.stat().st_mode == mode
    assert stopped.value.exit_code == 2
    assert isinstance(stopped.value, OSError)  # who can go on without a file does


def test_private_from_the_start(tmp_path: Path) -> None:
    """With a umask that forbids nothing, files are 0600 and folders 0700 from creation, parents too."""
    before = os.umask(0)
    try:
        file = write_private(tmp_path / "a" / "b" / "file", "text")
        descriptor = open_private(tmp_path / "a" / "other")
        mode_at_once = stat.S_IMODE(os.fstat(descriptor).st_mode)
        os.close(descriptor)
        (tmp_path / "open").mkdir()
        tightened = make_private_folder(tmp_path / "open")
    finally:
        os.umask(before)

    assert (stat.S_IMODE(file.stat().st_mode), mode_at_once) == (0o600, 0o600)
    assert [stat.S_IMODE(p.stat().st_mode) for p in (file.parent, file.parent.parent, tightened)] == [0o700] * 3
    assert file.read_text() == "text"


def test_a_link_in_the_place_of_a_private_file_is_refused(tmp_path: Path) -> None:
    """Nobody can have a private file written elsewhere by laying a link in its place."""
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="link"):
        write_private(tmp_path / "link", "text")

    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("mail.LOCALHOST", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("127.0.0.1.example.com", False),
        ("localhost.example", False),
        ("notlocalhost", False),
        ("", False),
    ],
)
def test_what_means_this_machine(host: str, expected: bool) -> None:
    """Only names that can mean nothing but this machine count as loopback."""
    assert is_loopback(host) is expected


def test_an_address_typed_by_a_person() -> None:
    """What a person types is checked as a setting is."""
    assert checked_address("a@b.example") == "a@b.example"
    with pytest.raises(ValueError, match="name@example"):
        checked_address("a@b")


def test_every_site_counts_as_one() -> None:
    """The sites that decide whether this is practice are all base addresses there are, Google's account page too."""
    assert len(Settings().sites) == 5
    assert "https://elsewhere.example" in Settings(google_account_url="https://elsewhere.example").sites
