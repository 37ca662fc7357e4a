// Run by MuseScore 3 without a screen (`-p`, no event loop): the plugin's own functions do what they
// do in the dialog, one after the other, and what came of it is written to probe.json.
import QtQuick 2.9
import MuseScore 3.0
import FileIO 3.0

MuseScore {
    menuPath: "Plugins.probe"
    description: "Tests what engrave.qml relies on."
    version: "1.0"
    requiresScore: false

    FileIO { id: file }
    QProcess { id: engrave }
    QProcess { id: nothing }

    function notesOf(score) {
        var notes = []
        for (var track = 0; track < 4 * score.nstaves; ++track) {
            var cursor = score.newCursor()
            cursor.track = track
            for (cursor.rewind(0); cursor.segment; cursor.next())
                if (cursor.element && cursor.element.type === Element.CHORD)
                    addChord(notes, cursor.element, cursor.tick)
        }
        return notes
    }

    function addChord(notes, chord, tick) {
        for (var g = 0; g < chord.graceNotes.length; ++g)
            addChord(notes, chord.graceNotes[g], tick)
        for (var n = 0; n < chord.notes.length; ++n)
            notes.push([tick, chord.notes[n].pitch])
    }

    onRun: {
        var said = {error: null}
        var dialog = Qt.createComponent("engrave.qml").createObject(null)
        var source = dialog.choices.folder + "/Stück (live).mid"
        said.target = dialog.freeName(source)
        dialog.choose("title", "A \"quoted\" title: naïve 100 %")
        dialog.remember()
        engrave.start(dialog.quoted(dialog.command.concat(dialog.argumentsFor(source, said.target))))
        said.finished = engrave.waitForFinished(120000)
        said.lines = String(engrave.readAllStandardOutput()).split("\n")
        said.next = dialog.freeName(source)
        var score = readScore(said.target)
        said.title = score.title
        said.notes = notesOf(score)
        nothing.errorOccurred.connect(function (error) { said.error = error })
        nothing.start("/no/such/program")
        nothing.waitForFinished(5000)
        file.source = dialog.here + "/probe.json"
        file.write(JSON.stringify(said).replace(/[\u007f-\uffff]/g, function (letter) {
            return "\\u" + ("000" + letter.charCodeAt(0).toString(16)).slice(-4)
        }))
    }
}
