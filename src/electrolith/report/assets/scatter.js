// Scatter plot of two numbers, for all crystals that have both.

const SVG = "http://www.w3.org/2000/svg";
const PLOT = { width: 1150, height: 460, left: 76, right: 20, top: 14, bottom: 52 };

function shape(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Positions of values on an axis; powers of ten where values span more than three of them. */
function axisOf(values, from, to) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  const logarithmic = low > 0 && high / low > 1000;
  const scale = logarithmic ? Math.log10 : (value) => value;
  [low, high] = [scale(low), scale(high)];
  const margin = (high - low || Math.abs(high) || 1) * 0.05;
  [low, high] = [low - margin, high + margin];
  const rough = (high - low) / 7;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 5, 10].map((k) => k * power).find((size) => size >= rough);
  if (logarithmic) step = Math.max(1, Math.round(step));
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  const place = (scaled) => from + ((scaled - low) / (high - low)) * (to - from);
  const name = (tick) => (logarithmic ? `10^${Math.round(tick)}` : String(Number(tick.toPrecision(6))));
  return { at: (value) => place(scale(value)), ticks: ticks.map((tick) => ({ at: place(tick), name: name(tick) })), holds: (v) => (!logarithmic || v > 0) && scale(v) >= low && scale(v) <= high };
}

class Scatter {
  constructor(data, columns, choose) {
    this.data = data;
    this.choose = choose;
    this.columns = columns.filter((column) => column.number && !["rank", "space group"].includes(column.name));
    const counts = this.columns.map((column) => data.rows.filter((row) => typeof column.value(row) === "number").length);
    const best = this.columns.map((_, k) => k).filter((k) => this.columns[k].step).sort((a, b) => counts[b] - counts[a] || b - a);
    const ranked = data.rank.map((criterion) => this.columns.findIndex((c) => c.name === criterion.by)).filter((k) => k >= 0 && counts[k] > 1);
    const start = [...ranked, ...best, 0, 0];
    ["x-axis", "y-axis"].forEach((id, axis) => {
      const select = element(id);
      this.columns.forEach((column, k) => select.append(new Option(column.unit ? `${column.name} (${column.unit})` : column.name, k)));
      select.value = String(start[axis] === start[0] && axis ? start.find((k) => k !== start[0]) ?? 0 : start[axis]);
      select.addEventListener("change", () => this.draw());
    });
    this.draw();
  }

  draw() {
    const [across, up] = ["x-axis", "y-axis"].map((id) => this.columns[element(id).value]);
    const both = (row) => across && [across, up].every((column) => typeof column.value(row) === "number");
    const rows = this.data.rows.filter(both).sort((a, b) => (a.stopped ? 0 : 1) - (b.stopped ? 0 : 1));
    if (!rows.length) {
      element("scatter").replaceChildren(make("p", "note", "No crystal has both numbers."));
      return;
    }
    const { width, height, left, right, top, bottom } = PLOT;
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
    const x = axisOf(rows.map(across.value), left, width - right);
    const y = axisOf(rows.map(up.value), height - bottom, top);
    for (const tick of x.ticks) {
      svg.append(shape("line", { x1: tick.at, x2: tick.at, y1: top, y2: height - bottom, stroke: "#e8ecf0" }));
      svg.append(shape("text", { x: tick.at, y: height - bottom + 18, "text-anchor": "middle", fill: "#5d6876" }, tick.name));
    }
    for (const tick of y.ticks) {
      svg.append(shape("line", { x1: left, x2: width - right, y1: tick.at, y2: tick.at, stroke: "#e8ecf0" }));
      svg.append(shape("text", { x: left - 8, y: tick.at + 4, "text-anchor": "end", fill: "#5d6876" }, tick.name));
    }
    svg.append(shape("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom, fill: "none", stroke: "#aab2bd" }));
    this.limit(svg, across, rows, (at) => ({ x1: x.at(at), x2: x.at(at), y1: top, y2: height - bottom }), x);
    this.limit(svg, up, rows, (at) => ({ x1: left, x2: width - right, y1: y.at(at), y2: y.at(at) }), y);
    const named = (column) => (column.unit ? `${column.name} / ${column.unit}` : column.name);
    svg.append(shape("text", { x: (left + width - right) / 2, y: height - 10, "text-anchor": "middle", "font-weight": 600 }, named(across)));
    svg.append(shape("text", { transform: `translate(18 ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle", "font-weight": 600 }, named(up)));
    for (const row of rows) svg.append(this.point(row, x.at(across.value(row)), y.at(up.value(row)), across, up));
    element("scatter").replaceChildren(svg);
  }

  /** A dashed line at the limit of a check, where all crystals have the same. */
  limit(svg, column, rows, line, axis) {
    if (!column.step) return;
    const limits = new Set(rows.map((row) => row.verdicts[column.name][4]).filter((limit) => limit !== null));
    if (limits.size !== 1) return;
    const [limit] = limits;
    if (axis.holds(limit)) svg.append(shape("line", { ...line(limit), stroke: "#b23a2a", "stroke-dasharray": "5 4" }));
  }

  point(row, cx, cy, across, up) {
    const colour = row.stopped ? "#d9b6b0" : "#0b6e8a";
    const point = shape("circle", { cx, cy, r: row.stopped ? 4.5 : 6, fill: colour, "fill-opacity": 0.85, stroke: row.stopped ? "#a3675d" : "#053f50", "stroke-width": 0.8 });
    const fate = row.stopped ? `stopped at ${row.stopped}` : `rank ${row.rank}`;
    const said = `${row.formula} (${row.id}), ${fate}: ${across.name} ${across.text(row)} ${across.unit}, ${up.name} ${up.text(row)} ${up.unit}`;
    point.addEventListener("pointermove", (event) => showTip(event, said));
    point.addEventListener("pointerleave", () => { element("tip").hidden = true; });
    point.addEventListener("click", () => this.choose(row));
    return point;
  }
}

function showTip(event, text) {
  const tip = element("tip");
  tip.textContent = text;
  tip.hidden = false;
  tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - 350)}px`;
  tip.style.top = `${event.clientY + 14}px`;
}
