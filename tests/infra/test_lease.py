"""What only one may do at a time: the second waits its turn, and gets it when the first is gone."""

from pathlib import Path

import pytest

from infra.lease import lease_of
from infra.settings import Settings
from tests.infra.stores import run_sql

HANG_UP = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture
def settings(log_url: str, tmp_path: Path) -> Settings:
    """A log on either store."""
    return Settings(data_dir=tmp_path, store_url=log_url if log_url.startswith("postgres") else "")


def test_one_has_it_until_it_is_given_back(settings: Settings) -> None:
    one, other, elsewhere = lease_of(settings, "publish"), lease_of(settings, "publish"), lease_of(settings, "other")
    assert one.take()
    assert one.take()  # it has it already
    assert not other.take()
    assert elsewhere.take()
    one.release()
    assert other.take()
    assert not one.take()
    other.release()
    elsewhere.release()


def test_whose_connection_is_cut_has_it_no_more(settings: Settings, log_url: str) -> None:
    if not settings.on_postgresql:
        return  # a file's lock goes with its process
    one, other = lease_of(settings, "publish"), lease_of(settings, "publish")
    assert one.take()
    run_sql(log_url, HANG_UP)
    assert other.take()
    assert not one.take()
    other.release()
