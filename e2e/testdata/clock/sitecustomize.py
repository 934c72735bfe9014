"""A Python whose clock is off by as many seconds as CLOCK_OFF says, all processes of a script alike. It replaces what reads
the clock; libfaketime, which does so for other programs, lets no Python since 3.11 sleep."""

import datetime
import os
import pathlib
import runpy
import time

off = int(os.environ["CLOCK_OFF"])
right, right_ns, gmtime, localtime = time.time, time.time_ns, time.gmtime, time.localtime
right_datetime = datetime.datetime

time.time = lambda: right() + off
time.time_ns = lambda: right_ns() + off * 1_000_000_000
time.gmtime = lambda at=None: gmtime(time.time() if at is None else at)
time.localtime = lambda at=None: localtime(time.time() if at is None else at)


class Kind(type):
    def __instancecheck__(cls, thing):
        return isinstance(thing, right_datetime)


class Off(right_datetime, metaclass=Kind):
    @classmethod
    def now(cls, tz=None):
        return right_datetime.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return right_datetime.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)


datetime.datetime = Off
runpy.run_path(str(pathlib.Path(__file__).parent.parent / "listens" / "sitecustomize.py"))
