// What the page knows of the recording: every key press with its times, in seconds.
//
// The page carries it as JSON in milliseconds, each onset counted from the one before:
//   notes: [later, held, sounding, pitch, velocity] for each key press, in the order of recording
//   ties:  ["124-2", time] for each notehead that a tie leads to, by the end of its id
//   bars:  when each bar begins; first: the number of the first one (0 is a pickup)
// and where bars are written once and played twice
//   numbers: those of all bars as they are played
//   again: [124, 212] for each notehead that is played twice; its ties have two times, too

function readRecording(text) {
  const data = JSON.parse(text);
  let onset = 0;
  const notes = data.notes.map(([later, held, sounding, pitch, velocity]) => {
    onset += later / 1000;
    return { onset, release: onset + held / 1000, end: onset + sounding / 1000, pitch, velocity };
  });
  const numbers = data.numbers ?? data.bars.map((_, index) => data.first + index);
  return {
    notes,
    onsets: notes.map((note) => note.onset),
    ties: new Map(data.ties.map(([name, ...times]) => [name, times.map((time) => time / 1000)])),
    again: new Map((data.again ?? []).map((presses) => [presses[0], presses])),
    numbers,
    legs: legsOf(numbers),
    bars: data.bars.map((time) => time / 1000),
    duration: notes.reduce((last, note) => Math.max(last, note.end), 0),
  };
}

// For each bar how often the reader has turned back or left out bars before it.
function legsOf(numbers) {
  let leg = 0;
  return numbers.map((number, index) => {
    if (index > 0 && number !== numbers[index - 1] + 1) leg += 1;
    return leg;
  });
}

// The index of the last of these sorted times that is not later than `time`; -1 before the first.
function lastNotAfter(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// The key presses that sound, held by a finger or ringing on in the pedal: their indices.
function soundingAt(recording, time) {
  const sounding = [];
  for (let i = lastNotAfter(recording.onsets, time); i >= 0; i -= 1) {
    if (time < recording.notes[i].end) sounding.push(i);
  }
  return sounding;
}

const CHORD_WINDOW = 0.05; // seconds from one note of a chord to the next

// Where the chord begins that is being struck: its notes come one shortly after the other.
function chordStart(recording, time) {
  let start = time;
  for (let i = lastNotAfter(recording.onsets, time); i >= 0; i -= 1) {
    if (start - recording.onsets[i] > CHORD_WINDOW) break;
    start = recording.onsets[i];
  }
  return start;
}

// Where the next chord begins, or (`step` -1) the one before.
function neighbour(recording, time, step) {
  const { onsets } = recording;
  if (step > 0) {
    return onsets.find((onset) => onset - time > CHORD_WINDOW) ?? recording.duration;
  }
  const before = lastNotAfter(onsets, chordStart(recording, time) - 1e-3);
  return before < 0 ? 0 : chordStart(recording, onsets[before]);
}

// The number of the bar that is played.
function barAt(recording, time) {
  return recording.numbers[Math.max(lastNotAfter(recording.bars, time), 0)];
}
