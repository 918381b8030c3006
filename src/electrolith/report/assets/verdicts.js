// Verdicts of the checks on one crystal, and the sources of their numbers.

function drawVerdicts(data, row) {
  const fate = row.stopped ? `stopped at ${row.stopped}: ${row.reason}` : `passed all checks${row.near_misses.length ? `, near misses: ${row.near_misses.join(", ")}` : ""}, rank ${row.rank}`;
  const group = row.group ? `, ${row.symbol} (${row.group})` : "";
  const atoms = row.atoms ? `, ${few(row.atoms, "atom", "atoms")}` : "";
  element("chosen-title").textContent = `${row.formula || "no crystal"}  ·  ${row.id}`;
  const lines = data.steps.slice(1).map((step) => verdictLine(step.check, row));
  const remarks = row.remarks.map((remark) => make("p", "note remark", `Read with a remark: ${remark}`));
  element("verdicts").replaceChildren(make("p", "note", `${fate}${group}${atoms}.`), ...remarks, ...lines);
}

function verdictLine(key, row) {
  const verdict = row.verdicts[key];
  const answer = verdict ? answerOf(verdict) : "unasked";
  const line = make("div", `verdict ${answer}`, make("span", "mark", MARK[answer]), make("span", "name", key));
  if (!verdict) {
    line.append(make("span"), make("span", "", "not run"));
    return line;
  }
  const [, value, spread, unit, limit, reason] = verdict;
  const around = spread === null ? "" : ` ± ${digits(spread)}`;
  const number = value === null ? "" : `${digits(value)}${around} ${unit}`;
  const cell = make("span", "", number);
  if (value !== null && limit !== null) cell.append(make("small", "", `limit ${digits(limit)} ${unit}`));
  const said = make("span", "", reason);
  for (const [name, found] of Object.entries(row.details)) {
    if (name.startsWith(`${key}: `)) said.append(make("small", "", `${name.slice(key.length + 2)}: ${digits(found)}`));
  }
  if (row.profiles[key]) said.append(drawProfile(row.profiles[key]));
  line.append(cell, said);
  return line;
}

function drawSources(data) {
  for (const step of data.steps.slice(1)) {
    const options = Object.entries(step.options).map(([name, value]) => `${name} = ${value === null ? "none" : value}`);
    const asked = data.rows.filter((row) => row.verdicts[step.check]).length;
    const time = asked ? `${duration(step.seconds)} in all, ${duration(step.seconds / asked)} each` : "not run";
    const summary = make("summary", "", make("b", "", step.check), make("span", "", step.question), make("span", "", options.join(", ")), make("span", "", time));
    const unknown = `An unknown verdict ${step.when_unknown === "stop" ? "stops the crystal" : "does not stop the crystal"} (${step.unknown} of ${asked}).`;
    element("sources").append(make("details", "", summary, make("pre", "", step.source || "No further source."), make("p", "note", unknown)));
  }
  const versions = Object.entries(data.versions).map(([name, version]) => `${name} ${version}`).join(", ");
  element("versions").textContent = `Computed with ${versions}. Elements are drawn in Jmol's colours, bonds up to ${BOND} times the sum of the covalent radii (Cordero et al., 2008).`;
}
