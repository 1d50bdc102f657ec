"""The window: puts its parts together and remembers where they were."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import KinebrushError
from desktop.storage.latest import LatestWriter
from desktop.ui.about import About, Shortcuts
from desktop.ui.actions import MENUS, SEPARATOR, Actions
from desktop.ui.backend import Backend, ServiceState
from desktop.ui.controls import ToastStack, rule
from desktop.ui.docking import Stage, add_dock, add_strip
from desktop.ui.document_actions import DocumentActions
from desktop.ui.documents import Documents
from desktop.ui.edit_actions import EditActions
from desktop.ui.errands import Spawn
from desktop.ui.job_actions import JobActions
from desktop.ui.jobs.dock import JobsDock
from desktop.ui.mask_actions import MaskActions
from desktop.ui.mask_exports import MaskExports
from desktop.ui.memory import Memory
from desktop.ui.paint_face import LEAST_WIDTH, PaintFace
from desktop.ui.palette import Palette
from desktop.ui.panel.areas_panel import AreasPanel
from desktop.ui.panel.checks_panel import ChecksPanel
from desktop.ui.panel.column import PanelColumn
from desktop.ui.panel.words_panel import WordsPanel
from desktop.ui.picture_actions import PictureActions
from desktop.ui.player.face import TakesFace
from desktop.ui.preferences import Preferences
from desktop.ui.service_actions import TONES, ServiceActions, service_text
from desktop.ui.session import Session
from desktop.ui.status_bar import StatusBar
from desktop.ui.theme import Mode, Theme, Tone
from desktop.ui.title_bar import TitleBar
from desktop.ui.tokens import SPACE
from desktop.ui.tool_bars import ToolStrip
from desktop.ui.wheel import Wheel
from desktop.ui.window_memory import changes, window_kept

PANEL_WIDTH = 330
JOBS_HEIGHT = 190
"""The header and three rows."""


class MainWindow(QMainWindow):
    """Everything a person sees. ``close_asked`` is answered by the application, which ends things in order."""

    close_asked = Signal()

    def __init__(
        self,
        session: Session,
        documents: Documents,
        backend: Backend,
        theme: Theme,
        spawn: Spawn,
        memory: Path,
        writer: LatestWriter,
    ) -> None:
        super().__init__()
        self.session, self.documents, self.backend, self.theme = session, documents, backend, theme
        self._memory = Memory(memory, writer, self)
        self._closing = False
        self.setWindowTitle("Kinebrush[*]")
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)
        self.resize(1600, 1000)
        self.actions_ = Actions(self)
        for action in self.actions_:
            self.addAction(action)
        self.menu = self._make_menu()
        self.title = TitleBar(self.menu)
        head = QWidget()
        above = QVBoxLayout(head)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(0)
        above.addWidget(self.title)
        above.addWidget(rule())
        self.setMenuWidget(head)
        self.paint = PaintFace(session, self.actions_)
        self.takes = TakesFace()
        self.status = StatusBar()
        self._lay_out_stage()
        self._lay_out_panel()
        self._lay_out_jobs()
        self.toasts = ToastStack(self.faces, bottom=2 * SPACE)
        self.toasts.keep_to(self.paint.room, self.takes.player.room)
        self.toasts.keep_free(self.paint.area_ops, self.paint.navigator, self.paint.zoom_bar)
        self.palette_ = Palette(self.actions_, self)
        self.documents_ = DocumentActions(self, self.actions_, session, documents, spawn)
        self.menus["Shot"].insertMenu(self.actions_["sample"], self.documents_.recent_menu)
        self.masks = MaskActions(self, self.paint.canvas, self.actions_, session, spawn)
        self.mask_exports = MaskExports(self, self.actions_, session, spawn)
        self.pictures = PictureActions(self, self.paint.canvas, self.actions_, spawn)
        preview = self.paint.area_ops.draft
        self.edits = EditActions(self.actions_, session, self.areas, self.paint.canvas, preview, self)
        self.services = ServiceActions(self, self.actions_, backend, spawn)
        self.jobs_ = JobActions(
            self, self.actions_, session, documents, backend, self.jobs, self.takes, spawn
        )
        self._connect()
        self._restore()
        self.refresh()

    # --- parts --------------------------------------------------------------------------------------------------

    def _make_menu(self) -> QMenu:
        """The menus under the mark; on macOS the system's bar shows them too."""
        whole = QMenu(self)
        self.menus: dict[str, QMenu] = {}
        for title in MENUS:
            menu = self.menus[title] = whole.addMenu(title)
            for entry in self.actions_.rows:
                if entry.menu == title:
                    if entry.title == SEPARATOR:
                        menu.addSeparator()
                    else:
                        menu.addAction(self.actions_[entry.name])
        return whole

    def _lay_out_stage(self) -> None:
        left = Qt.ToolBarArea.LeftToolBarArea
        self.strip = add_strip(self, "Tools", ToolStrip(self.actions_), left)
        self.faces = Stage(LEAST_WIDTH)
        self.faces.addWidget(self.paint)
        self.faces.addWidget(self.takes)
        self.setCentralWidget(self.faces)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        bar = QWidget()
        bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(bar)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(rule())
        layout.addWidget(self.status)
        add_strip(self, "Status", bar, Qt.ToolBarArea.BottomToolBarArea)

    def _lay_out_panel(self) -> None:
        self.areas = AreasPanel(self.session)
        self.words = WordsPanel(self.session)
        self.checks = ChecksPanel(self.session)
        whole = PanelColumn(self.areas, self.words, self.checks)
        self.panel = add_dock(self, "Panel", whole, Qt.DockWidgetArea.RightDockWidgetArea)
        self.resizeDocks([self.panel], [PANEL_WIDTH], Qt.Orientation.Horizontal)

    def _lay_out_jobs(self) -> None:
        self.jobs = JobsDock(self.backend.picture_of)
        self.jobs.set_known(False)
        self.backend.followed.connect(self._jobs_known)
        self.jobs.folded_changed.connect(self._jobs_folded)
        self.jobs_dock = add_dock(self, "Jobs", self.jobs, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.resizeDocks([self.jobs_dock], [JOBS_HEIGHT], Qt.Orientation.Vertical)

    # --- wiring -------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        actions, canvas = self.actions_, self.paint.canvas
        for action in actions:
            name = action.objectName()
            if name.startswith(("tool-", "canvas-", "theme-", "area-")):
                action.triggered.connect(self._run_named)
        for name, slot in {
            "face-paint": self.show_paint,
            "face-takes": self.show_takes,
            "jobs": self._toggle_jobs,
            "panel": self._toggle_panel,
            "full-screen": self._toggle_full_screen,
            "palette": self._open_palette,
            "focus-canvas": self._focus_canvas,
            "focus-prompt": self._focus_prompt,
            "focus-jobs": self._focus_jobs,
            "preferences": self.open_preferences,
            "shortcuts": self.open_shortcuts,
            "about": self.open_about,
            "logs": self._show_logs,
            "quit": self.close,
        }.items():
            actions.on(name, slot)
        self.title.faces.changed.connect(self._face_chosen)
        self.title.search.clicked.connect(self._open_palette)
        self.title.gear.clicked.connect(self.open_preferences)
        self.title.service_menu_asked.connect(self._open_service_menu)
        canvas.tool_changed.connect(self._tool_changed)
        canvas.hint_changed.connect(self.status.show_hints)
        canvas.cursor_moved.connect(self.status.show_position)
        canvas.cursor_left.connect(self.status.clear_position)
        canvas.dropped.connect(self._dropped)
        canvas.failed.connect(self.say_wrong)
        self.words.end_frame_asked.connect(self.documents_.ask_end_frame)
        self.words.end_frame_dropped.connect(self.documents_.set_end_frame)
        self.checks.generate_asked.connect(actions["generate"].trigger)
        self.checks.problems_changed.connect(self._problems_changed)
        telling = (self.services, self.masks, self.mask_exports, self.pictures)
        for source in (*telling, self.documents_, self.jobs_):
            source.failed.connect(self.report)
        for teller in telling:
            teller.told.connect(self.say)
        self.masks.asked.connect(self.toasts.keep_free)
        self.documents_.first_look = self.masks.offer
        self.masks.picture_asked.connect(self.documents_.open_source)
        self.masks.replace_asked.connect(self.pictures.replace_by)
        self.paint.sent.asked.connect(self._show_sent)
        self.paint.sent.found.connect(self._show_sent)
        actions["navigator"].setChecked(True)
        actions["navigator"].toggled.connect(self.paint.navigator.set_wanted)
        self.jobs.key_asked.connect(self.services.ask_key)
        self.jobs.counts_changed.connect(self.status.show_jobs)
        self.jobs_.told.connect(self._told)
        self.jobs_.busy_changed.connect(self.checks.set_busy)
        self.jobs_.show_takes_asked.connect(self.show_takes)
        self.jobs_.show_paint_asked.connect(self.show_paint)
        self.documents.busy_changed.connect(self.status.show_busy)
        self.documents.path_changed.connect(self.refresh)
        self.documents.picture_taken.connect(canvas.expect)
        self.documents.waiting = canvas.waiting
        self.documents_.keep_selection = canvas.keep_selection
        self.documents.waiting_found.connect(canvas.take_up)
        canvas.waiting_changed.connect(self.documents.waiting_changed)
        self.backend.service_changed.connect(self._service_changed)
        self.backend.settings_changed.connect(self._settings_changed)
        for signal in (
            self.session.shot_replaced,
            self.session.name_changed,
            self.session.dirty_changed,
            self.session.history_changed,
            self.session.picture_changed,
        ):
            signal.connect(self.refresh)
        self.session.notice.connect(self.say)
        self._tool_changed(canvas.tool_name)
        self.paint.tell_hints()
        actions["face-paint"].setChecked(True)
        actions["panel"].setChecked(True)
        actions["jobs"].setChecked(True)
        actions[f"theme-{self.theme.mode}"].setChecked(True)
        self._take_wheel()
        self._service_changed(self.backend.service_state)

    def refresh(self, *_: object) -> None:
        """Names, states and what can be done now."""
        shot, actions = self.session.shot, self.actions_
        path = self.documents.path
        name = "" if shot is None else (path.name if path is not None else shot.name)
        kept = "saved" if path is not None else "new"
        state = "" if shot is None else ("not saved" if self.session.modified else kept)
        self.title.show_document(name, state)
        self.setWindowTitle(f"{name}[*] – Kinebrush" if name else "Kinebrush[*]")
        self.setWindowModified(self.session.modified)
        for needs in ("save", "save-as", "end-frame"):
            actions[needs].setEnabled(shot is not None)
        if shot is None:
            self.status.show_picture(0, 0)
        else:
            self.status.show_picture(shot.image.width, shot.image.height)

    # --- what is said -------------------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """A piece of news that goes away by itself."""
        self.toasts.show_toast(sentence)

    def say_wrong(self, sentence: str, details: str = "") -> None:
        """Something went wrong; it stays until it is closed."""
        self.toasts.show_toast(sentence, Tone.BAD, details=details)

    def report(self, error: KinebrushError) -> None:
        """The error of something the user asked for."""
        self.say_wrong(str(error), error.details)

    def _told(self, sentence: str, tone: Tone, action: str, on_action: object) -> None:
        slot = on_action if callable(on_action) else None
        self.toasts.show_toast(sentence, tone, action=action, on_action=slot)

    # --- faces --------------------------------------------------------------------------------------------------

    def show_paint(self) -> None:
        """Paint."""
        self._show_face("paint")

    def show_takes(self) -> None:
        """Watch takes."""
        self._show_face("takes")

    def _face_chosen(self, key: str) -> None:
        self._show_face(key)

    def _show_face(self, key: str) -> None:
        paint = key == "paint"
        self.faces.setCurrentWidget(self.paint if paint else self.takes)
        self.strip.setVisible(paint)
        self.panel.setVisible(paint and self.actions_["panel"].isChecked())
        self.jobs_dock.setVisible(paint and self.actions_["jobs"].isChecked())
        self.status.set_watching(not paint)
        self.title.faces.set_value(key)
        self.actions_[f"face-{key}"].setChecked(True)
        for action in self.actions_:
            if action.objectName().startswith(("tool-", "canvas-", "area-")):
                action.setEnabled(paint)  # nothing is painted unseen
        if paint:
            self.takes.player.bridge.player.pause()
            self.paint.tell_hints()
            self.paint.canvas.setFocus()
        else:
            self.status.show_hints(
                [
                    ("Space", "play"),
                    ("← →", "frame"),
                    ("I O", "A-B"),
                    ("J K L", "speed"),
                    ("F", "full screen"),
                ]
            )
            self.takes.player.setFocus()

    # --- slots --------------------------------------------------------------------------------------------------

    def _run_named(self) -> None:
        kind, _, what = self.sender().objectName().partition("-")
        if kind == "tool":
            self.paint.canvas.set_tool(what)
        elif kind == "canvas":
            self.paint.canvas.run(what)
        elif kind == "area":
            self.show_paint()
            self.paint.area_ops.start(what)
        elif kind == "theme":
            self.theme.set_mode(Mode(what))
            self.backend.save_theme(what)

    def _tool_changed(self, name: str) -> None:
        self.actions_[f"tool-{name}"].setChecked(True)

    def _toggle_jobs(self) -> None:
        self.jobs_dock.setVisible(self.actions_["jobs"].isChecked())

    def _jobs_known(self) -> None:
        self.jobs.set_known(True)

    def _jobs_folded(self, folded: bool) -> None:
        if not folded:
            self.resizeDocks([self.jobs_dock], [JOBS_HEIGHT], Qt.Orientation.Vertical)

    def _toggle_panel(self) -> None:
        self.panel.setVisible(self.actions_["panel"].isChecked())

    def _show_sent(self, _: object = None) -> None:
        self.checks.set_sent(self.paint.sent.last)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _open_palette(self) -> None:
        self.palette_.open_over(self)

    def _focus_canvas(self) -> None:
        self.show_paint()

    def _focus_prompt(self) -> None:
        self.show_paint()
        self.words.prompt.setFocus()

    def _focus_jobs(self) -> None:
        self.actions_["jobs"].setChecked(True)
        self.jobs_dock.setVisible(True)
        self.jobs.take_focus()

    def _open_service_menu(self, at: QPoint) -> None:
        self.services.open_menu(at)

    def _problems_changed(self, _: object) -> None:
        self.actions_["generate"].setEnabled(self.checks.generate.isEnabled())

    def _service_changed(self, state: ServiceState) -> None:
        self.title.show_service(service_text(state), TONES[state.key])
        self.paint.canvas.options.crop.set_limits(self.backend.conventions)
        self.checks.set_service(
            state.service, self.backend.conventions, self.backend.settings.price_per_second
        )

    def _settings_changed(self, _: object) -> None:
        self._service_changed(self.backend.service_state)
        mode = Mode(self.backend.settings.theme)
        self.theme.set_mode(mode)
        self.actions_[f"theme-{mode}"].setChecked(True)
        self._take_wheel()

    def _take_wheel(self) -> None:
        self.paint.canvas.wheel = self.takes.player.stage.wheel = Wheel(self.backend.settings.wheel)

    def _dropped(self, mime: QMimeData) -> None:
        self._take(mime)

    def _take(self, mime: QMimeData) -> bool:
        taken = self.documents_.take(mime)
        if not taken:
            self.say("That is no picture and no shot; drop a picture, a shot or the address of a picture.")
        return taken

    # --- windows ------------------------------------------------------------------------------------------------

    def open_preferences(self) -> None:
        """Preferences."""
        dialog = Preferences(self.backend.settings, self)
        dialog.applied.connect(self.backend.save_settings)
        dialog.open()

    def open_shortcuts(self) -> None:
        """All keys."""
        Shortcuts(self.actions_, self).open()

    def open_about(self) -> None:
        """Versions and licences."""
        About(self).open()

    def _show_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.backend.log_folder)))

    # --- life ---------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._take(event.mimeData()):
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closing:
            event.accept()
            return
        event.ignore()
        self.close_asked.emit()

    def really_close(self) -> None:
        """The application has put everything in order: go."""
        self._closing = True
        self._memory.close()
        self.takes.shutdown()
        self.paint.stop()
        for widget in QApplication.topLevelWidgets():
            if widget is not self and widget.isVisible():
                widget.close()  # a menu or a dialog that is open
        self.close()

    def _restore(self) -> None:
        self.jobs.restore_folded(None, until_known=True)
        self._memory.recall(window_kept(self))
        self._memory.follow(*changes(self))
        self._memory.watch(self, self.faces)  # the faces give way to whatever else is resized
        self.strip.setVisible(True)
        self.panel.setVisible(True)
        self.jobs_dock.setVisible(True)
        self.paint.canvas.setFocus()
