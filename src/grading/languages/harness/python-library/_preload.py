"""What is loaded before the state that programs start from."""

import concurrent.futures.thread  # noqa: F401
import logging  # noqa: F401
import tempfile  # noqa: F401
import unittest.mock  # noqa: F401

import _hashes  # noqa: F401
import _side_by_side  # noqa: F401
import pytest  # noqa: F401
