// The page of music: which notes light up, where the cursor stands, what a click points at.
//
// The score was laid out for several widths, of which style sheets show one. A layout is a column
// of systems, each an SVG of its own. A notehead is a group that lists the key presses it stands
// for (`data-played`) and has an id that ends with its name, "p124", or "p124-2" if a tie leads to
// it. No more is needed: where it is drawn is asked of the browser.
//
// What is written once and played twice has a stop for each time. A system is visited once on each
// leg of the way, which goes on until the reader turns back or leaves bars out.

const HEAD = "[data-played]";
const NAME = /p((\d+)(?:-\d+)?)$/;

class Sheet {
  constructor(layouts, recording) {
    this.layouts = layouts;
    this.recording = recording;
    this.systems = []; // the visits in the order of time; none while no layout is shown
    this.starts = [];
    this.heads = new Map();
    this.lit = new Map(); // element -> "held" or "ringing"
    this.cursor = make("div", { class: "cursor" });
    this.loop = null;
  }

  // Looks where everything is, if another layout is shown than last time. Says whether it is.
  refresh() {
    const all = [...this.layouts.querySelectorAll(".layout")];
    const shown = all.find((layout) => layout.getClientRects().length > 0);
    if (shown === undefined || shown === this.shown) return false;
    this.shown = shown;
    const stops = [...shown.querySelectorAll(".system")].flatMap((one) => this.#survey(one));
    this.systems = visits(stops, this.recording);
    this.starts = this.systems.map(({ stops }) => stops[0].time);
    this.heads = groupByPress(this.systems.flatMap(({ stops }) => stops));
    this.showLoop(this.loop);
    return true;
  }

  // The stops at the noteheads of a system. `x` is a share of the system's width.
  #survey(element) {
    const { ties, again, onsets } = this.recording;
    const box = element.getBoundingClientRect();
    return [...element.querySelectorAll(HEAD)].flatMap((head) => {
      const [, name, first] = NAME.exec(head.id);
      const ink = (head.querySelector("use") ?? head).getBoundingClientRect();
      const played = head.dataset.played.split(" ").map(Number);
      const times = again.get(Number(first)) ?? [Number(first)];
      return times.map((press, time) => ({
        element,
        head,
        presses: played.filter((one) => one === press || !times.includes(one)),
        time: ties.get(name)?.[time] ?? onsets[press],
        x: (ink.left + ink.width / 2 - box.left) / box.width,
        y: (ink.top + ink.height / 2 - box.top) / box.height,
      }));
    });
  }

  // Lights the heads of what sounds, each of a row of tied ones from its own time on.
  light(sounding, time) {
    const lit = this.#sounding(sounding, time);
    for (const [head, how] of this.lit) if (lit.get(head) !== how) head.classList.remove(how);
    for (const [head, how] of lit) head.classList.add(how);
    this.lit = lit;
  }

  // The heads of what sounds, each "held" or "ringing".
  #sounding(sounding, time) {
    const lit = new Map();
    for (const press of sounding) {
      const how = time < this.recording.notes[press].release ? "held" : "ringing";
      const begun = (this.heads.get(press) ?? []).filter((stop) => stop.time <= time);
      for (const { head } of begun) if (lit.get(head) !== "held") lit.set(head, how);
    }
    return lit;
  }

  // Puts the cursor where the music is. Without `gliding` it goes from note to note.
  moveCursor(time, gliding) {
    if (this.systems.length === 0) return null;
    const index = Math.max(lastNotAfter(this.starts, time), 0);
    const system = this.systems[index];
    this.cursor.style.left = `${100 * this.#place(index, time, gliding)}%`;
    if (this.cursor.parentElement !== system.element) system.element.append(this.cursor);
    return system.element;
  }

  hideCursor() {
    this.cursor.remove();
    this.light([], 0);
  }

  #place(index, time, gliding) {
    const { stops } = this.systems[index];
    const here = stops[Math.max(stops.findLastIndex((stop) => stop.time <= time), 0)];
    if (!gliding || time < here.time) return here.reached;
    const next = stops.find((stop) => stop.time > time);
    const x = next?.reached ?? 1;
    const arrives = next?.time ?? this.starts[index + 1] ?? this.recording.duration;
    return here.reached + (x - here.reached) * ((time - here.time) / (arrives - here.time));
  }

  // When what a pointer points at is played: a notehead, or else the nearest in the same system.
  timeAt(event) {
    const element = event.composedPath().find((node) => node.classList?.contains("system"));
    const system = this.systems.find((candidate) => candidate.element === element);
    if (!system) return null;
    const pointed = event.composedPath().find((node) => node.dataset?.played);
    const box = element.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const stop = pointed
      ? system.stops.find(({ head }) => head === pointed)
      : system.stops.reduce((a, b) => (Math.abs(b.x - x) < Math.abs(a.x - x) ? b : a));
    return stop.time;
  }

  // Marks what is repeated: { start, end } in seconds, or null.
  showLoop(loop) {
    this.loop = loop;
    for (const mark of this.layouts.querySelectorAll(".loop")) mark.remove();
    if (!loop) return;
    this.systems.forEach(({ element, stops }, index) => {
      const ends = this.starts[index + 1] ?? Infinity;
      if (loop.start >= ends || loop.end <= this.starts[index]) return;
      const left = loop.start <= stops[0].time ? 0 : this.#place(index, loop.start, false) - 0.01;
      const right = loop.end >= ends ? 1 : this.#place(index, loop.end - 1e-3, false) + 0.015;
      const mark = make("div", { class: "loop" });
      mark.style.left = `${100 * left}%`;
      mark.style.width = `${100 * (right - left)}%`;
      element.prepend(mark);
    });
  }
}

// The stops in the order of time, in rows of one system and one leg. `reached` never goes back,
// whatever a rolled chord or a grace note does.
function visits(stops, recording) {
  const found = new Map();
  for (const stop of [...stops].sort((a, b) => a.time - b.time)) {
    const leg = recording.legs[Math.max(lastNotAfter(recording.bars, stop.time), 0)];
    const legs = found.get(stop.element) ?? new Map();
    found.set(stop.element, legs);
    const visit = legs.get(leg) ?? { element: stop.element, stops: [] };
    legs.set(leg, visit);
    stop.reached = Math.max(visit.stops.at(-1)?.reached ?? 0, stop.x);
    visit.stops.push(stop);
  }
  const all = [...found.values()].flatMap((legs) => [...legs.values()]);
  return all.sort((a, b) => a.stops[0].time - b.stops[0].time);
}

function groupByPress(stops) {
  const heads = new Map();
  for (const stop of stops) {
    for (const press of stop.presses) heads.set(press, [...(heads.get(press) ?? []), stop]);
  }
  return heads;
}
