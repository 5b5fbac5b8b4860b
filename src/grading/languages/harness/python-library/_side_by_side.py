"""
Threads in an interpreter that has none: a thread runs to its end when it is started, an executor's call when it is
submitted. What one thread would have to wait for another for cannot be, and is said: the first wait that nothing can end
raises, and `waited()` reports whether a thread has waited: side by side, the order would have been another one.
"""

import _thread
import _threading_local
import concurrent.futures
import concurrent.futures.thread
import itertools
import queue
import threading
import time

MESSAGE = "this sandbox runs threads one after another"
#: Waits of one thread, in seconds: one that waits for longer waits for what comes later.
MOST_WAITING_S = 2.0

_main_ident = threading.get_ident()
_idents = itertools.count(_main_ident + 1)
#: Of the threads that run now, the innermost last: its number, and how long it has waited.
_running = [[_main_ident, 0.0]]
_waits = {"in_thread": False}
_sleep = time.sleep


def waited():
    return _waits["in_thread"]


def get_ident():
    return _running[-1][0]


def _wait(seconds):
    """Time passes in here. A thread that goes on waiting is one that somebody else was to end."""
    if len(_running) > 1:
        _waits["in_thread"] = True
        _running[-1][1] += seconds
        if _running[-1][1] > MOST_WAITING_S:
            raise RuntimeError(f"{MESSAGE}: a thread waits for something that comes later")
    _sleep(seconds)


def sleep(seconds):
    _wait(seconds) if isinstance(seconds, (int, float)) and seconds >= 0 else _sleep(seconds)


def _never():
    _waits["in_thread"] = True
    raise RuntimeError(f"{MESSAGE}: nothing would ever end this wait")


class Lock:
    __slots__ = ("_held", "__weakref__")

    def __init__(self):
        self._held = False

    def acquire(self, blocking=True, timeout=-1):
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if not self._held:
            self._held = True
            return True
        if not blocking:
            return False
        if timeout == -1:
            _never()
        _wait(timeout)
        return False

    def release(self):
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False

    def locked(self):
        return self._held

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()

    def _at_fork_reinit(self):
        self._held = False

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def __repr__(self):
        return f"<{'locked' if self._held else 'unlocked'} _thread.lock object at {id(self):#x}>"


Lock.__module__, Lock.__name__, Lock.__qualname__ = "_thread", "lock", "lock"


class _Handle:
    def __init__(self):
        self.ident = None
        self._done = False

    def is_done(self):
        return self._done

    def _set_done(self):
        self._done = True

    def join(self, timeout=None):
        if self._done:
            return
        if timeout is None or timeout < 0:
            _never()
        _wait(timeout)


def start_joinable_thread(function, handle=None, daemon=True):
    handle = handle or _Handle()
    handle.ident = next(_idents)
    _running.append([handle.ident, 0.0])
    try:
        function()
    finally:
        _running.pop()
        handle._done = True
    return handle


def start_new_thread(function, args=(), kwargs={}):
    return start_joinable_thread(lambda: function(*args, **kwargs)).ident


def submit(self, fn, /, *args, **kwargs):
    if self._shutdown:
        raise RuntimeError("cannot schedule new futures after shutdown")
    future = concurrent.futures.Future()
    number = getattr(self, "_submitted", 0)
    self._submitted = number + 1

    def work():
        if number < self._max_workers and self._initializer is not None:
            self._initializer(*self._initargs)
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = fn(*args, **kwargs)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    name = f"{self._thread_name_prefix or self}_{number % self._max_workers}"
    threading.Thread(target=work, name=name, daemon=True).start()
    return future


def install():
    """Once, before the state that programs start from."""
    global _sleep
    _sleep = time.sleep
    threading._start_joinable_thread = _thread.start_joinable_thread = start_joinable_thread
    threading._ThreadHandle = _Handle
    threading._make_thread_handle = lambda ident: _Handle()
    _thread.start_new_thread = _thread.start_new = start_new_thread
    threading.get_ident = _thread.get_ident = get_ident
    threading.get_native_id = _thread.get_native_id = get_ident
    threading.Lock = threading._allocate_lock = _thread.allocate_lock = _thread.allocate = Lock
    _thread.LockType = threading._LockType = Lock
    # The library's own in Python, which asks the lock above.
    threading._CRLock, threading.RLock = None, threading._PyRLock
    threading.local = _threading_local.local
    queue.SimpleQueue = queue._PySimpleQueue
    concurrent.futures.thread.ThreadPoolExecutor.submit = submit
    time.sleep = sleep
