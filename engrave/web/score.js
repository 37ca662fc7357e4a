// <engrave-score>: a score that plays the performance it was written from.
//
// Inside it stands what is to be seen without scripts: a figure with the music and a caption, and
// the recording as JSON. With src="take.html" it is a picture instead, and the music is fetched
// from that page when the reader comes near. What scripts add lives in a shadow root.

const SHORTEST_LOOP = 0.3; // seconds
const DRAWN = 8; // pixels that a pointer must move to draw a selection

const still = matchMedia("(prefers-reduced-motion: reduce)");
const nearby = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting && target instanceof EngraveScore) target.load();
    }
  },
  { rootMargin: "500px" },
);

class EngraveScore extends HTMLElement {
  static playing = null; // of all scores on the page one plays

  isPlaying = false;

  connectedCallback() {
    if (this.shadowRoot) return;
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.connectedCallback(), { once: true });
    } else if (this.hasAttribute("src")) {
      nearby.observe(this);
    } else {
      this.#build(this);
    }
  }

  disconnectedCallback() {
    nearby.unobserve(this);
    this.transport?.pause();
  }

  async load() {
    nearby.unobserve(this);
    const page = await fetchPage(new URL(this.getAttribute("src"), document.baseURI));
    const score = page?.querySelector("engrave-score");
    if (!score || this.shadowRoot) return;
    for (const link of score.querySelectorAll("a")) link.setAttribute("href", link.href);
    for (const audio of score.querySelectorAll("audio")) audio.setAttribute("src", audio.src);
    this.#build(document.importNode(score, true));
  }

  // The shadow root: controls, the music, the caption.
  #build(source) {
    this.data = source.querySelector('script[type="application/json"]').textContent;
    const root = this.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    this.layouts = source.querySelector(".layouts");
    const caption = make("figcaption", { part: "caption" });
    const written = this.querySelector("figcaption") ?? source.querySelector("figcaption");
    caption.append(...[...(written?.childNodes ?? [])].map((node) => node.cloneNode(true)));
    this.controls = new Controls(Number(source.dataset.seconds));
    root.append(make("figure", { part: "figure" }, this.controls.element, this.layouts, caption));
    this.audio = source.querySelector("audio");
    this.#listen();
  }

  #listen() {
    const { controls, layouts } = this;
    controls.play.addEventListener("click", () => this.toggle());
    controls.place.addEventListener("input", () => {
      this.seek(controls.place.value * this.#ready().duration);
    });
    controls.place.addEventListener("keydown", (event) => this.#key(event));
    controls.speed.addEventListener("change", () => {
      this.#ready().setSpeed(Number(controls.speed.value));
    });
    controls.loop.addEventListener("click", () => this.#stepLoop());
    layouts.addEventListener("pointerdown", (event) => this.#point(event));
    layouts.addEventListener("click", (event) => this.#click(event));
    new ResizeObserver(() => this.#resized()).observe(layouts);
    for (const kind of ["wheel", "touchmove"]) {
      addEventListener(kind, () => (this.following = false), { passive: true });
    }
  }

  // The recording is read when it is first needed: many scores on a page cost nothing till then.
  #ready() {
    if (!this.transport) {
      this.recording = readRecording(this.data);
      this.sheet = new Sheet(this.layouts, this.recording);
      this.transport = this.audio
        ? new TapeTransport(this.recording, this.audio)
        : new PianoTransport(this.recording);
    }
    this.sheet.refresh();
    return this.transport;
  }

  async play() {
    const transport = this.#ready();
    if (EngraveScore.playing !== this) EngraveScore.playing?.pause();
    EngraveScore.playing = this;
    this.following = true;
    this.#sayWhetherPlaying(true);
    try {
      await transport.play();
      this.#run();
    } catch {
      this.pause(); // a sound file that the browser cannot play
    }
  }

  pause() {
    this.transport?.pause();
    this.#sayWhetherPlaying(false);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  seek(seconds) {
    this.#ready().seek(seconds);
    this.following = true;
    if (!this.running) this.#show();
  }

  // Repeats from `start` to `end`, in seconds; null plays to the end.
  repeat(loop) {
    this.#ready().setLoop(loop);
    this.sheet.showLoop(loop);
    this.#sayLoop();
  }

  // Shows where the music is, as often as the screen is drawn.
  #run() {
    if (this.running) return;
    this.running = true;
    const draw = () => {
      const { transport } = this;
      this.#show();
      if (!transport.loop && transport.position() >= transport.duration) this.#finish();
      this.running = this.isPlaying;
      if (this.running) requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  }

  #finish() {
    this.pause();
    this.transport.seek(0);
    this.sheet.hideCursor();
  }

  #show() {
    const { recording, transport, sheet } = this;
    const time = transport.position();
    sheet.light(soundingAt(recording, time), time);
    this.#follow(sheet.moveCursor(time, this.isPlaying && !still.matches));
    this.controls.showPlace(time, transport.duration, barAt(recording, time));
  }

  // Turns to the next system when the music does, unless the reader has scrolled elsewhere.
  #follow(system) {
    if (system === null || system === this.system) return;
    this.system = system;
    const { top, bottom } = system.getBoundingClientRect();
    if (!this.isPlaying || !this.following) return;
    if (top >= 0 && bottom <= innerHeight * 0.85) return;
    system.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
  }

  #resized() {
    if (!this.sheet?.refresh()) return;
    this.system = null;
    this.#show();
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const turn = { PageDown: 1, PageUp: -1 }[event.key];
    if (event.key === " ") this.toggle();
    else if (step) this.seek(neighbour(this.#recorded(), this.transport.position(), step));
    else if (turn) this.seek(this.#bar(turn));
    else return;
    event.preventDefault();
  }

  #recorded() {
    this.#ready();
    return this.recording;
  }

  #bar(step) {
    const { bars } = this.#recorded();
    const here = lastNotAfter(bars, this.transport.position() + 0.01);
    return bars[Math.min(Math.max(here + step, 0), bars.length - 1)];
  }

  // A mouse draws a selection; a finger scrolls.
  #point(event) {
    if (event.pointerType === "touch" || event.button !== 0) return;
    this.#ready();
    this.drawn = null;
    const from = this.sheet.timeAt(event);
    if (from === null) return;
    const end = new AbortController();
    const { signal } = end;
    const moved = (other) =>
      Math.hypot(other.clientX - event.clientX, other.clientY - event.clientY) > DRAWN;
    addEventListener("pointermove", (other) => {
      const to = moved(other) ? this.sheet.timeAt(other) : null;
      if (to === null) return;
      this.drawn = this.#selection(from, to);
      this.sheet.showLoop(this.drawn);
    }, { signal });
    addEventListener("pointerup", () => {
      end.abort();
      if (this.drawn) this.repeat(this.drawn);
    }, { signal });
  }

  #selection(from, to) {
    const start = chordStart(this.recording, Math.min(from, to));
    const end = neighbour(this.recording, Math.max(from, to), 1);
    return { start, end: Math.max(end, start + SHORTEST_LOOP) };
  }

  #click(event) {
    if (this.drawn) {
      this.drawn = null; // the end of a selection is no click
      return;
    }
    this.#ready();
    const time = this.sheet.timeAt(event);
    if (time === null) return;
    const { loop } = this.transport;
    if (loop && (time < loop.start || time >= loop.end)) this.repeat(null);
    this.seek(chordStart(this.recording, time));
    this.play();
  }

  // The button for loops: from here, to here, no more.
  #stepLoop() {
    const transport = this.#ready();
    const time = transport.position();
    if (transport.loop) {
      this.repeat(null);
    } else if (this.loopStart === undefined) {
      this.loopStart = chordStart(this.recording, time);
      this.#sayLoop();
    } else {
      const loop = this.#selection(this.loopStart, time);
      this.loopStart = undefined;
      this.repeat(loop);
    }
  }

  #sayLoop() {
    const waiting = this.loopStart === undefined ? "Loop from here" : "Loop to here";
    this.controls.loop.textContent = this.transport?.loop ? "No loop" : waiting;
  }

  #sayWhetherPlaying(playing) {
    this.isPlaying = playing;
    this.controls.showPlaying(playing);
  }
}

// A page as a document, its scripts not run; null if there is none. (Neither a string of markup
// nor a sink for it is involved, so that it also works where trusted types are required.)
function fetchPage(url) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onloadend = () => resolve(request.status < 400 ? request.response : null);
    request.send();
  });
}

if (!customElements.get("engrave-score")) customElements.define("engrave-score", EngraveScore);
