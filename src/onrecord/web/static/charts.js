// The two charts over one axis of days. Plot writes a style element into what it draws, which the page's policy forbids:
// it is taken out, and timeline.css says what it said.

import { kindLook } from "./kinds.js";

const MANY = 400; // from how many marks on they are drawn together, by week or month
const MOST_ROWS = 9;
const YEARS = 3 * 366 * 864e5;

/** How verdicts are shown: shape and shade, with words that say which way a total is off. */
export const VERDICTS = {
  short: { shape: "triangle", colour: "var(--tl-short)", words: "short: the ledger has more" },
  consistent: { shape: "circle", colour: "var(--tl-consistent)", words: "consistent" },
  over: { shape: "square", colour: "var(--tl-over)", words: "over: the ledger has fewer" },
  units_differ: { shape: "diamond", colour: "var(--tl-other)", words: "units differ", hollow: true },
  not_comparable: { shape: "circle", colour: "var(--tl-other)", words: "not comparable", hollow: true },
};

const date = (iso) => new Date(`${iso}T00:00:00Z`);
const isoDay = (one) => one.toISOString().slice(0, 10);

function place(box, plot, said) {
  for (const style of plot.querySelectorAll("style")) style.remove();
  // Names of its parts say nothing within a picture
  for (const part of plot.querySelectorAll("[aria-label]")) {
    part.dataset.part = part.getAttribute("aria-label");
    part.removeAttribute("aria-label");
  }
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", said);
  box.replaceChildren(plot);
}

function bucketOf(domain) {
  const week = domain[1] - domain[0] <= YEARS;
  return week ? { name: "week", floor: d3.utcMonday } : { name: "month", floor: d3.utcMonth };
}

const middle = (first, next) => new Date((first.getTime() + next.getTime()) / 2);

// ---- incidents

/** Draws incidents, a row for each kind. Returns "week" or "month" where they are drawn together, else null. */
export function drawIncidents(box, incidents, given) {
  const inSight = incidents.filter((one) => date(one.last ?? one.first) >= given.domain[0] && date(one.first) <= given.domain[1]);
  const bucket = inSight.length > MANY ? bucketOf(given.domain) : null;
  const rows = rowsOf(inSight.length ? inSight : incidents);
  const marks = (bucket ? together(inSight, bucket, rows, given) : inSight.map((one) => alone(one, rows, given)));
  const top = Math.max(1, d3.max(marks, (mark) => Math.max(mark.best ?? 0, mark.high ?? 0)) ?? 1);
  const below = -0.05 * top;
  for (const mark of marks) mark.y = mark.best ?? below;
  const width = Math.max(280, box.clientWidth);
  const row = width < 500 ? 64 : 70;
  const names = [...new Set(rows.values())];
  const height = 36 + row * names.length;
  const size = { type: "sqrt", domain: [0, top], range: [2.5, 7.5] };
  const known = marks.filter((mark) => mark.best !== null);
  const unknown = marks.filter((mark) => mark.best === null);
  const plot = Plot.plot({
    width, height, marginLeft: 44, marginRight: 14, marginTop: 2, marginBottom: 34, className: "tl-plot",
    x: { type: "utc", domain: given.domain, label: null, ticks: Math.max(3, Math.round(width / 110)) },
    y: { type: "sqrt", domain: [below * 2.6, top * 2.8], label: null },
    fy: { domain: names, axis: null, padding: 0.04 },
    r: size,
    color: { type: "identity" },
    marks: [
      Plot.axisX({ anchor: "bottom", tickSize: 4 }),
      Plot.axisY({ ticks: ticks(top), tickSize: 0, tickFormat: (n) => n.toLocaleString("en") }),
      Plot.ruleY([0], { stroke: "var(--tl-rule)" }),
      Plot.text(names, { fy: (name) => name, text: (name) => name, frameAnchor: "top-left", dx: 4, dy: 3, className: "tl-row-name" }),
      Plot.ruleY(marks.filter((mark) => mark.spans), { fy: "row", y: "y", x1: "first", x2: "last", stroke: "colour", strokeOpacity: 0.55, strokeWidth: 2 }),
      Plot.ruleX(known.filter((mark) => mark.high !== mark.low), { fy: "row", x: "x", y1: (mark) => mark.low ?? mark.best, y2: (mark) => mark.high ?? mark.best, stroke: "colour", strokeWidth: 1.5 }),
      Plot.text(known.filter((mark) => mark.high === null), { fy: "row", x: "x", y: "y", text: () => "+", dx: 9, dy: -7, className: "tl-open" }),
      Plot.dot(known, { fy: "row", x: "x", y: "y", r: "best", symbol: "shape", fill: "colour", fillOpacity: 0.72, stroke: "colour", className: "tl-known" }),
      Plot.dot(unknown, { fy: "row", x: "x", y: "y", r: 4, symbol: "shape", fill: "var(--tl-paper)", stroke: "colour", strokeWidth: 1.5, className: "tl-unknown" }),
      Plot.tip(marks, Plot.pointer({ fy: "row", x: "x", y: "y", title: "title", maxRadius: 24, lineHeight: 1.35, className: "tl-tip" })),
    ],
  }); // prettier-ignore
  for (const [layer, held] of [[".tl-known", known], [".tl-unknown", unknown]]) {
    d3.select(plot).selectAll(`${layer} path, ${layer} circle`).on("click", (_event, n) => act(held[n], given));
  }
  place(box, plot, given.said);
  brush(plot, given);
  return bucket?.name ?? null;
}

function act(mark, given) {
  if (!mark) return;
  if (mark.one) given.open(mark.one);
  else given.choose([isoDay(mark.first), isoDay(d3.utcDay.offset(mark.last, -1))]);
}

function ticks(top) {
  const whole = d3.ticks(0, top, 2).filter(Number.isInteger);
  return [0, whole.at(-1) ?? top].filter((n, at, all) => all.indexOf(n) === at);
}

/** The row of each kind: its own for the most frequent ones. */
function rowsOf(incidents) {
  const counts = d3.rollups(incidents, (ones) => ones.length, (one) => one.kind).sort((a, b) => b[1] - a[1] || d3.ascending(a[0], b[0]));
  const few = counts.length <= MOST_ROWS;
  return new Map(counts.map(([kind], n) => [kind, few || n < MOST_ROWS - 1 ? kind.replaceAll("_", " ") : "other kinds"]));
}

function alone(one, rows, given) {
  const first = date(one.first);
  const last = date(one.last ?? one.first);
  const look = kindLook(one.kind);
  return { one, row: rows.get(one.kind), x: middle(first, last), first, last, spans: last > first, low: one.low, best: one.best, high: one.high, title: given.toldOf(one), ...look };
}

function together(incidents, bucket, rows, given) {
  const groups = d3.groups(incidents, (one) => rows.get(one.kind), (one) => bucket.floor(date(one.first)).getTime());
  return groups.flatMap(([row, times]) =>
    times.map(([time, ones]) => {
      const first = new Date(time);
      const last = bucket.floor.offset(first, 1);
      const told = ones.filter((one) => one.best !== null);
      const best = told.length ? d3.sum(told, (one) => one.best) : null;
      const low = d3.sum(told, (one) => one.low ?? one.best);
      const open = told.some((one) => one.high === null);
      const high = open ? null : d3.sum(told, (one) => one.high);
      const unknown = ones.length - told.length;
      const title = [
        `${row}, ${bucket.name} of ${given.day(isoDay(first))}`,
        `${ones.length} incident${ones.length === 1 ? "" : "s"}`,
        best === null ? "killed: unknown" : `${best} killed${low !== high ? ` (${low}–${high ?? "open"})` : ""}${unknown ? `, ${unknown} of unknown number` : ""}`,
      ].join("\n");
      return { row, x: middle(first, last), first, last, spans: false, low, best, high, title, ...kindLook(ones[0].kind) };
    }));
}

// ---- choosing days by dragging

function brush(plot, given) {
  const x = d3.scaleUtc(given.domain, plot.scale("x").range);
  const box = [[x.range()[0], 0], [x.range()[1], +plot.getAttribute("height") - 32]];
  const dragged = d3.brushX().extent(box).touchable(false).on("end", (event) => {
    if (!event.sourceEvent) return;
    if (!event.selection) given.choose(null);
    else {
      const [first, last] = event.selection.map(x.invert);
      const from = isoDay(d3.utcDay.round(first));
      const to = isoDay(d3.utcDay.offset(d3.utcDay.round(last), -1));
      given.choose([from, to < from ? from : to]);
    }
  });
  const layer = d3.select(plot).insert("g", ":first-child").attr("class", "tl-brush").call(dragged);
  if (given.days) layer.call(dragged.move, daysBetween(given).map((one) => Math.min(Math.max(x(one), box[0][0]), box[1][0])));
}

function daysBetween({ days, domain }) {
  return [days[0] ? date(days[0]) : domain[0], days[1] ? d3.utcDay.offset(date(days[1]), 1) : domain[1]];
}

// ---- stated totals

/** Draws the totals of a panel over the ledger's figure. Returns whether marks are drawn together. */
export function drawTotals(box, panel, given) {
  const bucket = panel.marks.length > MANY ? bucketOf(given.domain) : null;
  const steps = ledgerSteps(panel, given.domain);
  const held = d3.max(steps, (step) => step.high ?? step.best) ?? 0;
  const values = panel.marks.map((mark) => mark.value);
  // A total far beyond all others stands at the upper edge with its number, or the others would lie flat
  const limit = 3 * Math.max(held, d3.median(values) ?? 0);
  const near = values.filter((value) => value <= limit);
  const base = Math.max(1, held, d3.max(near) ?? 0);
  const far = values.some((value) => value > base);
  const edge = base * (far ? 1.18 : 1.05);
  const marks = (bucket ? totalsTogether(panel, bucket, given) : panel.marks.map((mark) => totalAlone(mark, given)))
    .map((mark) => ({ ...mark, y: Math.min(mark.value, edge), far: mark.value > edge }));
  const inSight = marks.filter((mark) => mark.x >= given.domain[0] && mark.x <= given.domain[1]);
  const width = Math.max(280, box.clientWidth);
  const gaps = panel.gaps.map((gap) => ({ ...gap, x1: date(gap.first), x2: d3.utcDay.offset(date(gap.last), 1), colour: VERDICTS[gap.word].colour }));
  const plot = Plot.plot({
    width, height: width < 500 ? 260 : 300, marginLeft: 44, marginRight: 14, marginTop: 16, marginBottom: 34, className: "tl-plot",
    x: { type: "utc", domain: given.domain, label: null, ticks: Math.max(3, Math.round(width / 110)) },
    y: { domain: [0, base * (far ? 1.25 : 1.1)], label: null },
    r: { type: "sqrt", range: [3, 11] },
    color: { type: "identity" },
    marks: [
      given.days ? Plot.rectX([daysBetween(given)], { x1: (d) => d[0], x2: (d) => d[1], fill: "var(--tl-chosen)", fillOpacity: 0.16 }) : null,
      Plot.gridY({ ticks: 4 }),
      Plot.axisX({ anchor: "bottom", tickSize: 4 }),
      Plot.axisY({ ticks: 4, tickSize: 0 }),
      steps.length ? Plot.areaY(steps, { x: "x", y1: "low", y2: (step) => step.high ?? step.best, curve: "step-after", fill: "var(--tl-band)" }) : null,
      steps.length ? Plot.lineY(steps, { x: "x", y: "best", curve: "step-after", stroke: "var(--tl-ink)", strokeWidth: 1.75 }) : null,
      Plot.ruleY([0], { stroke: "var(--tl-rule)" }),
      bucket ? null : Plot.lineY(marks, { x: "x", y: "y", z: "outlet", stroke: "var(--tl-muted)", strokeOpacity: 0.6, strokeWidth: 1, strokeDasharray: "3 2", clip: true }),
      Plot.ruleX(inSight.filter((mark) => mark.against !== null && mark.verdict !== "consistent"), { x: "x", y1: "y", y2: (mark) => Math.min(mark.against, edge), stroke: "colour", strokeOpacity: 0.5 }),
      Plot.ruleX(inSight.filter((mark) => mark.low !== null && mark.high !== null && mark.low !== mark.high), { x: "x", y1: (mark) => Math.min(mark.low, edge), y2: (mark) => Math.min(mark.high, edge), stroke: "colour", strokeWidth: 2 }),
      Plot.dot(inSight, { x: "x", y: "y", r: bucket ? "times" : 5, symbol: "shape", fill: "fill", fillOpacity: 0.85, stroke: "colour", strokeWidth: 1.5, className: "tl-marks" }),
      Plot.text(inSight.filter((mark) => mark.far), { x: "x", y: "y", text: (mark) => `${mark.value.toLocaleString("en")} ↑`, dy: -11, className: "tl-far" }),
      Plot.tip(inSight, Plot.pointer({ x: "x", y: "y", title: "title", maxRadius: 24, lineHeight: 1.35, className: "tl-tip" })),
    ].filter(Boolean),
  }); // prettier-ignore
  if (!bucket) d3.select(plot).selectAll(".tl-marks path, .tl-marks circle").on("click", (_event, n) => given.open(inSight[n]));
  markGaps(plot, gaps, given.domain);
  place(box, plot, panel.said);
  return bucket !== null;
}

/** Bars above the chart over the days at which totals and ledger part, a row for each side. */
function markGaps(plot, gaps, domain) {
  const x = d3.scaleUtc(domain, plot.scale("x").range).clamp(true);
  const layer = d3.select(plot).append("g").attr("class", "tl-gapbars");
  const shown = gaps.filter((gap) => gap.x2 > domain[0] && gap.x1 < domain[1]);
  layer.selectAll("rect").data(shown).join("rect")
    .attr("x", (gap) => x(gap.x1)).attr("width", (gap) => Math.max(4, x(gap.x2) - x(gap.x1)))
    .attr("y", (gap) => (gap.word === "short" ? 1 : 8)).attr("height", 5).attr("rx", 1.5)
    .attr("class", (gap) => `tl-gapbar-${gap.word}`);
}

function ledgerSteps(panel, domain) {
  if (!panel.steps.length && !panel.before) return [];
  const [low, best, high] = panel.before ?? [0, 0, 0];
  const steps = panel.steps.map((step) => ({ ...step, x: date(step.day) }));
  const earlier = steps.filter((step) => step.x < domain[0]).at(-1) ?? { low, best, high };
  const inside = steps.filter((step) => step.x >= domain[0] && step.x <= domain[1]);
  const last = inside.at(-1) ?? earlier;
  return [{ ...earlier, x: domain[0] }, ...inside, { ...last, x: domain[1] }];
}

function totalAlone(mark, given) {
  const look = VERDICTS[mark.verdict];
  const figure = mark.high === null ? `${mark.value.toLocaleString("en")} or more` : mark.value.toLocaleString("en");
  const title = [
    `${figure}, ${given.outlets[mark.outlet]}`,
    given.day(mark.day) + (mark.times > 1 ? `, ${mark.times} times` : ""),
    look.words + (mark.against === null ? "" : ` (ledger: ${mark.against.toLocaleString("en")})`),
  ].join("\n");
  return { ...mark, x: date(mark.day), title, ...look, fill: look.hollow ? "var(--tl-paper)" : look.colour };
}

function totalsTogether(panel, bucket, given) {
  const groups = d3.groups(panel.marks, (mark) => mark.verdict, (mark) => bucket.floor(date(mark.day)).getTime());
  return groups.flatMap(([verdict, times]) =>
    times.map(([time, marks]) => {
      const look = VERDICTS[verdict];
      const first = new Date(time);
      const values = marks.map((mark) => mark.value).sort(d3.ascending);
      const against = d3.median(marks, (mark) => mark.against) ?? null;
      const count = d3.sum(marks, (mark) => mark.times);
      const [low, high] = d3.extent(values);
      const value = values[Math.floor((values.length - 1) / 2)];
      const title = [`${count} totals, ${bucket.name} of ${given.day(isoDay(first))}`, low === high ? `${low}` : `${low} to ${high}, middle ${value}`, look.words].join("\n");
      return { x: middle(first, bucket.floor.offset(first, 1)), value, low, high, against, verdict, times: count, title, ...look, fill: look.hollow ? "var(--tl-paper)" : look.colour };
    }));
}
