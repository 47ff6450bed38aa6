// The page of the timeline and the map: what is chosen, kept in the address, and the list that follows it.
// What comes from stories reaches the page as text nodes alone.

import { drawIncidents, drawTotals, VERDICTS } from "./charts.js";
import { symbolOf } from "./kinds.js";
import { makeMap, spotOf } from "./map.js";

const root = document.getElementById("tl");
const at = (id) => document.getElementById(`tl-${id}`);
const STEP = 100; // how many incidents the list shows at a time

// ---- small helpers

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const words = (word) => String(word ?? "").replaceAll("_", " ");
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const many = (n, what) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const day = (iso) => dayFormat.format(new Date(`${iso}T00:00:00Z`));
const between = (first, last) => (!first ? "undated" : !last || last === first ? day(first) : `${day(first)} – ${day(last)}`);

function killed(one) {
  const { low, best, high } = one;
  if (best === null) return "killed: unknown";
  if (low === high) return `${best} killed`;
  if (high === null) return `${best}+ killed`;
  return `${best} killed (${low ?? "?"}–${high})`;
}

function called(one) {
  const where = one.place ?? one.country;
  return `${capital(words(one.kind))}${where ? `, ${where}` : ""}`;
}

function toldOf(one) {
  return [called(one), between(one.first, one.last), killed(one)].join("\n");
}

// ---- what is chosen, in the address

const nothing = () => ({ from: null, to: null, kinds: [], within: false, zoomed: false, at: null, unit: null, view: null });
let chosen = nothing();

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(Date.parse(text));

function readAddress() {
  const told = new URLSearchParams(location.hash.slice(1));
  const view = (told.get("map") ?? "").split(",").map(Number);
  return {
    from: isDay(told.get("from")) ? told.get("from") : null,
    to: isDay(told.get("to")) ? told.get("to") : null,
    kinds: (told.get("kinds") ?? "").split(",").filter((kind) => /^[a-z_]+$/.test(kind)),
    within: told.get("within") === "1",
    zoomed: told.get("stretch") === "1",
    at: told.get("at"),
    unit: told.get("unit"),
    view: view.length === 3 && view.every(Number.isFinite) ? view : null,
  };
}

function writeAddress() {
  const told = new URLSearchParams();
  if (chosen.from) told.set("from", chosen.from);
  if (chosen.to) told.set("to", chosen.to);
  if (chosen.kinds.length) told.set("kinds", chosen.kinds.join(","));
  if (chosen.within) told.set("within", "1");
  if (chosen.zoomed) told.set("stretch", "1");
  if (chosen.at) told.set("at", chosen.at);
  if (chosen.unit) told.set("unit", chosen.unit);
  if (chosen.view) told.set("map", chosen.view.join(","));
  const hash = told.toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

// ---- what that leaves

let incidents = [];
let data = null;
let map = null;
let shownCount = STEP;

const inKinds = (one) => !chosen.kinds.length || chosen.kinds.includes(one.kind);
const inDays = (one) =>
  (!chosen.from && !chosen.to) ||
  (one.first !== null && (!chosen.from || (one.last ?? one.first) >= chosen.from) && (!chosen.to || one.first <= chosen.to));
const inView = (one) => !chosen.within || !map || map.holds(one);
const inSpot = (one) => !chosen.at || spotOf(one) === chosen.at;

// ---- drawing

let queued = false;
let drawnWidth = 0;
function redraw() {
  if (queued) return;
  queued = true;
  requestAnimationFrame(() => {
    queued = false;
    draw();
  });
}

function choose(changes) {
  Object.assign(chosen, changes);
  shownCount = STEP;
  writeAddress();
  redraw();
}

function draw() {
  if (!data) return;
  const ofKind = incidents.filter(inKinds);
  const onMap = ofKind.filter(inDays);
  const inTime = ofKind.filter((one) => inView(one) && inSpot(one));
  const listed = onMap.filter((one) => inView(one) && inSpot(one));
  drawnWidth = at("incidents").clientWidth;
  drawControls();
  map?.show(onMap, chosen.at);
  drawTimeline(inTime, listed);
  drawPanel();
  drawList(listed);
  drawUnplaced(onMap);
}

function drawControls() {
  at("from").value = chosen.from ?? "";
  at("to").value = chosen.to ?? "";
  at("within").checked = chosen.within;
  at("zoomed").checked = chosen.zoomed;
  at("zoomed").disabled = !chosen.from && !chosen.to;
  at("reset").hidden = !(chosen.from || chosen.to || chosen.kinds.length || chosen.within || chosen.at);
  for (const button of at("legend").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(chosen.kinds.includes(button.dataset.kind)));
  }
}

function drawLegend() {
  const counts = d3.rollup(incidents, (ones) => ones.length, (one) => one.kind);
  const kinds = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || d3.ascending(a, b));
  at("legend").replaceChildren(
    ...kinds.map((kind) => {
      const button = make("button", { type: "button", "aria-pressed": "false" }, symbolOf(kind, 12), ` ${words(kind)} `,
        make("span", { class: "tl-count" }, counts.get(kind).toLocaleString("en")));
      button.dataset.kind = kind;
      button.addEventListener("click", () => {
        const kinds = chosen.kinds.includes(kind) ? chosen.kinds.filter((one) => one !== kind) : [...chosen.kinds, kind];
        choose({ kinds });
      });
      return make("li", {}, button);
    }),
  );
}

/** The days that the axis spans: all that the ledger or its totals name, or those that are chosen. */
function span() {
  const days = [...incidents.flatMap((one) => [one.first, one.last]), ...data.panels.flatMap((panel) => panel.marks.map((mark) => mark.day))]
    .filter((one) => one !== null);
  const whole = d3.extent(days);
  const asked = chosen.zoomed ? [chosen.from ?? whole[0], chosen.to ?? whole[1]] : whole;
  if (!asked[0]) return null;
  const [first, last] = asked.map((one) => new Date(`${one}T00:00:00Z`));
  const room = Math.max(1, Math.round((last - first) / 864e5 / 40));
  return [d3.utcDay.offset(first, -room), d3.utcDay.offset(last, room + 1)];
}

const chosenDays = () => (chosen.from || chosen.to ? [chosen.from, chosen.to] : null);
const open = (one) => location.assign(`/incidents/${encodeURIComponent(one.id)}`);

function drawTimeline(inTime, listed) {
  const domain = span();
  const dated = inTime.filter((one) => one.first !== null);
  const undated = inTime.length - dated.length;
  const box = at("incidents");
  if (!domain || !dated.length) {
    box.replaceChildren(make("p", { class: "tl-empty" }, undated ? "No incident here has a known day." : "No incident is left by what is chosen."));
    at("incidents-note").textContent = undated ? `${many(undated, "incident")} without a known day.` : "";
    return;
  }
  const unit = drawIncidents(box, dated, {
    domain,
    days: chosenDays(),
    day,
    toldOf,
    open,
    choose: (days) => choose({ from: days?.[0] ?? null, to: days?.[1] ?? null, ...(days ? {} : { zoomed: false }) }),
    said: `${many(dated.length, "incident")} over time, a row for each kind: ${countsInWords(dated)}. A table of them follows.`,
  });
  at("incidents-note").textContent = [
    unit
      ? `Each mark: all of one kind in a ${unit}; its height and size the sum of those known to be killed.`
      : "A mark’s height and size: how many were killed; the line through it, from the lowest to the highest figure.",
    "Hollow, below the line: the number is not known, which is not none.",
    undated ? `${many(undated, "incident")} without a known day.` : "",
    matchMedia("(pointer: fine)").matches ? "Drag across to choose days." : "",
  ].filter(Boolean).join(" ");
  fill("incidents-table", () => incidentTable(listed));
}

function countsInWords(ones) {
  const counts = d3.rollups(ones, (some) => some.length, (one) => one.kind).sort((a, b) => b[1] - a[1]);
  return counts.map(([kind, count]) => `${count} ${words(kind)}`).join(", ");
}

// ---- stated totals

const panelKey = (panel) => (panel.campaign === null ? panel.unit : `${panel.unit}/${panel.campaign}`);

function drawUnits() {
  at("unit").replaceChildren(...data.panels.map((panel) => make("option", { value: panelKey(panel) }, panel.heading)));
  at("unit").parentElement.hidden = data.panels.length < 2;
}

function drawPanel() {
  const panel = data.panels.find((one) => panelKey(one) === chosen.unit) ?? data.panels[0];
  const domain = span();
  if (!panel || !domain) {
    at("tallies").replaceChildren(make("p", { class: "tl-empty" }, "No stories here state a total."));
    for (const id of ["verdicts", "gaps"]) at(id).replaceChildren();
    at("tallies-note").textContent = "";
    at("tallies-table").hidden = true;
    return;
  }
  at("tallies-table").hidden = false;
  at("unit").value = panelKey(panel);
  const together = drawTotals(at("tallies"), panel, {
    domain,
    days: chosenDays(),
    outlets: data.outlets,
    day,
    open: (mark) => location.assign(`/tallies/${encodeURIComponent(mark.tally)}`),
  });
  const counts = d3.rollup(panel.marks, (marks) => d3.sum(marks, (mark) => mark.times), (mark) => mark.verdict);
  at("verdicts").replaceChildren(
    ...Object.entries(VERDICTS).filter(([word]) => counts.has(word)).map(([word, look]) =>
      make("li", {}, symbolOf(word, 12, look), ` ${look.words} `, make("span", { class: "tl-count" }, counts.get(word).toLocaleString("en")))),
  );
  at("tallies-note").textContent = [
    panel.steps.length
      ? `Line: what the incidents come to, by the best figure of each; band: from low to high.${panel.steps.at(-1).high === null ? " The highest figure is open where the band has no upper edge." : ""}`
      : "The ledger does not count this unit.",
    together ? "Each mark: the totals of one verdict in a stretch of days, at the middle one." : "Thin lines join the totals of one outlet.",
    panel.lost ? `${many(panel.lost, "total")} without a day or a number.` : "",
    "The ledger’s figure counts all incidents, whatever is chosen above.",
  ].filter(Boolean).join(" ");
  drawGaps(panel);
  fill("tallies-table", () => totalsTable(panel));
}

function drawGaps(panel) {
  const box = at("gaps");
  if (!panel.gaps.length) {
    box.replaceChildren();
    return;
  }
  const items = panel.gaps.map((gap) =>
    make("li", { class: `tl-gap tl-gap-${gap.word}` },
      make("strong", {}, between(gap.first, gap.last)), ` ${VERDICTS[gap.word].words}, ${many(gap.times, "total")}`,
      ` (farthest off: ${gap.worst.toLocaleString("en")} stated, ${(gap.against ?? 0).toLocaleString("en")} in the ledger). `,
      make("span", { dir: "auto" }, gap.reason)));
  const rest = items.splice(4);
  box.replaceChildren(
    make("h3", {}, "Where they part"),
    make("ul", { class: "tl-gaps" }, ...items),
    rest.length ? make("details", {}, make("summary", {}, `${rest.length} more`), make("ul", { class: "tl-gaps" }, ...rest)) : "",
  );
}

// ---- tables: made when they are opened, for ledgers have thousands of rows

function fill(id, table) {
  const details = at(id);
  const box = details.querySelector(".tl-wide");
  details.fill = () => box.replaceChildren(table());
  if (details.open) details.fill();
  else box.replaceChildren();
}

function table(caption, heads, rows) {
  return make("table", {}, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell))))));
}

const number = (n) => (n === null || n === undefined ? "unknown" : n.toLocaleString("en"));
const link = (one) => make("a", { href: `/incidents/${encodeURIComponent(one.id)}`, dir: "auto" }, called(one));

function incidentTable(ones) {
  return table(many(ones.length, "incident"), ["Day", "Incident", "Killed: low", "best", "high"],
    byDay(ones).map((one) => [between(one.first, one.last), link(one), number(one.low), number(one.best), one.high === null && one.best !== null ? "open" : number(one.high)]));
}

function totalsTable(panel) {
  return table(panel.said, ["Day", "Outlet", "Stated", "Ledger", "Verdict", "Total"],
    panel.marks.map((mark) => [day(mark.day), data.outlets[mark.outlet], stated(mark), number(mark.against), VERDICTS[mark.verdict].words,
      make("a", { href: `/tallies/${encodeURIComponent(mark.tally)}` }, mark.times > 1 ? `one of ${mark.times}` : "look")]));
}

function stated(mark) {
  if (mark.high === null) return `${number(mark.value)}+`;
  return mark.low !== null && mark.low !== mark.high ? `${number(mark.low)}–${number(mark.high)}` : number(mark.value);
}

// ---- the list

const byDay = (ones) => d3.sort(ones, (a, b) => d3.descending(a.first ?? "", b.first ?? "") || d3.ascending(a.id, b.id));
const PLACED = { near: "near there", admin2: "in that district", admin1: "in that province", region: "in that region", country: "only the country is known", sea: "at sea" };

function drawList(listed) {
  const shown = byDay(listed).slice(0, shownCount);
  at("list").textContent = many(listed.length, "incident");
  at("items").replaceChildren(
    ...shown.map((one) =>
      make("li", {}, symbolOf(one.kind, 12), make("span", { class: "tl-item" }, link(one),
        make("span", { class: "tl-facts", dir: "auto" }, [between(one.first, one.last), one.status === "ongoing" ? "ongoing" : null, killed(one), one.actor && `said to be by ${one.actor}`, PLACED[one.placed] ?? (one.lat === null ? "not on the map" : null)]
          .filter(Boolean).join(" · "))))),
  );
  at("more").hidden = listed.length <= shownCount;
  at("more").textContent = `Show ${Math.min(STEP, listed.length - shownCount)} more of ${listed.length.toLocaleString("en")}`;
  at("status").textContent =
    listed.length === incidents.length ? `${many(incidents.length, "incident")}.` : `${listed.length.toLocaleString("en")} of ${many(incidents.length, "incident")}.`;
  const spot = chosen.at === "unplaced" ? "Those without a place on the map." : chosen.at ? `At one place: ${listed[0]?.place ?? listed[0]?.country ?? "none left"}.` : "";
  at("only").replaceChildren(...(spot ? [`${spot} `, button("Show all places", () => choose({ at: null }))] : []));
}

function button(label, act) {
  const made = make("button", { type: "button" }, label);
  made.addEventListener("click", act);
  return made;
}

function drawUnplaced(onMap) {
  const without = onMap.filter((one) => spotOf(one) === "unplaced").length;
  const box = at("unplaced");
  if (!without) {
    box.replaceChildren();
    return;
  }
  const show = make("a", { href: "#tl-list" }, "list them");
  show.addEventListener("click", (event) => {
    event.preventDefault();
    showSpot("unplaced");
  });
  box.replaceChildren(`${many(without, "incident")} ${without === 1 ? "has" : "have"} no place on the map: `, show, ".");
}

function showSpot(spot) {
  choose({ at: spot, within: false });
  requestAnimationFrame(() => at("list").focus());
}

// ---- the start

function listen() {
  at("from").addEventListener("change", (event) => choose({ from: isDay(event.target.value) ? event.target.value : null }));
  at("to").addEventListener("change", (event) => choose({ to: isDay(event.target.value) ? event.target.value : null }));
  at("within").addEventListener("change", (event) => choose({ within: event.target.checked }));
  at("zoomed").addEventListener("change", (event) => choose({ zoomed: event.target.checked }));
  at("reset").addEventListener("click", () => choose({ ...nothing(), unit: chosen.unit, view: chosen.view }));
  at("unit").addEventListener("change", (event) => choose({ unit: event.target.value }));
  at("more").addEventListener("click", () => {
    shownCount += STEP;
    redraw();
  });
  for (const id of ["incidents-table", "tallies-table"]) {
    at(id).addEventListener("toggle", (event) => event.target.open && event.target.fill?.());
  }
  addEventListener("hashchange", () => {
    // A jump within the page is no choice
    if (document.getElementById(location.hash.slice(1))) return;
    chosen = readAddress();
    if (chosen.view) map?.look(chosen.view);
    redraw();
  });
  new ResizeObserver(() => {
    if (Math.abs(at("incidents").clientWidth - drawnWidth) > 1) redraw();
  }).observe(at("incidents"));
}

function unpacked(columns, rows) {
  const names = columns.map((name) => ({ date_precision: "dated", place_precision: "placed" })[name] ?? name);
  return rows.map((row) => Object.fromEntries(row.map((cell, n) => [names[n], cell])));
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function start() {
  chosen = document.getElementById(location.hash.slice(1)) ? nothing() : readAddress();
  listen();
  const ground = fetched(root.dataset.basemap);
  data = await fetched(root.dataset.source);
  incidents = unpacked(data.columns, data.incidents);
  for (const panel of data.panels) {
    panel.marks = panel.marks.map(([on, low, value, high, outlet, verdict, against, times, tally]) =>
      ({ day: on, low, value, high, outlet, verdict, against, times, tally }));
    panel.steps = panel.steps.map(([on, low, best, high]) => ({ day: on, low, best, high }));
  }
  drawLegend();
  drawUnits();
  map = makeMap(at("map"), await ground, {
    incidents,
    view: chosen.view,
    called,
    toldOf,
    many,
    open,
    pick: showSpot,
    moved: (view) => {
      chosen.view = view;
      writeAddress();
      if (chosen.within) redraw();
    },
  });
  draw();
  root.dataset.ready = "true";
}

start().catch((error) => {
  at("status").textContent = "The incidents could not be loaded. Load the page again.";
  console.error(error);
});
