"""The processes of the codecs are shared by the tests of this folder and ended after them."""

from collections.abc import Iterator

import pytest

from tumorboard.dicom.decoder_pool import close_decoders


@pytest.fixture(scope="session", autouse=True)
def _decoders_end() -> Iterator[None]:
    yield
    close_decoders()
