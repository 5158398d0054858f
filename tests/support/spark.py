"""A real standalone Spark on loopback: a master and workers from the PySpark package, ended when the context ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark

HOME = Path(pyspark.__file__).parent
START_SECONDS = 120
MEMORY = "640m"


@contextmanager
def cluster(folder: Path, *, workers: int = 2, cores: int = 1, memory: str = MEMORY) -> Iterator[str]:
    """Start a master and workers; yield the master's URL. Their logs and work directories are in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    master = f"spark://127.0.0.1:{port}"
    with ExitStack() as stack:
        run = "org.apache.spark.deploy"
        stack.enter_context(_process(folder, f"{run}.master.Master", "--host", "127.0.0.1", "--port", str(port)))
        _wait_for(port)
        for number in range(workers):
            options = ("--host", "127.0.0.1", "--cores", str(cores), "--memory", memory)
            work = ("-d", str(folder / f"work-{number}"), master)
            stack.enter_context(_process(folder, f"{run}.worker.Worker", *options, *work))
        yield master


@contextmanager
def _process(folder: Path, name: str, *arguments: str) -> Iterator[None]:
    environment = os.environ | {
        "SPARK_HOME": str(HOME),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "160m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "PYSPARK_PYTHON": sys.executable,
    }
    command = [str(HOME / "bin" / "spark-class"), name, "--webui-port", str(_free_port()), *arguments]
    with (folder / "daemons.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError("Spark's master does not answer.") from None
            time.sleep(0.1)
        else:
            return
