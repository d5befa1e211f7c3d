"""A process of its own for what a user's code may do: to its process, by sys.exit, or by a crash."""
from __future__ import annotations

import os
from typing import Any, Callable

from cpython.contract import Crashed, Refused, Unsupported
from cpython.core.pipe import make_pipes
from cpython.core.tally import tell
from cpython.core.team import describe_death

_KINDS = {kind.status: kind for kind in (Refused, Unsupported, Crashed)}


def in_child(name: str, what: Callable[[], Any]) -> Any:
    """What `what` returns, or Refused with what it raises: nothing that it does to its process is done to this one."""
    here, there = make_pipes()
    pid = os.fork()
    if pid == 0:
        here.close()
        try:
            there.send((what(), "", ""))
        except Refused as refusal:
            there.send((None, refusal.status, f"{refusal}"))
        except BaseException as error:
            there.send((None, Refused.status, tell(error) or type(error).__name__))
        finally:
            os._exit(0)
    there.close()
    try:
        made, status, trouble = here.receive()
    except EOFError:
        made, status, trouble = None, Crashed.status, ""
    finally:
        here.close()
        end = os.waitpid(pid, 0)[1]
    if status:
        raise _KINDS[status](trouble or describe_death(name, pid, end))
    return made
