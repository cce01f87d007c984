"""For all tests: test processes are told apart, and the user's cache stays as it is."""

import os
import signal
from pathlib import Path

import pytest

os.environ["TEST_PROCESS_OF_BACKEND_AUDIT"] = str(os.getpid())  # inherited by the workers that a test starts
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # of a shell's background job, and inherited as well; some tests send it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.getbasetemp() / "cache"
    monkeypatch.setenv("BACKEND_AUDIT_CACHE_DIR", str(folder))
    return folder
