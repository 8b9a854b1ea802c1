"""Sending under the Outlook.com address when its own server takes no passwords: explain, offer Gmail's server, or skip."""

from __future__ import annotations

from automation.messages import _
from automation.session import Session
from flows.gmail_send_as import SendAs, SendAsByGmail
from flows.pages.gmail import Accounts

DNS_SECONDS = 3.0


def there(session: Session) -> SendAs | None:
    """The flow that sees to the entry for sending which Gmail has already; None where it has none. Raises Unseen."""
    has_entry = Accounts(session).open().send_as_row(session.outlook_address) is not None
    return SendAsByGmail(session) if has_entry else None


def question(session: Session) -> str:
    """That a run asks about sending, for who only wants to see the plan."""
    return _(
        "A run also asks whether Gmail shall send under {address} through its own server, and explains it; “no” leaves it out."
    ).format(address=session.outlook_address)


def offer(session: Session) -> SendAs | None:
    """The flow the person chose for sending, or None where they skip it. ``--yes`` skips: it is the cautious answer."""
    address, person = session.outlook_address, session.person
    person.say("")
    person.say(
        _(
            "Sending under {address}: Outlook.com's own server takes no passwords any more, so Gmail cannot use it."
        ).format(address=address)
    )
    person.say(
        _("Gmail's own server can send under that address, with a Google app password. {policy}").format(
            policy=_policy(address)
        )
    )
    answer = person.choose(
        _("How shall Gmail send under {address}?").format(address=address),
        {"s": _("not at all (write from Outlook.com when it matters)"), "g": _("through Gmail's own server")},
        key="send-as",
        cautious="s",
    )
    if answer == "g":
        return SendAsByGmail(session)
    session.notes.append(
        _("Sending under {address} was skipped; answers from Gmail go out under the Gmail address.").format(
            address=address
        )
    )
    return None


def _policy(address: str) -> str:
    """One plain sentence on what receivers do with such mail, by the domain's DMARC policy where DNS tells it."""
    domain = address.rsplit("@", 1)[1]
    policy = dmarc_policy(domain)
    said = {
        "reject": _(
            "{domain} asks receivers to refuse mail that its own servers did not send (DMARC p=reject): such mail may never arrive."
        ),
        "quarantine": _(
            "{domain} asks receivers to treat mail that its own servers did not send as spam (DMARC p=quarantine)."
        ),
        "none": _("{domain} asks receivers for nothing (DMARC p=none), but such mail may still be taken for spam."),
    }
    unknown = _(
        "Such mail does not come from {domain}'s own servers and may be taken for spam or refused; its DMARC policy could not be looked up."
    )
    return said.get(policy or "", unknown).format(domain=domain)


def dmarc_policy(domain: str) -> str | None:
    """The domain's published DMARC policy (reject, quarantine, none), or None where DNS does not tell."""
    import dns.exception
    import dns.resolver

    try:
        answers = dns.resolver.resolve(f"_dmarc.{domain}", "TXT", lifetime=DNS_SECONDS)
    except dns.exception.DNSException:
        return None
    for answer in answers:
        fields = {
            part.split("=", 1)[0].strip().lower(): part.split("=", 1)[1].strip().lower()
            for part in b"".join(answer.strings).decode("ascii", "replace").split(";")
            if "=" in part
        }
        if fields.get("v") == "dmarc1":
            return fields.get("p")
    return None
