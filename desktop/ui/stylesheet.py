"""The one stylesheet: dress for Qt's own widgets, made from the tokens. Fonts are set by fonts, never here."""

from desktop.ui.tokens import RADIUS, Tokens, icons_folder


def stylesheet(tokens: Tokens) -> str:
    """Qt Style Sheet of one mode."""
    t = tokens
    drawn = (icons_folder() / t.name).as_posix()
    return f"""
QWidget[surface="stage"] {{ background: {t.stage}; }}
QWidget[surface="window"] {{ background: {t.window}; }}
QWidget[surface="panel"] {{ background: {t.panel}; }}
QWidget[surface="raised"] {{ background: {t.raised}; border-radius: {RADIUS}px; }}

QMainWindow, QDialog, QMessageBox {{ background: {t.window}; }}
QMainWindow::separator {{ background: {t.line}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {t.accent}; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:hover {{ background: {t.accent}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}

QLabel {{ background: transparent; color: {t.text}; }}
QLabel[ink="muted"] {{ color: {t.muted}; }}
QLabel[ink="faint"], QLabel:disabled {{ color: {t.faint}; }}
QLabel[ink="accent"] {{ color: {t.accent}; }}
QLabel[ink="good"] {{ color: {t.good}; }}
QLabel[ink="warn"] {{ color: {t.warn}; }}
QLabel[ink="bad"] {{ color: {t.bad}; }}

QLineEdit, QPlainTextEdit, QTextEdit, QTextBrowser, QAbstractSpinBox, QComboBox {{
    background: {t.window}; color: {t.text}; border: 1px solid {t.line}; border-radius: {RADIUS}px;
    padding: 4px 8px; selection-background-color: {t.accent}; selection-color: {t.on_accent};
    placeholder-text-color: {t.faint};
}}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus, QAbstractSpinBox:focus,
QComboBox:focus {{ border-color: {t.accent}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QAbstractSpinBox:disabled,
QComboBox:disabled {{ color: {t.faint}; background: transparent; }}
QLineEdit[look="search"] {{ padding-left: 26px; }}
QLineEdit[look="name"] {{ padding: 0 3px; }}
QPlainTextEdit, QTextEdit {{ padding: 6px 10px; }}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit {{ background: transparent; border: none; padding: 0; }}

QAbstractSpinBox {{ padding: 4px 0; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
    subcontrol-origin: border; width: 18px; border: none; background: transparent; margin: 1px;
}}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-arrow {{ image: url("{drawn}/caret-up.svg"); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url("{drawn}/caret-down.svg"); width: 10px; height: 10px; }}
QAbstractSpinBox[look="number"] {{
    background: {t.raised}; border: 1px solid {t.raised}; padding: 1px 0;
}}
QAbstractSpinBox[look="number"]::up-arrow, QAbstractSpinBox[look="number"]::down-arrow {{
    image: none; width: 0; height: 0;
}}
QAbstractSpinBox[look="number"]::up-button, QAbstractSpinBox[look="number"]::down-button {{
    width: 0; margin: 0; subcontrol-origin: padding;
}}
QAbstractSpinBox[look="number"]:hover {{ border-color: {t.line}; }}
QAbstractSpinBox[look="number"]:focus {{ border-color: {t.accent}; }}
QAbstractSpinBox[look="number"]:disabled {{ background: transparent; border-color: {t.line}; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QAbstractSpinBox[wrong="true"],
QComboBox[wrong="true"] {{ border-color: {t.bad}; }}

QComboBox {{ background: transparent; combobox-popup: 0; padding-left: 10px; }}
QComboBox:hover {{ background: {t.raised}; }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox::down-arrow {{ image: url("{drawn}/caret-down.svg"); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{
    background: {t.panel}; border: 1px solid {t.line}; outline: none; padding: 4px;
    selection-background-color: {t.raised}; selection-color: {t.text};
}}
QComboBox QAbstractItemView:focus {{ border-color: {t.line}; }}
QComboBox QAbstractItemView::item {{ min-height: 26px; padding: 0 8px; border-radius: {RADIUS}px; }}
QComboBox QAbstractItemView::item:selected {{ background: {t.raised}; color: {t.text}; }}

QSlider::groove:horizontal {{ height: 4px; background: {t.line}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{
    width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: {t.text};
}}
QSlider::handle:horizontal:focus {{ background: {t.accent}; }}

QPushButton {{
    background: transparent; color: {t.text}; border: 1px solid {t.line}; border-radius: {RADIUS}px;
    padding: 6px 12px;
}}
QPushButton:hover {{ background: {t.raised}; }}
QPushButton:pressed {{ background: {t.line}; }}
QPushButton:focus {{ border-color: {t.accent}; }}
QPushButton:default {{ background: {t.accent}; border-color: {t.accent}; color: {t.on_accent}; }}
QPushButton:default:focus {{ border-color: {t.on_accent}; }}
QPushButton:disabled {{ color: {t.off}; background: transparent; border-color: {t.line}; }}

QCheckBox, QRadioButton {{ background: transparent; color: {t.text}; spacing: 8px; padding: 2px; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {t.faint}; }}
QCheckBox::indicator, QRadioButton::indicator {{
    width: 14px; height: 14px; border: 1px solid {t.faint}; background: {t.window}; border-radius: 4px;
}}
QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {t.text}; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {t.accent}; }}
QCheckBox:focus, QRadioButton:focus {{ border: 1px solid {t.accent}; border-radius: {RADIUS}px; padding: 1px; }}
QCheckBox::indicator:checked {{
    background: {t.accent}; border-color: {t.accent}; image: url("{drawn}/check-on.svg");
}}
QRadioButton::indicator:checked {{
    background: {t.accent}; border-color: {t.accent}; image: url("{drawn}/dot-on.svg");
}}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{
    background: {t.raised}; border-color: {t.line};
}}
QCheckBox::indicator:checked:disabled {{ image: url("{drawn}/check.svg"); }}
QRadioButton::indicator:checked:disabled {{ image: url("{drawn}/dot.svg"); }}

QMenuBar {{ background: {t.window}; color: {t.muted}; }}
QMenuBar::item {{ background: transparent; padding: 4px 8px; border-radius: {RADIUS}px; }}
QMenuBar::item:selected {{ background: {t.raised}; color: {t.text}; }}
QMenu {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 10px; border-radius: {RADIUS}px; background: transparent; }}
QMenu::item:selected {{ background: {t.raised}; }}
QMenu::item:disabled {{ color: {t.faint}; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QMenu::indicator {{ width: 12px; height: 14px; padding-left: 8px; }}
QMenu::indicator:checked {{ image: url("{drawn}/check.svg"); }}
QMenu::right-arrow {{ image: url("{drawn}/caret-right.svg"); width: 12px; height: 12px; padding-right: 6px; }}
QFrame#palette {{ background: {t.panel}; border: 1px solid {t.line}; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px 6px; }}

QScrollArea, QScrollArea > QWidget > QWidget[surface=""] {{ background: transparent; border: none; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {t.line}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:hover {{ background: {t.faint}; }}
QScrollBar[idle="true"]::handle {{ background: transparent; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QListView, QTreeView, QTableView {{
    background: transparent; color: {t.text}; border: none; outline: none;
    selection-background-color: {t.raised}; selection-color: {t.text};
}}
QListView::item, QTreeView::item {{ padding: 4px 8px; border-radius: {RADIUS}px; }}
QListView::item:hover, QTreeView::item:hover {{ background: {t.panel}; }}
QListView::item:selected, QTreeView::item:selected {{ background: {t.raised}; color: {t.text}; }}
QListView:focus, QTreeView:focus, QTableView:focus {{ border: 1px solid {t.accent}; border-radius: {RADIUS}px; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{ background: transparent; color: {t.faint}; border: none; padding: 4px 8px; }}

QTabWidget::pane {{ border: none; }}
QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 6px 12px; border-radius: {RADIUS}px; }}
QTabBar::tab:selected {{ background: {t.raised}; color: {t.text}; }}
QTabBar::tab:focus {{ border: 1px solid {t.accent}; }}
QGroupBox {{ border: none; padding-top: 20px; }}
QGroupBox::title {{ subcontrol-origin: padding; color: {t.faint}; }}
QDockWidget {{ color: {t.muted}; }}
QDockWidget::title {{ background: {t.window}; padding: 4px 8px; }}
QStatusBar {{ background: {t.window}; color: {t.faint}; border-top: 1px solid {t.line}; }}
QStatusBar::item {{ border: none; }}
QSizeGrip {{ image: none; width: 0; height: 0; }}
QProgressBar {{ background: {t.line}; border: none; border-radius: 2px; max-height: 4px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
"""
