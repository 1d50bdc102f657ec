"""Both themes, hands for a canvas, what it tells the person, and what the window's tests leave behind."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop.ui.canvas.view import CanvasView
from desktop.ui.theme import Mode, Theme
from tests.canvas_hands import Hands


@pytest.fixture(scope="module", autouse=True)
def no_widget_outlives_its_module() -> Iterator[None]:
    """Widgets that a module's tests left are deleted, or each change of the theme would dress them again."""
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication):
        for widget in app.topLevelWidgets():
            widget.close()
            widget.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()


@pytest.fixture
def hands(view: CanvasView) -> Hands:
    """Hands on the module's ``view``."""
    return Hands(view)


@pytest.fixture
def said(view: CanvasView) -> list[str]:
    """The sentences that the session of the module's ``view`` tells the person, as they come."""
    told: list[str] = []
    view.session.notice.connect(told.append)
    return told


@pytest.fixture(params=[Mode.DARK, Mode.LIGHT], ids=str)
def theme(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Theme]:
    """The application in its colours, dark and light."""
    theme = Theme(qapp, request.param)
    yield theme
    theme.setParent(None)
    theme.deleteLater()
