// The table: a row per crystal, sorted by any column, filtered by words, numbers and answers.

const PAGE = 300; // rows shown at once

/** Columns: {name, unit, value(row), text(row), answer(row), number, extra}. */
function columnsOf(data) {
  const plain = (name, value, number, unit = "") => ({ name, unit, value, text: (row) => digits(value(row)), number, answer: () => "" });
  const columns = [
    plain("rank", (row) => row.rank, true),
    plain("id", (row) => row.id, false),
    plain("formula", (row) => row.formula, false),
    { ...plain("space group", (row) => row.group, true), text: (row) => (row.group ? `${row.symbol} (${row.group})` : "") },
    plain("atoms", (row) => row.atoms, true),
    plain("stopped at", (row) => row.stopped, false),
  ];
  if (data.rank.length) columns.push(plain("score", (row) => row.score, true));
  for (const step of data.steps.slice(1)) {
    const key = step.check;
    const verdict = (row) => row.verdicts[key];
    const units = data.rows.map((row) => (verdict(row) ? verdict(row)[3] : "")).filter(Boolean);
    const counted = data.rows.some((row) => verdict(row) && verdict(row)[1] !== null);
    const answer = (row) => (verdict(row) ? answerOf(verdict(row)) : "");
    columns.push({
      name: key, unit: units[0] || "", number: counted, answer, step,
      value: (row) => (!verdict(row) ? null : counted ? verdict(row)[1] : answer(row)),
      text: (row) => (!verdict(row) ? "" : counted && verdict(row)[1] !== null ? digits(verdict(row)[1]) : MARK[answer(row)]),
      title: (row) => (verdict(row) ? verdict(row)[5] : ""),
    });
    for (const [owner, heading] of data.details) {
      if (owner !== key) continue;
      const name = `${key}: ${heading}`;
      const value = (row) => (name in row.details ? row.details[name] : null);
      const number = data.rows.some((row) => typeof value(row) === "number");
      columns.push({ ...plain(name, value, number), extra: true });
    }
  }
  return columns;
}

/** Whether a row matches the text in a column's filter. */
function fits(column, row, wanted) {
  const text = wanted.trim().toLowerCase();
  if (!text) return true;
  if (["yes", "no", "unknown", "near", "near miss"].includes(text) && column.step) return column.answer(row) === text.split(" ")[0];
  const value = column.value(row);
  const range = text.match(/^(-?[\d.e+-]+)\s*\.\.\s*(-?[\d.e+-]+)$/);
  const bound = text.match(/^(<=|>=|<|>|=|≤|≥)\s*(-?[\d.e+-]+)$/);
  if (range && column.number) return value !== null && value >= Number(range[1]) && value <= Number(range[2]);
  if (bound && column.number) {
    if (value === null || value === undefined) return false;
    const limit = Number(bound[2]);
    return { "<": value < limit, ">": value > limit, "<=": value <= limit, "≤": value <= limit, ">=": value >= limit, "≥": value >= limit, "=": value === limit }[bound[1]];
  }
  return `${column.text(row)} ${value ?? ""}`.toLowerCase().includes(text);
}

/** Rows in the order of a column; those without a value come last in both directions. */
function inOrder(rows, column, descending) {
  const missing = (value) => value === null || value === undefined || value === "";
  return [...rows].sort((a, b) => {
    const [one, other] = [column.value(a), column.value(b)];
    if (missing(one) || missing(other)) return missing(one) - missing(other);
    const order = column.number ? one - other : String(one).localeCompare(String(other), "en", { numeric: true });
    return descending ? -order : order;
  });
}

class CrystalTable {
  constructor(data, choose) {
    this.data = data;
    this.choose = choose;
    this.columns = columnsOf(data);
    this.fate = "all";
    this.sorted = null;
    this.descending = false;
    this.wanted = new Map();
    this.most = PAGE;
    this.extra = false;
    this.head = document.querySelector("#table thead");
    this.body = document.querySelector("#table tbody");
    element("more-rows").addEventListener("click", () => { this.most += PAGE; this.fill(); });
    this.heading();
    this.fill();
  }

  get visible() {
    return this.columns.filter((column) => this.extra || !column.extra);
  }

  heading() {
    const names = this.visible.map((column) => {
      const arrow = this.sorted === column ? (this.descending ? " ▾" : " ▴") : "";
      const cell = make("th", "", column.name + arrow, make("small", "", column.unit));
      if (column.step) cell.title = column.step.question;
      cell.addEventListener("click", () => this.sort(column));
      return cell;
    });
    const inputs = this.visible.map((column) => {
      const input = make("input");
      input.value = this.wanted.get(column.name) || "";
      input.setAttribute("aria-label", `filter ${column.name}`);
      input.addEventListener("input", () => { this.wanted.set(column.name, input.value); this.fill(); });
      return make("th", "", input);
    });
    this.head.replaceChildren(make("tr", "", ...names), make("tr", "filters", ...inputs));
  }

  sort(column) {
    if (this.sorted !== column) [this.sorted, this.descending] = [column, false];
    else if (!this.descending) this.descending = true;
    else [this.sorted, this.descending] = [null, false];
    this.heading();
    this.fill();
  }

  fits(row) {
    const fate = this.fate === "all" || (this.fate === "survivors" ? !row.stopped : row.stopped === this.fate);
    return fate && this.columns.every((column) => fits(column, row, this.wanted.get(column.name) || ""));
  }

  fill() {
    const fitting = this.data.rows.filter((row) => this.fits(row));
    const rows = this.sorted ? inOrder(fitting, this.sorted, this.descending) : fitting;
    this.body.replaceChildren(...rows.slice(0, this.most).map((row) => this.line(row)));
    element("shown").textContent = `${few(rows.length, "crystal", "crystals")} of ${this.data.rows.length.toLocaleString("en")}`;
    element("more-rows").hidden = rows.length <= this.most;
  }

  line(row) {
    const cells = this.visible.map((column) => {
      const cell = make("td", `${column.number ? "number " : ""}${column.answer(row)}`, column.text(row));
      cell.title = column.title ? column.title(row) : column.name === "stopped at" ? row.reason : column.text(row);
      return cell;
    });
    const line = make("tr", row === this.chosen ? "chosen" : "", ...cells);
    line.dataset.id = row.id;
    line.addEventListener("click", () => this.choose(row));
    return line;
  }

  mark(row) {
    this.chosen = row;
    for (const line of this.body.children) line.classList.toggle("chosen", line.dataset.id === row.id);
  }

  clear() {
    this.wanted.clear();
    this.heading();
    this.fill();
  }
}
