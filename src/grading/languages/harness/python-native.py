"""Runs in the native sandbox: holds a warm interpreter, and forks it for each program.

    python3 python-native.py <folder of the harness> <answer or tests> <uid to become, or ->
        <JSON: sys.path, and what stays in the folders that are emptied>

Frames on descriptor 0 (in) and 3 (out): 4 bytes of length, little endian, then JSON in UTF-8. The host sends two for each
request: what this process needs of it, and the request itself, which is handed on to the fork unread and then wiped: the
next fork must not find a test's text in the memory that it inherits.

This process is the first of its namespace. A fork has the answer, and so nothing that it says is believed by itself: its
results come with a number that only its harness holds, in the cells of a function; what it marks is confirmed, before
anything else happens in there, by the next number of a chain that nobody else can continue.
"""

import errno
import fcntl
import hashlib
import importlib
import json
import mmap
import os
import resource
import select
import shutil
import signal
import socket
import stat
import struct
import sys

HOST_IN, HOST_OUT = 0, 3
LONGEST_MESSAGE = 16 * 1024 * 1024
NONCE_BYTES = 16
MOST_MARKS = 64
MOST_PROCESSES = 64
MOST_FILES_OPEN = 512
LARGEST_FILE = 64 * 1024 * 1024
# Shared mappings and the reserves of threads, on top of what is counted as data.
SPARE_ADDRESSES = 4 * 1024**3
HOME = os.environ["HOME"]
OPEN_FOLDERS = (HOME, "/tmp", "/dev/shm")
HARNESS = ("python-harness.py", "python-lending.py", "python-shared.py", "python-subject.py")


def read_fully(fd, view):
    while len(view) > 0:
        count = os.readv(fd, [view])
        if count == 0:
            os._exit(0)
        view = view[count:]


def read_frame(fd):
    head = bytearray(4)
    read_fully(fd, memoryview(head))
    body = bytearray(struct.unpack("<I", head)[0])
    read_fully(fd, memoryview(body))
    return body


def write_fully(fd, data):
    view = memoryview(data)
    while len(view) > 0:
        view = view[os.write(fd, view) :]


def to_host(message):
    body = json.dumps(message).encode("utf-8", "replace")
    write_fully(HOST_OUT, struct.pack("<I", len(body)) + body)


def wipe(buffer):
    buffer[:] = bytes(len(buffer))


# --- What a fork runs ------------------------------------------------------------------------------------------------


def make_fork(namespace, shared):
    """In the cells of one function: what a fork needs to be believed."""
    dumps, loads, pack, unpack = json.dumps, json.loads, struct.pack, struct.unpack
    sha256 = hashlib.sha256
    getpid, exit_now = os.getpid, os._exit
    handle = namespace["handle"]
    allocate_lock = namespace["_allocate_lock"]
    cell = {}

    def send_mark(text):
        """Returns when the host has it: who takes this descriptor away hears no confirmation, and waits for ever."""
        with cell["lock"]:
            cell["mark"].send(text)
            number = cell["mark"].recv(NONCE_BYTES * 2)
            at = number
            for _ in range(MOST_MARKS + 2):
                at = sha256(at).digest()
                if at == cell["chain"]:
                    cell["chain"] = number
                    return
        raise PermissionError("not here")

    namespace["_send_mark"] = send_mark

    def receive(channel):
        parts, left = [], 4
        head = b""
        while len(head) < 4:
            part = channel.recv(4 - len(head))
            if not part:
                exit_now(0)
            head += part
        left = unpack("<I", head)[0]
        while left > 0:
            part = channel.recv(min(left, 1 << 20))
            if not part:
                exit_now(0)
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def run(channel, mark, nonce, chain):
        process = getpid()
        send = channel.sendall
        cell.update(mark=mark, chain=chain, lock=allocate_lock())

        def say(message):
            body = dumps(message).encode("utf-8", "replace")
            send(pack("<IB", len(body), 1) + body)

        def hear():
            return loads(loads(receive(channel))["exchange"])

        namespace["_say"], namespace["_hear"] = say, hear
        while True:
            text = receive(channel).decode("utf-8", "surrogatepass")
            operation = loads(text)["op"]
            result = (shared() if operation == "shared" else handle)(text)
            # A process that the answer has forked says nothing.
            if getpid() != process:
                exit_now(0)
            body = result.encode("utf-8", "replace")
            if len(body) > LONGEST_MESSAGE:
                body = b""
            send(pack("<IB", NONCE_BYTES + len(body), 0) + nonce + body)

    return run


def limit(kind, value):
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def enter_fork(channel, mark, out, err, request, base):
    """Of the child: its descriptors, limits, files."""
    stdin = os.memfd_create("stdin")
    write_fully(stdin, request.get("stdin", "").encode("utf-8", "replace"))
    os.lseek(stdin, 0, os.SEEK_SET)
    os.dup2(stdin, 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    kept = {0, 1, 2, channel.fileno(), mark.fileno()}
    for fd in range(3, 64):
        if fd not in kept:
            try:
                os.close(fd)
            except OSError:
                pass
    os.chdir(HOME)
    os.umask(0o022)
    for name, text in request.get("files", {}).items():
        path = os.path.join(HOME, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    limit(resource.RLIMIT_NOFILE, MOST_FILES_OPEN)
    if base["confined"]:
        limit(resource.RLIMIT_NPROC, MOST_PROCESSES)
    else:
        os.setpgid(0, 0)
    limit(resource.RLIMIT_DATA, base["data"] + request["memoryBytes"])
    limit(resource.RLIMIT_AS, base["addresses"] + request["memoryBytes"] + SPARE_ADDRESSES)


def used(kind):
    """What this process has of a limited memory, to a page: there is no /proc to read it from."""
    soft, hard = resource.getrlimit(kind)
    low, high = 0, 1 << 40
    while high - low > mmap.PAGESIZE:
        middle = (low + high) // 2
        try:
            resource.setrlimit(kind, (middle, hard))
            mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
            high = middle
        except (OSError, MemoryError, ValueError):
            low = middle
    resource.setrlimit(kind, (soft, hard))
    return high


# --- The server ------------------------------------------------------------------------------------------------------


class Fork:
    """One program, from its first request until the next reset."""

    def __init__(self, run, request, base):
        self.is_script = request["op"] == "script"
        self.most_bytes = request["outputBytes"]
        self.printed, self.kept, self.received = 0, {}, bytearray()
        self.nonce = os.urandom(NONCE_BYTES)
        numbers = [os.urandom(32)]
        while len(numbers) <= MOST_MARKS + 1:
            numbers.append(hashlib.sha256(numbers[-1]).digest())
        self.numbers = numbers
        self.channel, channel = socket.socketpair()
        self.marks, mark = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.out, out = os.pipe()
        self.err, err = os.pipe()
        self.is_over = False
        chain = numbers.pop()
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                nonce = self.nonce
                for name in ("nonce", "numbers"):
                    delattr(self, name)
                del numbers
                enter_fork(channel, mark, out, err, request, base)
                run(channel, mark, nonce, chain)
            except BaseException as error:
                write_fully(2, f"harness: {type(error).__name__}: {error}".encode("utf-8", "replace"))
            finally:
                os._exit(status)
        for end in (channel, mark):
            end.close()
        for fd in (out, err):
            os.close(fd)
        for fd in (self.out, self.err, self.channel.fileno()):
            os.set_blocking(fd, False)
        self.watch = os.pidfd_open(self.pid)
        self.kept = {self.out: [], self.err: []}
        self.speaking = {self.channel.fileno(), self.marks.fileno(), self.out, self.err, self.watch}

    def descriptors(self):
        """Those that may still say something."""
        return self.speaking

    def send(self, body):
        self.channel.setblocking(True)
        try:
            self.channel.sendall(struct.pack("<I", len(body)))
            self.channel.sendall(body)
        except OSError:
            pass
        finally:
            self.channel.setblocking(False)

    def close(self):
        for one in (self.channel, self.marks):
            one.close()
        for fd in (self.out, self.err, self.watch):
            os.close(fd)

    def drain(self, fd):
        """What was printed; only a whole program's is kept."""
        try:
            while True:
                data = os.read(fd, 1 << 16)
                if not data:
                    self.speaking.discard(fd)
                    break
                self.printed += len(data)
                if self.is_script and self.printed <= self.most_bytes:
                    self.kept[fd].append(data)
                if self.printed > self.most_bytes:
                    break
        except BlockingIOError:
            pass

    def result(self, text, denied):
        streams = {}
        for fd in (self.out, self.err):
            self.drain(fd)
        if self.is_script:
            for name, fd in (("stdout", self.out), ("stderr", self.err)):
                streams[name] = b"".join(self.kept[fd]).decode("utf-8", "replace")
        to_host({"result": text, "memoryDenied": denied, "printedBytes": self.printed, **streams})

    def fatal(self, why):
        self.is_over = True
        to_host({"fatal": why, "memoryDenied": False})

    def heard(self):
        """Frames of the fork: results that have the number, and what one interpreter says to the other."""
        try:
            while data := self.channel.recv(1 << 20):
                self.received += data
            self.speaking.discard(self.channel.fileno())
        except (BlockingIOError, ConnectionError):
            pass
        while len(self.received) >= 5 and not self.is_over:
            size, kind = struct.unpack_from("<IB", self.received)
            if size > LONGEST_MESSAGE + NONCE_BYTES or kind > 1:
                self.fatal("protocol violation")
                return
            if len(self.received) < 5 + size:
                return
            body = bytes(self.received[5 : 5 + size])
            del self.received[: 5 + size]
            if kind == 1:
                text = body.decode("utf-8", "replace")
                to_host({"exchange": text, "memoryDenied": is_memory_error(text), "printedBytes": self.printed})
            elif body[:NONCE_BYTES] != self.nonce:
                self.fatal("protocol violation")
            elif size == NONCE_BYTES:
                self.fatal("what it returns takes more than 16 MB")
            else:
                text = body[NONCE_BYTES:].decode("utf-8", "replace")
                self.result(text, is_memory_error(text))

    def marked(self):
        try:
            text = self.marks.recv(512, socket.MSG_DONTWAIT)
        except OSError:
            return
        if not text:
            self.speaking.discard(self.marks.fileno())
        elif self.numbers:
            to_host({"mark": text.decode("latin-1")[:300]})
            try:
                self.marks.send(self.numbers.pop(), socket.MSG_DONTWAIT)
            except OSError:
                pass

    def ended(self):
        """It ended and said nothing: a whole program has an exit code, all others have failed."""
        self.heard()
        if self.is_over:
            return
        for fd in (self.out, self.err):
            self.drain(fd)
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.is_over = True
        if self.is_script and status >= 0:
            self.result(json.dumps({"exit": status & 0xFF, "raised": None}), False)
        else:
            said = b"".join(self.kept[self.err]).decode("utf-8", "replace")[-200:] if self.is_script else ""
            self.fatal(f"ended with status {status}" if status >= 0 else f"ended by {signal.Signals(-status).name}" + said)


def is_memory_error(text):
    return '"MemoryError"' in text and "too much output" not in text


def end_group(pid):
    """Without a namespace: the fork and what is still in its group."""
    try:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def end_all():
    """Everything in here but this process, which is the first of its namespace."""
    assert os.getpid() == 1
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def empty(folder, kept):
    try:
        os.chmod(folder, 0o1777)
    except PermissionError:
        pass
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if path in kept:
            continue
        if stat.S_ISDIR(os.lstat(path).st_mode):
            for root, folders, _ in os.walk(path):
                for one in folders:
                    if not os.path.islink(os.path.join(root, one)):
                        os.chmod(os.path.join(root, one), 0o700)
            shutil.rmtree(path)
        else:
            os.unlink(path)


def preload(names, known):
    """Packages of the user's that the next program imports: later ones find them loaded. True if there were any."""
    fresh = [name for name in names if name not in known and name not in sys.modules]
    for name in fresh:
        known.add(name)
        try:
            importlib.import_module(name)
        except BaseException:
            # The answer that imports it hears why.
            pass
    return bool(fresh)


def load_harness(folder, role):
    import asyncio  # noqa: F401

    sys.path.insert(0, os.path.join(folder, "python-library"))
    import _preload  # noqa: F401
    import _thread

    namespace = {"__name__": "harness", "__builtins__": __builtins__, "_allocate_lock": _thread.allocate_lock}
    for name in HARNESS:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            exec(compile(file.read(), name, "exec", dont_inherit=True), namespace)
    namespace["_LIBRARY"] = tuple(sys.path)
    namespace["settle"](role, -1)

    def before_exit():
        threading = sys.modules.get("threading")
        if threading is not None:
            threading._shutdown()
        namespace["atexit"]._run_exitfuncs()

    namespace["_before_exit"] = before_exit
    for name in ("_side_by_side", "_hashes", "_preload"):
        sys.modules.pop(name, None)
    return namespace


def main():
    folder, role, uid, about = sys.argv[1:5]
    about = json.loads(about)
    sys.path[:] = about["path"]
    if uid != "-":
        # Limits of the number of processes hold for nobody but ordinary users.
        os.setgroups([])
        os.setresgid(int(uid), int(uid), int(uid))
        os.setresuid(int(uid), int(uid), int(uid))
    sys.argv[:] = ["answer.py"]
    for fd in (HOST_IN, HOST_OUT):
        fcntl.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    namespace = load_harness(folder, role)
    made = []

    def shared():
        return made[0]

    run = make_fork(namespace, shared)
    made.append(namespace["_make_shared"](namespace["raised"]))
    for name in ("ctypes", "_ctypes"):
        sys.modules.pop(name, None)
    base = {
        "data": used(resource.RLIMIT_DATA),
        "addresses": used(resource.RLIMIT_AS),
        "confined": about["confined"],
    }
    os.chdir(HOME)
    to_host({"ready": True})
    serve(run, made[0], base, about["kept"])


def serve(run, shared, base, kept):
    fork, loaded = None, set()
    while True:
        poll = select.poll()
        for fd in [HOST_IN] if fork is None or fork.is_over else [HOST_IN, *fork.descriptors()]:
            poll.register(fd, select.POLLIN)
        ready = {fd for fd, _ in poll.poll()}
        if fork is not None and not fork.is_over:
            attend(fork, ready)
        if HOST_IN not in ready:
            continue
        request = json.loads(bytes(read_frame(HOST_IN)))
        if request["op"] == "reset":
            if base["confined"]:
                end_all()
            elif fork is not None:
                end_group(fork.pid)
            if fork is not None:
                fork.close()
            fork = None
            # Without protection the others are the user's own.
            for one in OPEN_FOLDERS if base["confined"] else [HOME]:
                empty(one, kept)
            to_host({"done": True})
            continue
        body = read_frame(HOST_IN)
        if fork is None:
            if preload(request["preload"], loaded):
                shared.know_classes()
                base.update(data=used(resource.RLIMIT_DATA), addresses=used(resource.RLIMIT_AS))
            fork = Fork(run, request, base)
        if not fork.is_over:
            fork.send(body)
        wipe(body)


def attend(fork, ready):
    if fork.marks.fileno() in ready:
        fork.marked()
    if fork.channel.fileno() in ready:
        fork.heard()
    for fd in (fork.out, fork.err):
        if fd in ready and not fork.is_over:
            fork.drain(fd)
    if fork.printed > fork.most_bytes and not fork.is_over:
        fork.is_over = True
        os.kill(fork.pid, signal.SIGKILL)
        to_host({"result": "null", "memoryDenied": False, "printedBytes": fork.printed})
    if fork.watch in ready and not fork.is_over:
        fork.ended()


if __name__ == "__main__":
    main()
