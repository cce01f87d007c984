"""For all tests: each test process is told apart from the others, and no configuration of the user's is read."""

import os

os.environ["BACKEND_AUDIT_TEST_PROCESS"] = str(os.getpid())
