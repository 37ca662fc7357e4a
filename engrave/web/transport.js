// Who plays the recording: the built-in piano, or a tape (an audio file of the same performance).
//
// Both count in seconds of the recording, whatever the speed. Both have
//   playing, speed (1 as recorded), loop ({ start, end } or null), duration
//   position()   where the music is
//   play(), pause(), seek(seconds), setSpeed(speed), setLoop(loop)

const AHEAD = 1.5; // seconds handed to the audio clock: a hidden page is woken once a second
const WAKE = 100; // milliseconds between two looks at what comes next
const LEGS = 20; // more turns of a loop than are ever handed over at once
const LEAD = 0.08; // seconds between pressing play and the first sound

// One audio clock and one piano for all scores of a page, made when something is first played.
const instrument = {
  get piano() {
    this.made ??= new Piano(new AudioContext({ latencyHint: "balanced" }));
    return this.made;
  },
};

class PianoTransport {
  constructor(recording) {
    this.recording = recording;
    this.onsets = recording.notes.map((note) => note.onset);
    this.duration = recording.duration;
    this.playing = false;
    this.wanted = false; // pressed, but perhaps not yet sounding
    this.speed = 1;
    this.loop = null;
    this.rest = 0; // where it stands while it does not play
    this.legs = []; // the music runs on evenly from each { at: audio clock, from: recording }
  }

  position() {
    if (!this.playing) return this.rest;
    const { context } = instrument.piano;
    const heard = context.currentTime - (context.outputLatency || 0);
    const leg = this.legs.findLast(({ at }) => at <= heard) ?? this.legs[0];
    const place = leg.from + Math.max(heard - leg.at, 0) * this.speed;
    return Math.min(place, this.duration);
  }

  async play() {
    this.wanted = true;
    const { piano } = instrument;
    await piano.context.resume();
    if (this.playing || !this.wanted) return;
    this.rest = this.#startingPlace();
    const soon = this.recording.notes.slice(lastNotAfter(this.onsets, this.rest - 1e-6) + 1);
    piano.prepare(soon.filter(({ onset }) => onset < this.rest + AHEAD).map(({ pitch }) => pitch));
    this.playing = true;
    this.legs = [];
    this.#begin(this.rest, piano.context.currentTime + LEAD);
    this.#fill();
    this.waker = setInterval(() => this.#fill(), WAKE);
  }

  pause() {
    this.wanted = false;
    if (!this.playing) return;
    this.rest = this.position();
    this.playing = false;
    clearInterval(this.waker);
    instrument.piano.silence();
  }

  seek(seconds) {
    this.#change(() => {
      this.rest = Math.min(Math.max(seconds, 0), this.duration);
    });
  }

  setSpeed(speed) {
    this.#change(() => {
      this.speed = speed;
    });
  }

  setLoop(loop) {
    this.#change(() => {
      this.loop = loop;
    });
  }

  #change(what) {
    const { wanted } = this;
    this.pause();
    what();
    if (wanted) this.play();
  }

  #startingPlace() {
    const { rest, loop, duration } = this;
    if (loop) return rest >= loop.start && rest < loop.end ? rest : loop.start;
    return rest >= duration ? 0 : rest;
  }

  #begin(from, at) {
    this.legs = [...this.legs.slice(-LEGS), { at, from }];
    this.next = lastNotAfter(this.onsets, from - 1e-6) + 1;
  }

  // Hands over everything that begins before the horizon; at the end of a loop a new leg begins.
  #fill() {
    const horizon = instrument.piano.context.currentTime + AHEAD;
    let more = true;
    while (more) more = this.#handOver(horizon);
  }

  // The next note, or the next leg; says whether there may be more before the horizon.
  #handOver(horizon) {
    const { piano } = instrument;
    const end = this.loop ? this.loop.end : this.duration;
    const leg = this.legs.at(-1);
    const clock = (seconds) => leg.at + (seconds - leg.from) / this.speed;
    const note = this.recording.notes[this.next];
    const coming = note !== undefined && note.onset < end;
    if (clock(coming ? note.onset : end) > horizon) return false;
    if (coming) {
      piano.strike(note.pitch, note.velocity, clock(note.onset), clock(Math.min(note.end, end)));
      this.next += 1;
    } else if (this.loop) {
      this.#begin(this.loop.start, clock(end));
    }
    return coming || Boolean(this.loop);
  }
}

// Plays an <audio> element whose first note is `start` seconds later than the recording's own time.
class TapeTransport {
  constructor(recording, audio) {
    this.audio = audio;
    this.start = Number(audio.dataset.start || 0);
    this.duration = recording.duration;
    this.speed = 1;
    this.loop = null;
    audio.preservesPitch = true;
    audio.addEventListener("timeupdate", () => this.position());
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  position() {
    if (this.audio.ended) return this.duration; // perhaps before the last note has died away
    const place = this.audio.currentTime - this.start;
    if (this.playing && this.loop && (place >= this.loop.end || place < this.loop.start)) {
      this.seek(this.loop.start);
      return this.loop.start;
    }
    return Math.min(Math.max(place, 0), this.duration);
  }

  async play() {
    if (this.position() >= this.duration) this.seek(0);
    await this.audio.play();
  }

  pause() {
    this.audio.pause();
  }

  seek(seconds) {
    this.audio.currentTime = Math.max(seconds + this.start, 0);
  }

  setSpeed(speed) {
    this.speed = speed;
    this.audio.playbackRate = speed;
  }

  setLoop(loop) {
    this.loop = loop;
  }
}
