// A crystal on a canvas, as shaded spheres, bonds and cell edges, that can be rotated.

const BOND = 1.15; // longest bond, in sums of covalent radii
const SIZE = 0.42; // radius of a sphere, in covalent radii
const EDGE_PARTS = 10; // pieces of a cell edge, so that each may lie before or behind an atom

const dot = (row, point) => row[0] * point[0] + row[1] * point[1] + row[2] * point[2];
const turned = (matrix, point) => matrix.map((row) => dot(row, point));
const product = (one, other) => one.map((row) => [0, 1, 2].map((k) => dot(row, other.map((r) => r[k]))));
const length = (v) => Math.hypot(...v);
const unit = (v) => v.map((x) => x / (length(v) || 1));
const cross = (u, v) => [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];

function rotation(axis, angle) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return axis === "x" ? [[1, 0, 0], [0, c, -s], [0, s, c]] : [[c, 0, s], [0, 1, 0], [-s, 0, c]];
}

class CrystalView {
  constructor(canvas, elements) {
    this.canvas = canvas;
    this.elements = elements;
    this.bonds = true;
    this.zoom = 1;
    this.orientation = product(rotation("x", -1.25), rotation("y", 0));
    this.listen();
  }

  /** Shows a crystal ({cell, sites, elements}) or, without one, an empty canvas. */
  show(crystal) {
    this.crystal = crystal;
    if (crystal) {
      const { cell } = crystal;
      this.center = [0, 1, 2].map((k) => (cell[0][k] + cell[1][k] + cell[2][k]) / 2);
      this.atoms = this.placeAtoms();
      this.pairs = this.findBonds();
      this.edges = this.cellEdges();
      this.reach = Math.max(...this.edges.flat().map(length), ...this.atoms.map((a) => length(a.at))) + 1;
      this.zoom = 1;
      this.orientation = product(rotation("x", 0.28), product(rotation("y", -0.42), this.facing(1)));
    }
    this.draw();
  }

  cartesian(site) {
    return [0, 1, 2].map((k) => site.reduce((sum, x, i) => sum + x * this.crystal.cell[i][k], 0) - this.center[k]);
  }

  /** All atoms of the cell; those on its faces, edges and corners also at the other end. */
  placeAtoms() {
    const atoms = [];
    this.crystal.sites.forEach((site, n) => {
      const shifts = site.map((x) => (x < 0.02 ? [0, 1] : x > 0.98 ? [0, -1] : [0]));
      for (const i of shifts[0]) for (const j of shifts[1]) for (const k of shifts[2]) {
        const [symbol, colour, radius] = this.elements[this.crystal.elements[n]];
        atoms.push({ at: this.cartesian([site[0] + i, site[1] + j, site[2] + k]), symbol, colour, radius });
      }
    });
    return atoms;
  }

  findBonds() {
    const bonds = [];
    for (let i = 0; i < this.atoms.length; i++) {
      for (let j = 0; j < i; j++) {
        const [one, other] = [this.atoms[i], this.atoms[j]];
        const apart = length(one.at.map((x, k) => x - other.at[k]));
        if (apart > 0.5 && one.symbol !== other.symbol && apart < BOND * (one.radius + other.radius)) bonds.push([one, other]);
      }
    }
    return bonds;
  }

  cellEdges() {
    const edges = [];
    for (const axis of [0, 1, 2]) for (const i of [0, 1]) for (const j of [0, 1]) {
      const corner = (t) => { const c = [i, j]; c.splice(axis, 0, t); return this.cartesian(c); };
      for (let k = 0; k < EDGE_PARTS; k++) edges.push([corner(k / EDGE_PARTS), corner((k + 1) / EDGE_PARTS)]);
    }
    return edges;
  }

  /** The orientation that looks along a cell vector, with the next but one upwards. */
  facing(axis) {
    const { cell } = this.crystal;
    const towards = unit(cell[axis]);
    const right = unit(cross(cell[(axis + 1) % 3], towards));
    return [right, cross(towards, right), towards];
  }

  along(axis) {
    if (!this.crystal) return;
    this.orientation = this.facing(axis);
    this.draw();
  }

  turn(dx, dy) {
    this.orientation = product(product(rotation("x", -dy), rotation("y", dx)), this.orientation);
    this.draw();
  }

  listen() {
    let last = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      last = [event.clientX, event.clientY];
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      this.turn((event.clientX - last[0]) * 0.01, -(event.clientY - last[1]) * 0.01);
      last = [event.clientX, event.clientY];
    });
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => { last = null; });
    this.canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
      if (!by) return;
      event.preventDefault();
      this.turn(...by);
    });
  }

  draw() {
    const { canvas } = this;
    const [width, height, fine] = [canvas.clientWidth || 200, canvas.clientHeight || 150, window.devicePixelRatio || 1];
    canvas.width = width * fine;
    canvas.height = height * fine;
    const brush = canvas.getContext("2d");
    brush.scale(fine, fine);
    if (!this.crystal) {
      brush.fillStyle = "#8b93a0";
      brush.font = "14px system-ui, sans-serif";
      brush.textAlign = "center";
      brush.fillText("no picture of this crystal", width / 2, height / 2);
      return;
    }
    const scale = (this.zoom * Math.min(width, height)) / (2 * this.reach);
    const seen = (point) => {
      const [x, y, z] = turned(this.orientation, point);
      const near = 1 / (1 - z / (this.reach * 8)); // a little perspective
      return [width / 2 + x * scale * near, height / 2 - y * scale * near, z, scale * near];
    };
    const things = this.edges.map(([from, to]) => this.edge(brush, seen(from), seen(to)));
    if (this.bonds) for (const [one, other] of this.pairs) things.push(...this.bond(brush, seen, one, other));
    for (const atom of this.atoms) things.push(this.sphere(brush, seen(atom.at), atom));
    things.sort((a, b) => a.depth - b.depth);
    for (const thing of things) thing.paint();
  }

  edge(brush, from, to) {
    return { depth: (from[2] + to[2]) / 2, paint: () => line(brush, from, to, "#7d8896", 1.2) };
  }

  bond(brush, seen, one, other) {
    const ends = [seen(one.at), seen(other.at)];
    const middle = [0, 1, 2, 3].map((k) => (ends[0][k] + ends[1][k]) / 2);
    return [one, other].map((atom, k) => ({
      depth: (ends[k][2] + middle[2]) / 2 - 0.01,
      paint: () => {
        line(brush, ends[k], middle, "#59636f", middle[3] * 0.2 + 1.2);
        line(brush, ends[k], middle, atom.colour, middle[3] * 0.2);
      },
    }));
  }

  sphere(brush, [x, y, z, scale], atom) {
    return {
      depth: z,
      paint: () => {
        const r = SIZE * atom.radius * scale;
        const shade = brush.createRadialGradient(x - r * 0.35, y - r * 0.4, r * 0.08, x, y, r);
        shade.addColorStop(0, mixed(atom.colour, "#ffffff", 0.75));
        shade.addColorStop(0.45, atom.colour);
        shade.addColorStop(1, mixed(atom.colour, "#000000", 0.42));
        brush.fillStyle = shade;
        brush.beginPath();
        brush.arc(x, y, r, 0, 2 * Math.PI);
        brush.fill();
        brush.strokeStyle = mixed(atom.colour, "#000000", 0.55);
        brush.lineWidth = 0.7;
        brush.stroke();
      },
    };
  }
}

function line(brush, from, to, colour, width) {
  brush.strokeStyle = colour;
  brush.lineWidth = width;
  brush.beginPath();
  brush.moveTo(from[0], from[1]);
  brush.lineTo(to[0], to[1]);
  brush.stroke();
}

function mixed(colour, other, share) {
  const parts = (text) => [1, 3, 5].map((k) => parseInt(text.slice(k, k + 2), 16));
  const [mine, theirs] = [parts(colour), parts(other)];
  return `rgb(${mine.map((x, k) => Math.round(x + (theirs[k] - x) * share)).join(",")})`;
}
