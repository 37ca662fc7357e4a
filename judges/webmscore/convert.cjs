// MuseScore 4.0's core reads MusicXML files and writes what it read, as MusicXML and in its own
// format (.mscx): node convert.cjs OUT FILE...
//
// With `fetch` there it would take Node for a browser. Scores are not destroyed: that crashes.
delete globalThis.fetch
const { readFileSync, writeFileSync } = require('node:fs')
const { basename, join } = require('node:path')
const WebMscore = require('webmscore')

const [folder, ...files] = process.argv.slice(2)

async function main() {
    await WebMscore.ready
    for (const file of files) {
        const score = await WebMscore.load('musicxml', readFileSync(file))
        const place = join(folder, basename(file))
        writeFileSync(place, await score.saveXml())
        writeFileSync(place.replace(/musicxml$/, 'mscx'), Buffer.from(await score.saveMsc('mscx')))
    }
}

main().then(() => process.exit(0), error => {
    console.error(error)
    process.exit(1)
})
