"""The rules of a run itself: a suite over its budget fails it, and so does a skipped test where all are required."""

from pathlib import Path

import pytest

PASSES = "def test_nothing() -> None:\n    pass\n"
SLEEPS = "import time\n\ndef test_that_sleeps() -> None:\n    time.sleep(0.2)\n"
SKIPS = "import pytest\n\ndef test_that_skips() -> None:\n    pytest.skip('no server')\n"
SKIPS_WHOLE = "import pytest\n\npytest.skip('no server', allow_module_level=True)\n"
EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_known() -> None:\n    assert 1 == 2\n"


def run(pytester: pytest.Pytester, source: str, *options: str, folder: str = "tests/domain") -> pytest.RunResult:
    """Run a small test file, in the given folder, under this repository's rules."""
    put(pytester, source, folder)
    return pytester.runpytest_inprocess("-p", "tests.conftest", "-p", "no:cacheprovider", *options)


def put(pytester: pytest.Pytester, source: str, folder: str) -> None:
    """Write a small test file and nothing around it."""
    path = pytester.path / folder / f"test_in_{Path(folder).name}.py"
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    pytester.makeini("[pytest]\nmarkers =\n    domain: rules\n    api: HTTP\n    chromium: pages\n")


@pytest.fixture(autouse=True)
def _our_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # each run would import them anew
    monkeypatch.delenv("REQUIRE_ALL", raising=False)
    monkeypatch.delenv("BUDGET_FACTOR", raising=False)


def test_a_suite_within_its_budget_passes(pytester: pytest.Pytester) -> None:
    result = run(pytester, SLEEPS)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.re_match_lines([r"domain +1 +0\.[2-9] +0\.0 +60  ok"])


def test_a_suite_over_its_budget_fails_the_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDGET_FACTOR", "0.001")
    result = run(pytester, SLEEPS)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["domain * OVER BUDGET", "FAILED: a suite is over its budget", "*1 passed*"])


def test_a_test_that_belongs_to_no_suite_fails_the_run(pytester: pytest.Pytester) -> None:
    result = run(pytester, SLEEPS, folder="tests/elsewhere")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["no suite * OVER BUDGET"])


def test_what_is_started_once_a_run_is_counted_and_named(pytester: pytest.Pytester) -> None:
    server = "import time, pytest\n\n@pytest.fixture(scope='session')\ndef server():\n    time.sleep(0.3)\n"
    result = run(pytester, server + "\ndef test_a(server):\n    pass\n\ndef test_b(server):\n    pass\n")
    result.stdout.re_match_lines([r"domain +2 +0\.[3-9] +0\.[3-9] +60  ok  \(server\)"])


@pytest.mark.parametrize("source", [SKIPS, SKIPS_WHOLE])
def test_a_skip_passes_on_a_developers_machine(pytester: pytest.Pytester, source: str) -> None:
    result = run(pytester, source)
    assert result.ret in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    result.assert_outcomes(skipped=1)


@pytest.mark.parametrize("source", [SKIPS, SKIPS_WHOLE])
def test_a_skip_fails_where_everything_is_required(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setenv("REQUIRE_ALL", "1")
    result = run(pytester, source)
    assert result.ret not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    result.stdout.fnmatch_lines(["*REQUIRE_ALL=1 allows no skipped test. Skipped: no server*"])


def test_an_expected_failure_is_no_skip(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_ALL", "1")
    run(pytester, EXPECTED_FAILURE).assert_outcomes(xfailed=1)


def test_a_suite_is_selected_by_its_name_although_no_test_was_marked_by_hand(pytester: pytest.Pytester) -> None:
    put(pytester, PASSES, "tests/api")
    run(pytester, PASSES, "-m", "domain").assert_outcomes(passed=1, deselected=1)


def test_chromium_runs_last_although_its_folder_sorts_before_others(pytester: pytest.Pytester) -> None:
    put(pytester, PASSES, "tests/api")
    put(pytester, PASSES, "tests/browser")
    result = run(pytester, PASSES, "-v")
    result.stdout.fnmatch_lines(
        ["*test_in_domain.py*PASSED*", "*test_in_api.py*PASSED*", "*test_in_browser.py*PASSED*"]
    )
