"""The Dockerfile, compose.yaml and the proxy's file agree with the app, and give the app no more than it needs."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.hosting import check

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dockerfile():
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


@pytest.fixture(scope="module")
def proxy():
    return (ROOT / "docs" / "Caddyfile").read_text(encoding="utf-8")


def test_the_app_runs_as_nobody_special_and_writes_below_data(dockerfile, tmp_path):
    assert dockerfile.index("USER lab") < dockerfile.index("CMD ")
    own = check.variables(dockerfile, tmp_path)
    written = {"HOME", "LOSS_LAB_DATA", "LOSS_LAB_RUNS", "LOSS_LAB_CACHE"}
    assert all(own[name].startswith(f"{tmp_path}/data/") for name in written)
    assert own["LOSS_LAB_PRIVATE"] == "1" and "VOLUME /data" in dockerfile


def test_both_files_pass_options_for_pip_on(dockerfile, services):
    assert re.search(r'^ARG PIP_OPTIONS=""$', dockerfile, re.MULTILINE)
    assert 'make .venv/app PIP_OPTIONS="$PIP_OPTIONS"' in dockerfile
    assert services["app"]["build"]["args"]["PIP_OPTIONS"] == "${PIP_OPTIONS:-}"


def test_containers_are_read_only_and_have_no_powers(services):
    for name, service in services.items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
    assert services["app"]["user"] == "1000:1000"
    assert services["app"]["security_opt"] == ["no-new-privileges:true"]
    assert services["app"]["ports"] == ["127.0.0.1:8501:8501"], "only the proxy is reached from outside"
    assert services["proxy"]["profiles"] == ["proxy"]


def test_the_proxy_takes_the_uploads_that_the_app_takes_and_closes_the_metrics(proxy):
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    (most,) = re.findall(r"max_size (\d+)MiB", proxy)
    assert config["server"]["maxUploadSize"] < int(most) < config["server"]["maxUploadSize"] * 1.1
    assert re.search(r"@closed path /_stcore/metrics\*\s+respond @closed 404", proxy)
    for header in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
        assert f"\t{header} " in proxy


def test_the_command_listens_where_the_container_is_reached(dockerfile):
    assert check.command(dockerfile)[-2:] == ["--server.address=0.0.0.0", "--server.headless=true"]


def test_the_check_copies_what_the_image_gets(tmp_path):
    app = check.copied(tmp_path)
    assert (app / "streamlit_app.py").is_file() and (app / "Dockerfile").is_file()
    assert not (app / "tests").exists() and not (app / "benchmarks").exists()
