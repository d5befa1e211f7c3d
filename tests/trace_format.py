"""Is a file a trace, by the published format? Google's "Trace Event Format" (2016), in its JSON array form.

    python3 trace_format.py FILE    says what is in it; status 1 and a sentence a fault, if it is none
"""

from __future__ import annotations

import collections
import json
import sys
from typing import Any

METADATA = {  # the five that there are, and the argument of each
    "process_name": ("name", str),
    "process_labels": ("labels", str),
    "process_sort_index": ("sort_index", int),
    "thread_name": ("name", str),
    "thread_sort_index": ("sort_index", int),
}
REQUIRED = {"ph": str, "name": str, "pid": int, "tid": int}


def event_faults(event: Any) -> list[str]:
    if not isinstance(event, dict):
        return ["it is no object"]
    faults = [
        f"{key} is missing or of another type" for key, kind in REQUIRED.items() if type(event.get(key)) is not kind
    ]
    if faults:
        return faults
    if not isinstance(event.get("args", {}), dict):
        faults.append("args is no object")
    if event["ph"] == "M":
        key, kind = METADATA.get(event["name"], ("", object))
        if not key:
            faults.append(f"there is no metadata {event['name']}")
        elif not isinstance(event.get("args", {}).get(key), kind):
            faults.append(f"args has no {key}")
        return faults
    if event["ph"] not in "Xi":
        faults.append(f"ph={event['ph']}: bench writes X, i and M")
    if type(event.get("ts")) not in (int, float):
        faults.append("ts is no number")
    if not isinstance(event.get("cat"), str):
        faults.append("cat is no text")
    if event["ph"] == "X" and not (type(event.get("dur")) in (int, float) and event["dur"] >= 0):
        faults.append("dur is no length of time")
    if event["ph"] == "i" and event.get("s", "t") not in ("g", "p", "t"):
        faults.append(f"s={event['s']}: there are g, p and t")
    return faults


def nesting_faults(events: list[dict[str, Any]]) -> list[str]:
    """Complete events of one track contain each other or do not touch: viewers draw them as a stack.

    As readers do it: an end is the sum of two doubles.
    """
    faults, open_until = [], collections.defaultdict[tuple[int, int], list[float]](list)
    spans = [event for event in events if event["ph"] == "X"]
    for event in sorted(spans, key=lambda event: (event["ts"], -event["dur"])):
        stack, end = open_until[event["pid"], event["tid"]], event["ts"] + event["dur"]
        while stack and stack[-1] <= event["ts"]:
            stack.pop()
        if stack and end > stack[-1]:
            faults.append(f"{event['name']} at {event['ts']} ends after what it began in")
        stack.append(end)
    return faults


def faults_of(events: Any) -> list[str]:
    if not isinstance(events, list):
        return ["it is no array"]
    faults = [f"event {i}: {fault}" for i, event in enumerate(events) for fault in event_faults(event)]
    return faults or nesting_faults(events)


def describe(events: list[dict[str, Any]]) -> str:
    """A line each: ranges of each launch, the first one's runs, waits, what happens at once."""
    spans = [event for event in events if event["ph"] == "X"]
    ranges = collections.Counter(event["pid"] for event in spans if event["cat"] == "range")
    runs = [event["name"] for event in spans if event["cat"] == "run" and event["pid"] == 1]
    waits = sorted({event["name"] for event in spans if event["cat"] == "wait"})
    marks = sorted({event["cat"] for event in events if event["ph"] == "i"} - {"run"})
    return f"ranges {dict(ranges)}\nruns {runs}\nwaits {waits}\nmarks {marks}"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        read = json.load(file)
    found = faults_of(read)
    if found:
        sys.exit("\n".join(found[:20]))
    print(describe(read))
