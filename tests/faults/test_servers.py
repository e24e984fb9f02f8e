"""Servers that are killed, and two servers on the same folders."""

import pytest

from tests.faults import servers

pytestmark = pytest.mark.skipif("sys.platform != 'linux'", reason="the faults are made with Linux's means")


def test_a_job_outlives_its_server(bench, tally):
    servers.kills(bench, tally, 1)


def test_two_servers_share_the_folders(bench, tally):
    servers.two_at_once(bench, tally, 1)


def test_two_servers_resume_a_run_once(bench, tally):
    servers.two_resume(bench, tally)
