// A small piano: each string is a sum of decaying partials, computed when it is first needed.
//
// Partials of a stiff string lie at n f0 sqrt(1 + B n^2); B as measured on pianos by Rauhala and
// Valimaki ("Tunable dispersion filter design for piano synthesis", 2006). The hammer strikes at an
// eighth of the string, so every eighth partial is missing; a hard blow is brighter than a soft
// one. Two strings a hair apart in pitch beat against each other, and what is left after the first
// quick decay rings on more slowly (Weinreich, "Coupled piano strings", 1977).

const PIANO = {
  rate: 24000, // samples a second: nothing above 12 kHz matters here
  zone: 3, // semitones that share one computed string
  partials: 28,
  detune: 0.00025, // of the second string
  afterglow: 0.25, // the share of the sound that decays slowly, and how much more slowly
  slower: 0.3,
  seconds: 7, // the longest string that is computed
  audible: 8, // nepers after which nothing is heard of a partial (70 dB)
  damper: 0.07, // seconds in which the felt quiets a string
  undamped: 89, // from this key up a piano has no dampers
  loudness: 0.3,
  room: 0.1, // how much of the sound comes back from the room
};

class Piano {
  constructor(context) {
    this.context = context;
    this.strings = new Map();
    this.body = this.#body();
    this.output = this.#output();
  }

  // Sounds `pitch` from `when` until `end`, in seconds of the audio clock.
  strike(pitch, velocity, when, end) {
    const { context } = this;
    const force = velocity / 127;
    const source = context.createBufferSource();
    const { buffer, key } = this.#string(pitch);
    source.buffer = buffer;
    source.playbackRate.value = 2 ** ((pitch - key) / 12);
    const felt = context.createBiquadFilter(); // a soft blow leaves the high partials asleep
    felt.type = "lowpass";
    felt.Q.value = 0.2;
    felt.frequency.value = Math.min(2.5 * frequencyOf(pitch) + 500 + 9500 * force * force, 11500);
    const level = context.createGain();
    level.gain.value = force ** 1.6;
    if (pitch < PIANO.undamped) level.gain.setTargetAtTime(0, Math.max(end, when), PIANO.damper);
    const place = context.createStereoPanner();
    place.pan.value = (pitch - 64) / 90;
    source.connect(felt).connect(level).connect(place).connect(this.output);
    source.start(when);
    if (pitch < PIANO.undamped) source.stop(Math.max(end, when) + 8 * PIANO.damper);
    source.onended = () => place.disconnect();
  }

  // Computes the strings of these keys, so that striking them later takes no time.
  prepare(pitches) {
    for (const pitch of pitches) this.#string(pitch);
  }

  // Quiets everything, also what was to sound later.
  silence() {
    const old = this.output;
    old.gain.setTargetAtTime(0, this.context.currentTime, 0.02);
    setTimeout(() => old.disconnect(), 200);
    this.output = this.#output();
  }

  #string(pitch) {
    const key = Math.round(pitch / PIANO.zone) * PIANO.zone;
    if (!this.strings.has(key)) {
      const samples = computeString(key);
      const buffer = this.context.createBuffer(1, samples.length, PIANO.rate);
      buffer.copyToChannel(samples, 0);
      this.strings.set(key, buffer);
    }
    return { buffer: this.strings.get(key), key };
  }

  // Everything that is struck goes through here, until it is silenced.
  #output() {
    const { context } = this;
    const input = context.createGain();
    input.gain.value = PIANO.loudness;
    input.connect(this.body);
    return input;
  }

  // What all sound goes through: a limiter, and a little of the room.
  #body() {
    const { context } = this;
    const limiter = context.createDynamicsCompressor();
    const room = context.createConvolver();
    room.buffer = computeRoom(context);
    const share = context.createGain();
    share.gain.value = PIANO.room;
    const input = context.createGain();
    input.connect(limiter);
    input.connect(room).connect(share).connect(limiter);
    limiter.connect(context.destination);
    return input;
  }
}

function frequencyOf(pitch) {
  return 440 * 2 ** ((pitch - 69) / 12);
}

// The sound of one string struck hard, as samples.
function computeString(pitch) {
  const base = frequencyOf(pitch);
  const stiffness = Math.exp(0.0926 * pitch - 13.64) + Math.exp(-0.0847 * pitch - 5.82);
  const dying = 0.4 * 2 ** ((pitch - 48) / 13); // of the lowest partial, in nepers a second
  const seconds = Math.min(PIANO.seconds, 2 + 5 / (PIANO.slower * dying));
  const samples = new Float32Array(Math.ceil(PIANO.rate * seconds));
  for (let n = 1; n <= PIANO.partials; n += 1) {
    const frequency = base * n * Math.sqrt((1 + stiffness * n * n) / (1 + stiffness));
    if (frequency > 0.46 * PIANO.rate) break;
    const strength = strengthOf(n, frequency);
    const decay = dying + 0.45 * (frequency / 1000) ** 1.3;
    const other = frequency * (1 + PIANO.detune);
    addPartial(samples, frequency, strength * (1 - PIANO.afterglow), decay);
    addPartial(samples, other, strength * PIANO.afterglow, decay * PIANO.slower);
  }
  addKnock(samples, pitch);
  return normalized(samples);
}

function strengthOf(n, frequency) {
  const hammer = Math.sqrt(Math.abs(Math.sin((n * Math.PI) / 8))) + 0.03;
  const hardness = 1 / (1 + (frequency / 2600) ** 2);
  const soundboard = frequency ** 2 / (frequency ** 2 + 110 ** 2);
  return (hammer * hardness * soundboard) / n ** 0.8;
}

// Adds a decaying sine, as long as it is heard: each sample follows from the two before it.
function addPartial(samples, frequency, amplitude, decay) {
  const angle = (2 * Math.PI * frequency) / PIANO.rate;
  const shrink = Math.exp(-decay / PIANO.rate);
  const turn = 2 * shrink * Math.cos(angle);
  const lose = shrink * shrink;
  let before = -amplitude * Math.sin(angle) / shrink;
  let now = 0;
  const end = Math.min(samples.length, (PIANO.audible / decay) * PIANO.rate);
  for (let i = 0; i < end; i += 1) {
    samples[i] += now;
    const next = turn * now - lose * before;
    before = now;
    now = next;
  }
}

// The hammer's knock on the wood, and no click at either end.
function addKnock(samples, pitch) {
  const random = randomNumbers(pitch);
  const { rate } = PIANO;
  let low = 0;
  for (let i = 0; i < 0.06 * rate; i += 1) {
    low += 0.25 * (random() - low);
    samples[i] += 0.25 * low * Math.exp(-i / (0.012 * rate));
  }
  const attack = 0.002 * rate;
  for (let i = 0; i < attack; i += 1) samples[i] *= i / attack;
  const fade = 0.5 * rate;
  for (let i = 0; i < fade; i += 1) samples[samples.length - 1 - i] *= i / fade;
}

function normalized(samples) {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  for (let i = 0; i < samples.length; i += 1) samples[i] /= peak;
  return samples;
}

// The echo of a small room: noise that dies away in a second.
function computeRoom(context) {
  const { sampleRate } = context;
  const room = context.createBuffer(2, sampleRate, sampleRate);
  for (const channel of [0, 1]) {
    const random = randomNumbers(channel + 1);
    const samples = room.getChannelData(channel);
    let low = 0;
    for (let i = 0; i < samples.length; i += 1) {
      low += 0.4 * (random() - low);
      samples[i] = low * Math.exp((-6 * i) / sampleRate);
    }
  }
  return room;
}

// Numbers from -1 to 1 that are the same on every visit (a linear congruential generator).
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}
