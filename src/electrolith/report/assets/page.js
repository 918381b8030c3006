// Builds the page and keeps its parts consistent: the selected crystal, and the crystals that are shown.

const CARDS = 10; // pictures in the gallery

function start() {
  const data = JSON.parse(element("data").textContent);
  const view = new CrystalView(element("crystal"), data.elements);
  const chooseRow = (row, jump = true) => {
    view.show(row.crystal);
    drawLegend(data, row.crystal);
    drawVerdicts(data, row);
    table.mark(row);
    for (const card of document.querySelectorAll(".card")) card.classList.toggle("chosen", card.dataset.id === row.id);
    if (jump) element("chosen-title").scrollIntoView({ block: "nearest" });
  };
  const chooseFate = (fate) => {
    element("fate").value = fate;
    table.fate = fate;
    table.fill();
    markFunnel(fate);
  };
  drawHeader(data);
  drawFunnel(data, chooseFate);
  const table = new CrystalTable(data, chooseRow);
  drawGallery(data, chooseRow);
  new Scatter(data, table.columns, chooseRow);
  drawSources(data);
  listFates(data, chooseFate);
  listenToControls(table, view);
  if (data.rows.length) chooseRow(data.rows.find((row) => row.crystal) || data.rows[0], false);
  let waiting = 0;
  window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => view.draw(), 100); });
}

function drawHeader(data) {
  element("name").textContent = data.recipe.name;
  element("description").textContent = data.recipe.description;
  const computed = data.steps.reduce((sum, step) => sum + step.seconds, 0);
  const figures = [
    [data.crystals.toLocaleString("en"), `crystals from ${data.input.join(", ")}`],
    [data.survivors.toLocaleString("en"), "passed all checks"],
    [duration(computed), `computing time, with ${few(data.workers, "process", "processes")}`],
    [data.date, `electrolith ${data.versions.electrolith}`],
  ];
  for (const [number, words] of figures) element("figures").append(make("div", "", make("b", "", number), make("span", "", words)));
  for (const note of data.reading) element("figures").append(make("div", "reading", make("span", "", note)));
}

function drawGallery(data, choose) {
  const survivors = data.rows.filter((row) => !row.stopped && row.crystal);
  const shown = (survivors.length ? survivors : data.rows.filter((row) => row.crystal)).slice(0, CARDS);
  element("gallery-title").textContent = survivors.length ? "The best survivors" : "Crystals that passed the most checks";
  const order = data.rank.map((criterion) => `${criterion.by} (${criterion.order}, weight ${criterion.weight})`).join(", ");
  const note = survivors.length
    ? `${shown.length} of ${few(data.survivors, "crystal", "crystals")} that passed all checks, the best first${order ? `; ranked by ${order}` : ""}. Drag a picture to rotate it.`
    : "No crystal passed all checks.";
  element("gallery-note").textContent = note;
  for (const row of shown) {
    const canvas = make("canvas");
    const fate = row.stopped ? `stopped at ${row.stopped}` : row.id;
    const name = make("b", "", `${row.rank ? `${row.rank}. ` : ""}${row.formula}`);
    const card = make("div", "card", canvas, name, make("small", "", `${row.symbol || ""} · ${few(row.atoms, "atom", "atoms")}`), make("small", "", fate));
    if (row.remarks.length) card.append(make("small", "remark", `read with remarks: ${row.remarks.join(" ")}`));
    card.dataset.id = row.id;
    card.addEventListener("click", () => choose(row, false));
    element("gallery").append(card);
    new CrystalView(canvas, data.elements).show(row.crystal);
  }
}

function drawLegend(data, crystal) {
  const kinds = crystal ? [...new Set(crystal.elements)] : [];
  element("legend").replaceChildren(...kinds.map((z) => {
    const mark = make("i", "dot");
    mark.style.background = data.elements[z][1];
    return make("span", "", mark, data.elements[z][0]);
  }));
}

function listFates(data, choose) {
  const select = element("fate");
  select.append(new Option("all crystals", "all"), new Option("survivors", "survivors"));
  for (const step of data.steps) {
    const stopped = step.failed + step.stopped_as_unknown;
    if (stopped) select.append(new Option(`stopped at ${step.check} (${stopped})`, step.check));
  }
  select.addEventListener("change", () => choose(select.value));
}

function listenToControls(table, view) {
  element("more-columns").addEventListener("change", (event) => { table.extra = event.target.checked; table.heading(); table.fill(); });
  element("clear-filters").addEventListener("click", () => table.clear());
  element("bonds").addEventListener("change", (event) => { view.bonds = event.target.checked; view.draw(); });
  for (const button of document.querySelectorAll("[data-along]")) button.addEventListener("click", () => view.along(Number(button.dataset.along)));
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => { view.zoom *= Number(button.dataset.zoom); view.draw(); });
}

start();
