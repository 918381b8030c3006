// The energy along a migration path: distance in Å to the right, energy in eV upwards.

const PROFILE = { width: 320, height: 96, margin: 22 };

function drawProfile(points) {
  const { width, height, margin } = PROFILE;
  const energies = points.map((point) => point[1]);
  const low = Math.min(0, ...energies);
  const high = Math.max(0.05, ...energies);
  const end = points[points.length - 1][0] || 1;
  const across = (distance) => margin + (distance / end) * (width - 2 * margin);
  const up = (energy) => height - margin - ((energy - low) / (high - low)) * (height - 2 * margin);
  const drawing = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "profile", width, height });
  const line = points.map(([distance, energy]) => `${across(distance).toFixed(1)},${up(energy).toFixed(1)}`).join(" ");
  drawing.append(shape("line", { x1: margin, x2: width - margin, y1: up(0), y2: up(0), stroke: "currentColor", "stroke-opacity": 0.3 }));
  drawing.append(shape("polyline", { points: line, fill: "none", stroke: "currentColor", "stroke-width": 1.5 }));
  const range = `${digits(Math.min(...energies))} to ${digits(Math.max(...energies))} eV over ${digits(end)} Å`;
  drawing.append(shape("text", { x: margin, y: height - 6, "font-size": 10, fill: "currentColor" }, `energy along the path: ${range}`));
  return drawing;
}
