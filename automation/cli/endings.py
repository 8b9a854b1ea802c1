"""The JSON of each command in its empty form, so that every ending, however early, has all its keys."""

from __future__ import annotations

from typing import Any

from automation.errors import AutoconfigureError, CauseFound

EMPTY: dict[str, dict[str, Any]] = {
    "run": {
        "route": None,
        "outcome": "failed",
        "flows": [],
        "causes": [],
        "cause": None,
        "proof": None,
        "person_actions": [],
        "report": None,
    },
    "probe": {
        "protocol": None,
        "host": None,
        "port": None,
        "stages": [],
        "messages": None,
        "causes": [],
        "cause": None,
    },
    "doctor": {"verdict": "cannot-tell", "witnesses": {}, "causes": [], "cause": None, "remedies": []},
    "plan": {"route": None, "reasons": [], "flows": [], "outcome": "unknown", "causes": [], "cause": None},
    "report": {"report": None, "causes": [], "cause": None},
    "undo": {"undone": [], "left": [], "causes": [], "cause": None},
    "learned": {"learned": [], "patch": None, "causes": [], "cause": None},
    "forget": {"forgotten": [], "causes": [], "cause": None},
    "record": {"name": None, "folder": None, "steps": [], "outcome": "failed", "causes": [], "cause": None},
    "sandbox": {"settings": {}, "causes": [], "cause": None},
    "export": {"file": None, "recording": None, "lost": [], "causes": [], "cause": None},
    "replay": {"outcome": "failed", "steps": [], "asked": None, "causes": [], "cause": None},
    "check": {
        "outcome": "not-looked",
        "pages": [],
        "accepted": [],
        "baselines": None,
        "report": None,
        "patch": None,
        "causes": [],
        "cause": None,
    },
}
# Where a command has words of its own for how it ended, by exit code; every other failure is "failed" there.
OUTCOMES = {"replay": {2: "refused", 4: "changed", 5: "needs-person"}}


def complete(command: str, told: dict[str, Any], error: AutoconfigureError) -> dict[str, Any]:
    """The result of a command that ended in an error, with all its keys and the error's cause, if it has one, first."""
    from automation.diagnosis import Finding, named

    empty = EMPTY[command]
    result = {**empty, **told}
    if "outcome" in empty and command not in ("plan", "check"):  # what was not looked at is not known
        own = OUTCOMES.get(command)
        result["outcome"] = own.get(error.exit_code, "failed") if own else error.outcome
    if error.outcome == "interrupted" or error.code is None:
        return result
    if isinstance(error, CauseFound) and error.causes:
        found = [cause.as_json() for cause in error.causes]
    else:
        import flows.causes  # noqa: F401 - enters the causes that name a provider

        seen = error.seen or error.doing
        alike = [Finding("facts", "candidate", described(candidate)) for candidate in error.candidates]
        sure = 0.0 if error.code == "unknown" else 1.0
        found = [named(error.code, Finding("facts", "run", seen), *alike, sure=sure).as_json()]
    codes = {cause["code"] for cause in found}
    result["causes"] = found + [c for c in result["causes"] if c["code"] not in codes]
    result["cause"] = result["causes"][0]
    return result


def described(candidate: dict[str, Any]) -> str:
    """An element that could have been the one looked for, in one line."""
    from automation.element import in_words

    return in_words(candidate["role"], candidate["name"], candidate["section"])
