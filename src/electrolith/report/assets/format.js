// Functions that all parts of the page use: elements of the page, numbers as text.

const element = (id) => document.getElementById(id);

/** A new element with text or children; text is never taken for HTML. */
function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A number with three or four digits, in powers of ten where it is very small or large. */
function digits(value) {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2).replace("e", " × 10^").replace("^+", "^");
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** A time in the unit that suits it. */
function duration(seconds) {
  if (seconds < 0.01) return `${(seconds * 1000).toPrecision(2)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${seconds.toPrecision(3)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

const ANSWER = { true: "yes", false: "no", null: "unknown" };
const answerOf = (verdict) => (verdict[6] ? "near" : ANSWER[verdict[0]]); // near: a near miss
const MARK = { yes: "✓", no: "✕", near: "≈", unknown: "?", unasked: "–" };
const few = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
