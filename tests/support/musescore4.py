"""A stand-in for MuseScore 4 under Qt 6: the types that its plugins see, as its versions have them.

Run as a program, it shows the plugin, does what a scenario says (JSON on standard input) with the
mouse, and prints what came of it: `python -m tests.support.musescore4 4.5`. The versions differ in
what stands in `VERSIONS`. That `Qt.quit()` would end MuseScore itself is noted.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.update(QT_QPA_PLATFORM="offscreen", QT_QUICK_BACKEND="software")

from PySide6 import QtCore
from PySide6.QtCore import Property, QFile, QObject, QPoint, QProcess, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtQml import QQmlComponent, QQmlEngine, qmlRegisterType
from PySide6.QtQuick import QQuickItem, QQuickView
from PySide6.QtTest import QTest

SECONDS = 60
CHOOSE, LAST = (-60, 34), (-60, -34)  # where the buttons are


@dataclass(frozen=True)
class Version:
    """What a version of MuseScore 4 can do."""

    minor: int
    arguments: bool  # QProcess.startWithArgs
    dialog: bool  # FileDialog in the module MuseScore, not in QtQuick.Dialogs
    reads: bool  # readScore
    confined: bool = False  # FileIO writes only to MuseScore's own folders


VERSIONS = {
    "4.2": Version(2, arguments=False, dialog=False, reads=False),
    "4.3": Version(3, arguments=True, dialog=False, reads=False),
    "4.5": Version(5, arguments=True, dialog=True, reads=False),
    "4.7": Version(7, arguments=True, dialog=True, reads=True, confined=True),
}


def kept(name: str, kind: Any, notify: Signal) -> Property:
    """A property that is kept in the object's `values`."""

    def write(self: Any, value: Any) -> None:
        self.values[name] = value

    return Property(
        kind,
        lambda self: self.values.get(name, kind() if callable(kind) else None),
        write,
        notify=notify,
    )


class Studio:
    """What a plugin finds in one version, and what it did there."""

    def __init__(self, version: Version, scenario: dict[str, Any]):
        self.version, self.scenario = version, scenario
        self.did: dict[str, Any] = {"warnings": [], "read": [], "closed": False, "quit": False}

    def register(self, engine: QQmlEngine) -> None:
        """Give QML the types of this version."""
        qmlRegisterType(self.plugin_type(), "MuseScore", 3, 0, "MuseScore")
        qmlRegisterType(self.process_type(), "MuseScore", 3, 0, "QProcess")
        qmlRegisterType(self.file_type(), "FileIO", 3, 0, "FileIO")
        module = ("MuseScore", 3) if self.version.dialog else ("Chosen", 1)
        qmlRegisterType(self.dialog_type(), *module, 0, "FileDialog")
        if not self.version.dialog:  # QtQuick.Dialogs 1.0 of Qt 5
            dialogs = Path(self.scenario["picture"]).parent / "QtQuick" / "Dialogs"
            dialogs.mkdir(parents=True)
            (dialogs / "qmldir").write_text("module QtQuick.Dialogs\nFileDialog 1.0 Dialog.qml\n")
            (dialogs / "Dialog.qml").write_text("import Chosen 1.0\nFileDialog {}\n")
            engine.addImportPath(str(dialogs.parent.parent))

    def plugin_type(self) -> type:
        studio = self

        class MuseScore(QQuickItem):
            changed, run = Signal(), Signal()

            def __init__(self, parent: QQuickItem | None = None):
                super().__init__(parent)
                self.values: dict[str, Any] = {}

            mscoreMajorVersion = Property(int, lambda self: 4, constant=True)
            mscoreMinorVersion = Property(int, lambda self: studio.version.minor, constant=True)
            title = kept("title", str, changed)
            categoryCode = kept("categoryCode", str, changed)
            menuPath = kept("menuPath", str, changed)
            description = kept("description", str, changed)
            version = kept("version", str, changed)
            pluginType = kept("pluginType", str, changed)
            requiresScore = kept("requiresScore", bool, changed)

            @Slot(str, result="QVariant")
            def readScore(self, path: str) -> QObject | None:
                studio.did["read"].append(path)
                return QObject(self) if studio.version.reads else None

            @Slot()
            def quit(self) -> None:
                studio.did["closed"] = True

        return MuseScore

    def process_type(self) -> type:
        studio = self

        class Process(QProcess):
            @Slot(str)
            def start(self, program: str) -> None:
                QProcess.start(self, program, [])

            @Slot(result="QByteArray")
            def readAllStandardOutput(self) -> QtCore.QByteArray:
                return QProcess.readAllStandardOutput(self)

        class ProcessWithArguments(Process):
            @Slot(str, "QStringList")
            def startWithArgs(self, program: str, arguments: list[str]) -> None:
                studio.did["command"] = [program, *arguments]
                QProcess.start(self, program, arguments)

        return ProcessWithArguments if self.version.arguments else Process

    def dialog_type(self) -> type:
        studio = self

        class FileDialog(QObject):
            """Answers at once with the file of the scenario."""

            accepted, changed = Signal(), Signal()

            def __init__(self, parent: QObject | None = None):
                super().__init__(parent)
                self.values: dict[str, Any] = {}

            title = kept("title", str, changed)
            folder = kept("folder", str, changed)
            nameFilters = kept("nameFilters", "QVariantList", changed)
            fileUrl = Property(
                QUrl, lambda self: QUrl.fromLocalFile(studio.scenario["midi"]), notify=changed
            )

            @Slot()
            def open(self) -> None:
                studio.did["folder"] = self.values.get("folder", "")
                studio.did["filters"] = self.values.get("nameFilters", [])
                self.accepted.emit()

        return FileDialog

    def file_type(self) -> type:
        studio = self

        class FileIO(QObject):
            changed = Signal()

            def __init__(self, parent: QObject | None = None):
                super().__init__(parent)
                self.values: dict[str, Any] = {}

            source = kept("source", str, changed)

            @Slot(result=bool)
            def exists(self) -> bool:
                return QFile(self.values["source"]).exists()

            @Slot(result=str)
            def read(self) -> str:
                return Path(self.values["source"]).read_text(encoding="utf-8") + "\n"

            @Slot(str, result=bool)
            def write(self, text: str) -> bool:
                place = self.values["source"]
                if studio.version.confined and not place.startswith(studio.scenario["plugins"]):
                    return False
                Path(place).write_text(text, encoding="utf-8")
                return True

        return FileIO


class Desk(QObject):
    """Opens what programs ask the system to open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        QDesktopServices.setUrlHandler("file", self, "take")

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def wait(answer: Callable[[], Any]) -> None:
    """Let the program run until something is so."""
    end = time.monotonic() + SECONDS
    while not answer():
        assert time.monotonic() < end, "nothing came"
        QTest.qWait(20)


def play(studio: Studio, view: QQuickView, plugin: QObject) -> None:
    """Choose the file, convert it, and perhaps cancel."""

    def click(x: int, y: int) -> None:
        place = QPoint(x % view.width(), y % view.height())
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)

    scenario = studio.scenario
    click(*CHOOSE)
    if scenario.get("gone"):
        Path(scenario["midi"]).unlink()
    click(*LAST)
    if scenario.get("cancel"):
        wait(lambda: plugin.property("done") > 0)
        click(*LAST)
    if scenario.get("shut"):
        wait(lambda: plugin.property("done") > 0)
        view.close()
    wait(lambda: plugin.property("stage") != "running")
    QTest.qWait(350)  # the bar moves
    view.grabWindow().save(scenario["picture"])
    for name in ("stage", "message", "title", "categoryCode", "saved"):
        studio.did[name] = plugin.property(name)
    if not scenario.get("shut"):
        click(-250 if studio.did["stage"] == "done" else -145, LAST[1])  # Close


def main() -> None:
    scenario = json.load(sys.stdin)
    studio = Studio(VERSIONS[sys.argv[1]], scenario)
    QtCore.qInstallMessageHandler(lambda kind, _, text: studio.did["warnings"].append(text))
    application = QGuiApplication(sys.argv[:1])
    desk = Desk()
    view = QQuickView()
    studio.register(view.engine())
    view.engine().quit.connect(lambda: studio.did.update(quit=True))
    path = QUrl.fromLocalFile(str(Path(scenario["plugins"], "engrave", "engrave.qml")))
    component = QQmlComponent(view.engine(), path)
    plugin = component.create()
    assert plugin, component.errorString()
    view.setContent(path, component, plugin)
    view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
    view.show()
    QTest.qWait(50)
    play(studio, view, plugin)
    print(json.dumps(studio.did | {"opened": desk.opened}))
    sys.stdout.flush()
    del application
    os._exit(0)  # what Qt does while Python takes its objects apart is nobody's test


if __name__ == "__main__":
    main()
