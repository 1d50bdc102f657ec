"""What every test stands on: no screen, no home of the user's, no key ring, no clock in hypothesis."""

import os

if not os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen:"):  # one that a test has laid out
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything can load Qt

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("kinebrush", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kinebrush")

pytest_plugins = ["tests.simulator"]

_HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
_XDG = {
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".state",
}


@pytest.fixture(scope="session", autouse=True)
def home_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests and the processes they start see an empty home, an empty key ring and no key."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in _HOMES:
            patch.setenv(name, str(home))
        for name, folder in _XDG.items():
            patch.setenv(name, str(home / folder))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        for name in [name for name in os.environ if name.startswith("KINEBRUSH_")]:
            patch.delenv(name)
        yield
