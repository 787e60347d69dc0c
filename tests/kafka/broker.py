"""A real Kafka broker for the tests: one process in KRaft mode, from jars that Maven brings once.

`python -m tests.kafka.broker` brings the jars, so that the first test need not wait for them.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from platformdirs import user_cache_path

from tests.servers import ServerMissingError

POM = Path(__file__).with_name("pom.xml")
CLUSTER = "dmlzaXQtbGVkZ2VyLWthZg"
UP_WITHIN_S, FETCHED_WITHIN_S = 60.0, 300
JAVA = ("java", "-Xmx384m", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
INSTALL = "apt-get install default-jre-headless maven"

PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
log.dirs={logs}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=2097152
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=200
num.network.threads=1
num.io.threads=2
"""


class KafkaServer:
    """A broker on a folder of its own. It can be stopped and started again, with what it holds."""

    def __init__(self, jars: Path, folder: Path) -> None:
        self._jars, self._folder = jars, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._port, controller = free_ports()
        self.address = f"127.0.0.1:{self._port}"
        self._properties = folder / "server.properties"
        self._properties.write_text(
            PROPERTIES.format(broker=self._port, controller=controller, logs=folder / "logs"), encoding="utf-8"
        )
        format_once(jars, self._properties, folder / "logs")

    def fresh_topic(self) -> str:
        """The name of a topic that is not there yet."""
        return f"events.{next(self._numbers)}"

    def start(self) -> None:
        """Start it and wait until it answers. Raises `ServerMissingError`."""
        output = (self._folder / "output").open("ab")
        with output:
            self._process = subprocess.Popen(
                [*JAVA, "-cp", f"{self._jars}/*", "kafka.Kafka", str(self._properties)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + UP_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                said = (self._folder / "output").read_text(encoding="utf-8", errors="replace")
                raise ServerMissingError(f"Kafka did not start: {INSTALL}. It said: {said[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once: what it has acknowledged is in its files."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return True
        except OSError:
            return False


@contextmanager
def running_kafka() -> Iterator[KafkaServer]:
    """Start a broker, and remove it afterwards. Raises `ServerMissingError`."""
    with TemporaryDirectory(prefix="ledger-kafka-", ignore_cleanup_errors=True) as folder:
        server = KafkaServer(fetch_jars(), Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def fetch_jars() -> Path:
    """Bring the jars of the pom, once for each user and pom, and give their folder. Raises `ServerMissingError`."""
    digest = sha256(POM.read_bytes()).hexdigest()[:16]
    jars = user_cache_path("visit-ledger") / f"kafka-{digest}"
    if jars.exists():
        return jars
    jars.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=jars.parent, ignore_cleanup_errors=True) as fetched:
        goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fetched}/jars")
        run("mvn", "-q", "-B", "-f", str(POM), *goal)
        if not jars.exists():
            (Path(fetched) / "jars").rename(jars)
    return jars


def format_once(jars: Path, properties: Path, logs: Path) -> None:
    """Make a new broker's folder: by its own tool the first time, and by copying what that made ever after."""
    made = jars.with_name(f"{jars.name}-formatted")
    if not made.exists():
        tool = ("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(properties))
        run(*JAVA, "-cp", f"{jars}/*", *tool)
        shutil.copytree(logs, made, dirs_exist_ok=True)
        return
    shutil.copytree(made, logs)


def run(*command: str) -> None:
    """Run a command to its end. Raises `ServerMissingError`."""
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=FETCHED_WITHIN_S)
    except FileNotFoundError as error:
        raise ServerMissingError(f"Kafka needs {command[0]}: {INSTALL}") from error
    except subprocess.SubprocessError as error:
        said = getattr(error, "stdout", None) or b""
        raise ServerMissingError(f"Kafka's jars cannot be brought: {INSTALL}. {said[-1000:]!r}") from error


def free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


if __name__ == "__main__":
    fetch_jars()
