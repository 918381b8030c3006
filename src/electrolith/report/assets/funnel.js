// The funnel: for each check, the numbers of crystals that arrived, passed, failed or were unknown, with reasons.

function drawFunnel(data, choose) {
  const widest = Math.max(data.crystals, 1);
  for (const step of data.steps) {
    const stopped = step.failed + step.stopped_as_unknown;
    const part = (name, count) => {
      const piece = make("i", name);
      piece.style.width = `${(100 * count) / widest}%`;
      return piece;
    };
    const bar = make("span", "bar", part("went", step.came - stopped), part("failed", step.failed), part("open", step.stopped_as_unknown));
    const counts = make("span", "count", `${step.came.toLocaleString("en")} → ${(step.came - stopped).toLocaleString("en")}  `);
    if (step.failed) counts.append(make("b", "", `−${step.failed}`));
    if (step.stopped_as_unknown) counts.append(` −${step.stopped_as_unknown} unknown`);
    const reasons = step.reasons.map(([example, count]) => make("div", "why", `${count} × ${example}`));
    const row = make("button", "step", make("span", "name", step.check), bar, counts, make("span", "", ...(reasons.length ? reasons.slice(0, 2) : [make("div", "why question", step.question)])));
    row.type = "button";
    row.dataset.check = step.check;
    row.title = [step.question, ...step.reasons.map(([example, count]) => `${count} × like: ${example}`)].join("\n");
    row.addEventListener("click", () => choose(stopped ? step.check : "all"));
    element("funnel").append(row);
  }
}

function markFunnel(fate) {
  for (const row of document.querySelectorAll(".step")) row.classList.toggle("chosen", row.dataset.check === fate);
}
