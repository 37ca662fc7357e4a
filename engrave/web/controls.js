// The controls of a score: play, position, speed, loop. They show what they are told.

const SPEEDS = [100, 90, 80, 75, 70, 60, 50]; // per cent
const ICONS = { Play: "M8 5v14l11-7z", Pause: "M6 5h4v14H6zM14 5h4v14h-4z" };

class Controls {
  constructor(seconds) {
    this.play = make("button", { type: "button", class: "play" });
    this.place = make("input", { type: "range", min: "0", max: "1", step: "any", value: "0" });
    this.place.setAttribute("aria-label", "Position");
    this.clock = make("span", { class: "clock" }, `${minutes(0)} / ${minutes(seconds)}`);
    const speeds = SPEEDS.map((speed) => make("option", { value: speed / 100 }, `${speed} %`));
    this.speed = make("select", { "aria-label": "Speed" }, ...speeds);
    this.loop = make("button", { type: "button" }, "Loop from here");
    const about = { class: "controls", part: "controls", role: "group", "aria-label": "Player" };
    this.element = make("div", about, this.play, this.place, this.clock, this.speed, this.loop);
    this.showPlaying(false);
  }

  showPlaying(playing) {
    const name = playing ? "Pause" : "Play";
    this.play.setAttribute("aria-label", name);
    this.play.replaceChildren(drawIcon(ICONS[name]));
  }

  showPlace(time, duration, bar) {
    this.place.value = time / duration;
    this.clock.textContent = `${minutes(time)} / ${minutes(duration)}`;
    this.place.setAttribute("aria-valuetext", `bar ${bar}, ${minutes(time)}`);
  }
}

function drawIcon(outline) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", outline);
  picture.append(path);
  return picture;
}

function minutes(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// An element with attributes and content.
function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}
