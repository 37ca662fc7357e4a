// Engrave a performance: from a recorded MIDI file to a score that can be read, inside MuseScore.
//
// The music is heard by the command `engrave`, which this dialog starts; it tells how far it is in
// lines of JSON (`--progress`). One file for MuseScore 3.2 and later, and 4: the plain items of
// QtQuick and JavaScript as of ES5. The first lines are also read as text, by MuseScore 4.4 and later.
import QtQuick 2.9
import MuseScore 3.0
import FileIO 3.0

MuseScore {
    id: plugin
    menuPath: "Plugins.Engrave a performance"
    //4.4 title: "Engrave a performance"
    //4.4 categoryCode: "composing-arranging-tools"
    description: "Turns a recorded piano performance (MIDI) into a score that can be read."
    version: "0.1.0"
    pluginType: "dialog"
    requiresScore: false
    width: 640
    height: 540

    // What a musician can say beforehand, and the option of `engrave` that says it.
    readonly property var rows: [
        {key: "meter", label: "Meter", values: [["", "listen"], ["2/4", "2/4"], ["3/4", "3/4"],
            ["4/4", "4/4"], ["2/2", "2/2"], ["3/8", "3/8"], ["6/8", "6/8"], ["9/8", "9/8"],
            ["12/8", "12/8"]]},
        {key: "tempo", label: "Tempo", hint: "listen, or beats a minute: 72"},
        {key: "smallest", label: "Smallest note", values: [["", "listen"], ["1/8", "1/8"],
            ["1/16", "1/16"], ["1/32", "1/32"]]},
        {key: "pedal", label: "Pedal", values: [["", "as played"], ["infer", "infer"],
            ["off", "none"]]},
        {key: "title", label: "Title", hint: "as in the file"}
    ]
    readonly property var remembered: ["meter", "tempo", "smallest", "pedal", "folder"]
    readonly property var midiSuffix: /\.(mid|midi|smf|kar|rmi)$/i

    property var choices: ({meter: "", tempo: "", smallest: "", pedal: "", title: "", folder: ""})
    property var command: [] // what engrave.json says; nothing is looked for in its stead
    property string midi: "" // as it stands in its field
    property string source: ""
    property string stage: "choose" // choose, running, done, failed
    property string message: "Choose a MIDI file, or drop one here."
    property real done: 0
    property string saved: ""
    property bool cancelled: false
    property bool started: false
    property string complaint: ""
    property string summary: ""
    property string unread: ""
    property var process: null
    property var dialog: null
    property var watch: null

    readonly property string here: pathOf(Qt.resolvedUrl("."))
    readonly property bool beforeArguments: mscoreMajorVersion === 4 && mscoreMinorVersion < 3

    Component.onCompleted: {
        if (mscoreMajorVersion >= 4 && mscoreMinorVersion <= 3) {
            plugin.title = "Engrave a performance"
            plugin.categoryCode = "composing-arranging-tools"
        }
        recall()
        dropArea.dropped.connect(function (drop) {
            if (drop.hasUrls)
                take(pathOf(drop.urls[0]))
        })
        try { // a conversion ends with its window
            watch = Qt.createQmlObject("import QtQuick 2.9; import QtQuick.Window 2.2;"
                + "Item { property bool closed: Window.visibility === Window.Hidden }", plugin)
            watch.closedChanged.connect(function () {
                if (watch.closed)
                    cancel()
            })
        } catch (error) {
            console.log("engrave: " + error)
        }
    }

    FileIO { id: file }

    // Files

    function pathOf(url) {
        var path = String(url)
        if (path.indexOf("file:") !== 0)
            return path
        path = decodeURIComponent(path.substring(5)).replace(/^\/\/(?=\/)/, "")
        return path.replace(/^\/(?=[A-Za-z]:)/, "").replace(/(.)\/$/, "$1")
    }

    function urlOf(path) {
        var slashes = path.replace(/\\/g, "/")
        var start = slashes.indexOf("//") === 0 ? "file:" : slashes[0] === "/" ? "file://" : "file:///"
        return start + encodeURI(slashes).replace(/#/g, "%23").replace(/\?/g, "%3F")
    }

    function nameOf(path) {
        return path.replace(/^.*[\/\\]/, "")
    }

    // What engrave says, with the performance's name instead of its whole path.
    function shortened(words) {
        return words.split(source + ":").join(nameOf(source) + ":")
    }

    function exists(path) {
        file.source = path
        return file.exists()
    }

    function readJson(name) {
        if (!exists(here + "/" + name))
            return {}
        try {
            return JSON.parse(file.read()) || {}
        } catch (error) {
            return {}
        }
    }

    // Words that start a program by its full path: a bare name could be found anywhere.
    function isCommand(words) {
        return Array.isArray(words) && words.length > 0 && /^(\/|[A-Za-z]:[\/\\]|\\\\)/.test(words[0])
            && words.every(function (word) { return typeof word === "string" })
    }

    // A name beside the performance that no file has yet: nothing is overwritten.
    function freeName(path) {
        var stem = path.replace(midiSuffix, "")
        var name = stem + ".musicxml"
        for (var number = 2; exists(name); ++number)
            name = stem + " " + number + ".musicxml"
        return name
    }

    // Choices

    function choose(key, value) {
        var changed = {}
        for (var each in choices)
            changed[each] = choices[each]
        changed[key] = value
        choices = changed
    }

    function recall() {
        var program = readJson("engrave.json").command
        if (isCommand(program))
            command = program
        var last = readJson("choices.json")
        for (var i = 0; i < remembered.length; ++i)
            if (typeof last[remembered[i]] === "string")
                choose(remembered[i], last[remembered[i]])
    }

    // Whether choices.json is missing, or holds nothing but what was remembered.
    function mayRemember() {
        var keys = Object.keys(readJson("choices.json"))
        return !exists(here + "/choices.json") || keys.length > 0 && keys.every(function (key) {
            return remembered.indexOf(key) >= 0
        })
    }

    function remember() {
        if (!mayRemember())
            return
        var kept = {}
        for (var i = 0; i < remembered.length; ++i)
            kept[remembered[i]] = choices[remembered[i]]
        file.source = here + "/choices.json"
        file.write(JSON.stringify(kept).replace(/[\u007f-\uffff]/g, function (letter) {
            return "\\u" + ("000" + letter.charCodeAt(0).toString(16)).slice(-4)
        }))
    }

    function take(path) {
        if (stage === "running")
            return
        midi = path
        stage = "choose"
        message = "Ready to listen to " + nameOf(path) + "."
    }

    function makeDialog() {
        try {
            return Qt.createQmlObject("import MuseScore 3.0; FileDialog {}", plugin)
        } catch (error) {
            return Qt.createQmlObject("import QtQuick.Dialogs 1.0; FileDialog { nameFilters:"
                + "['MIDI files (*.mid *.midi *.smf *.kar *.rmi)', 'All files (*)'] }", plugin)
        }
    }

    function pickFile() {
        try {
            dialog = dialog || makeDialog()
        } catch (error) {
            return fail("This MuseScore has no dialog to choose files. Type the file's path above, "
                + "or drop the file here.")
        }
        if (!dialog.title) {
            dialog.title = "The performance (MIDI)"
            dialog.accepted.connect(function () {
                var path = pathOf(dialog.fileUrl)
                choose("folder", path.replace(/[\/\\][^\/\\]*$/, ""))
                take(path)
            })
        }
        if (choices.folder && mscoreMajorVersion >= 4)
            dialog.folder = choices.folder // a path
        dialog.open()
        if (choices.folder && mscoreMajorVersion < 4)
            dialog.folder = urlOf(choices.folder) // a url, which opening would forget
    }

    // The command

    function argumentsFor(source, target) {
        var words = [source, "-o", target, "--progress"]
        for (var key in choices)
            if (key !== "folder" && choices[key].trim())
                words.push("--" + key + "=" + choices[key].trim())
        return words
    }

    // As QProcess splits a command line: a quote is written as three.
    function quoted(words) {
        return words.map(function (word) {
            return "\"" + word.replace(/"/g, "\"\"\"") + "\""
        }).join(" ")
    }

    function convert() {
        if (stage === "running")
            return
        source = pathOf(midi.trim().replace(/^"(.*)"$/, "$1"))
        if (!source || !exists(source))
            return fail(source ? "There is no file " + source + "." : "Choose a MIDI file first.")
        saved = freeName(source)
        if (exists("/.flatpak-info"))
            return fail("MuseScore from Flatpak may not start other programs. In a terminal, run\n\n"
                + "    engrave \"" + source + "\"\n\nand open what it writes with File > Open.")
        if (beforeArguments)
            return fail("MuseScore 4.0 to 4.2 cannot tell a program what to do: MuseScore 4.3 and "
                + "later, and 3, can. Until then, in a terminal, run\n\n    engrave \"" + source
                + "\"\n\nand open what it writes with File > Open.")
        if (!command.length)
            return fail(missing())
        remember()
        start(command[0], command.slice(1).concat(argumentsFor(source, saved)))
    }

    function start(program, words) {
        complaint = summary = unread = ""
        cancelled = started = false
        done = 0
        stage = "running"
        message = "Starting …"
        process = Qt.createQmlObject("import MuseScore 3.0; QProcess {}", plugin)
        process.readyReadStandardOutput.connect(listen)
        process.started.connect(function () { started = true })
        process.errorOccurred.connect(function () {
            if (!started)
                fail(missing())
        })
        process.finished.connect(finish)
        if (typeof process.startWithArgs === "function")
            process.startWithArgs(program, words)
        else
            process.start(quoted([program].concat(words)))
    }

    // Lines of JSON in ASCII; the last one may not be there in full yet.
    function listen() {
        var lines = (unread + process.readAllStandardOutput()).split("\n")
        unread = lines.pop()
        for (var i = 0; i < lines.length; ++i)
            hear(lines[i])
    }

    function hear(line) {
        var event
        try {
            event = JSON.parse(line)
        } catch (error) {
            return // not ours
        }
        if (event.step) {
            done = event.done
            message = event.step + " …"
        }
        if (event.summary)
            summary = event.summary
        if (event.error)
            complaint = event.error
    }

    function finish(code) {
        listen()
        if (cancelled) {
            stage = "choose"
            message = exists(saved) ? "Cancelled too late: it is written, as " + saved + "."
                                    : "Cancelled. Nothing was written."
        } else if (code === 0 && exists(saved)) {
            done = 1
            stage = "done"
            open()
        } else {
            fail(shortened(complaint) || "engrave ended without a score (status " + code + ").")
        }
    }

    function fail(words) {
        stage = "failed"
        message = words
    }

    function missing() {
        var windows = Qt.platform.os === "windows"
        var home = windows ? "\"%USERPROFILE%\\.engrave\"" : "~/.engrave"
        var scripts = windows ? "\"%USERPROFILE%\\.engrave\\Scripts\"\\" : "~/.engrave/bin/"
        var what = command.length ? "The program could not be started: " + command.join(" ")
                                  : "There is nothing here that says where the program engrave is."
        return what + "\n\n"
            + "Where engrave is installed, run \"engrave plugin install\". To install it, "
            + (windows ? "in a Command Prompt" : "in a terminal") + ", in the folder of engrave, run\n\n"
            + (windows ? "py" : "python3") + " -m venv " + home + " && " + scripts
            + "pip install . && " + scripts + "engrave plugin install\n\n"
            + "Then open this dialog again."
    }

    function cancel() {
        if (stage !== "running")
            return
        cancelled = true
        message = "Stopping …"
        process.kill()
    }

    function open() {
        var score = null
        try {
            score = readScore(saved)
        } catch (error) {
            console.log("engrave: " + error)
        }
        message = shortened(summary) + "\n\nSaved as " + saved
        if (!score && !Qt.openUrlExternally(urlOf(saved)))
            message += "\n\nOpen it with File > Open."
    }

    function close() {
        cancel();
        (typeof(quit) === 'undefined' ? Qt.quit : quit)()
    }

    // The page

    readonly property color ink: "#1d1d1f"
    readonly property color paper: "#f7f7f8"
    readonly property color accent: "#2461a8"
    readonly property color line: "#b9bdc4"
    readonly property int labelWidth: 124
    // What stands on each button, the function that it calls, and whether it is what one wants.
    readonly property var buttons: stage === "running" ? [["Cancel", "cancel", false]]
        : stage === "done" ? [["Close", "close", false], ["Convert again", "convert", false],
                              ["Open…", "open", true]]
        : [["Close", "close", false], ["Convert", "convert", true]]

    Component {
        id: button

        Rectangle {
            width: caption.width + 32
            height: 32
            radius: 4
            activeFocusOnTab: true
            color: mouse.pressed ? "#c9d6e6" : strong ? accent : "white"
            border.width: activeFocus ? 2 : 1
            border.color: activeFocus ? ink : strong ? accent : line
            Accessible.role: Accessible.Button
            Accessible.name: label
            Accessible.onPressAction: plugin[act]()
            Keys.onSpacePressed: plugin[act]()
            Keys.onReturnPressed: plugin[act]()
            Text {
                id: caption
                anchors.centerIn: parent
                text: label
                color: strong && !mouse.pressed ? "white" : ink
                font.pixelSize: 14
            }
            MouseArea {
                id: mouse
                anchors.fill: parent
                onClicked: plugin[act]()
            }
        }
    }

    Component {
        id: field

        Rectangle {
            height: 30
            radius: 4
            color: "white"
            border.width: input.activeFocus ? 2 : 1
            border.color: input.activeFocus ? accent : line
            TextInput {
                id: input
                anchors.fill: parent
                anchors.margins: 6
                clip: true
                selectByMouse: true
                activeFocusOnTab: true
                font.pixelSize: 14
                color: ink
                text: value
                onTextEdited: edited(text)
                onAccepted: convert()
                Accessible.role: Accessible.EditableText
                Accessible.name: name
            }
            Text {
                anchors.fill: input
                visible: !input.text
                text: hint
                color: "#6d7178"
                font.pixelSize: 14
            }
        }
    }

    Component {
        id: chip

        Rectangle {
            property bool chosen: choices[key] === value
            width: word.width + 20
            height: 28
            radius: 14
            activeFocusOnTab: true
            color: chosen ? accent : "white"
            border.width: activeFocus ? 2 : 1
            border.color: activeFocus ? ink : chosen ? accent : line
            Accessible.role: Accessible.RadioButton
            Accessible.name: name
            Accessible.checked: chosen
            Keys.onSpacePressed: choose(key, value)
            Keys.onReturnPressed: choose(key, value)
            Text {
                id: word
                anchors.centerIn: parent
                text: name
                color: parent.chosen ? "white" : ink
                font.pixelSize: 14
            }
            MouseArea {
                anchors.fill: parent
                onClicked: choose(key, value)
            }
        }
    }

    Rectangle {
        anchors.fill: parent
        color: paper

        DropArea {
            id: dropArea
            anchors.fill: parent
        }

        Column {
            id: form
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            anchors.margins: 18
            spacing: 12
            enabled: stage !== "running"
            opacity: enabled ? 1 : 0.5

            Row {
                width: parent.width
                spacing: 8
                Text {
                    width: labelWidth
                    height: 30
                    verticalAlignment: Text.AlignVCenter
                    text: "Performance"
                    color: ink
                    font.pixelSize: 14
                }
                Loader {
                    property string name: "MIDI file"
                    property string value: midi
                    property string hint: "a MIDI file"
                    function edited(text) { midi = text }
                    width: parent.width - labelWidth - choosing.width - 16
                    sourceComponent: field
                }
                Loader {
                    id: choosing
                    property string label: "Choose…"
                    property bool strong: false
                    property string act: "pickFile"
                    sourceComponent: button
                }
            }

            Repeater {
                model: rows
                Row {
                    property var row: modelData
                    spacing: 8
                    Text {
                        width: labelWidth
                        height: 28
                        verticalAlignment: Text.AlignVCenter
                        text: row.label
                        color: ink
                        font.pixelSize: 14
                    }
                    Repeater {
                        model: row.values || []
                        Loader {
                            property string key: row.key
                            property string value: modelData[0]
                            property string name: modelData[1]
                            sourceComponent: chip
                        }
                    }
                    Loader {
                        property string name: row.label
                        property string value: choices[row.key]
                        property string hint: row.hint || ""
                        function edited(text) { choose(row.key, text) }
                        active: !row.values
                        width: 300
                        sourceComponent: field
                    }
                }
            }
        }

        Rectangle {
            id: track
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: form.bottom
            anchors.margins: 18
            height: 6
            radius: 3
            color: "#dfe2e7"
            Rectangle {
                height: parent.height
                radius: 3
                width: parent.width * (stage === "failed" ? 1 : done)
                color: stage === "failed" ? "#b3261e" : accent
                Behavior on width { NumberAnimation { duration: 300 } }
            }
        }

        Flickable {
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: track.bottom
            anchors.bottom: actions.top
            anchors.margins: 18
            anchors.topMargin: 10
            contentHeight: report.height
            clip: true
            TextEdit {
                id: report
                width: parent.width
                readOnly: true
                selectByMouse: true
                wrapMode: TextEdit.Wrap
                textFormat: TextEdit.PlainText
                font.pixelSize: 14
                color: stage === "failed" ? "#8c1d18" : ink
                text: message
            }
        }

        Row {
            id: actions
            anchors.right: parent.right
            anchors.bottom: parent.bottom
            anchors.margins: 18
            spacing: 8
            Repeater {
                model: buttons
                Loader {
                    property string label: modelData[0]
                    property string act: modelData[1]
                    property bool strong: modelData[2]
                    sourceComponent: button
                }
            }
        }
    }
}
