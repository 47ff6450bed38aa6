// Adds to the list of incidents what a list cannot be: a filter, a picture of time, a map. All that is drawn is read off the list,
// and what comes from stories reaches the page as text alone.
"use strict";

(() => {
  const table = document.getElementById("incidents");
  if (!table || !window.L || !window.Plot || !window.d3) return;
  const at = (id) => document.getElementById(id);
  const number = (text) => (text === "" ? null : Number(text));
  const many = (n, what) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
  const incidents = [...table.tBodies[0].rows].filter((row) => row.dataset.kind).map((row) => {
    const { kind, grade, first, last, placed, country, place, lat, lon, low, best, high } = row.dataset;
    const link = row.querySelector("a");
    return {
      row, kind, grade, placed, country, place, first, last: last || first, lat: number(lat), lon: number(lon), low: number(low), best: number(best), high: number(high),
      href: link.href, title: link.textContent, day: row.cells[0].textContent, killed: row.cells[2].textContent.trim(), words: row.textContent.toLowerCase(),
    };
  });
  if (!incidents.length) return;

  // ---- what is asked for

  const form = at("filters");
  let spot = null;

  function asked(one) {
    const { words, kind, grade, since, until } = form.elements;
    const parts = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (parts.some((part) => !one.words.includes(part))) return false;
    if ((kind.value && one.kind !== kind.value) || (grade.value && one.grade !== grade.value)) return false;
    if ((since.value || until.value) && !one.first) return false;
    return !(since.value && one.last < since.value) && !(until.value && one.first > until.value);
  }

  function show() {
    const kept = incidents.filter(asked);
    const listed = spot ? kept.filter((one) => spotOf(one) === spot) : kept;
    const shown = new Set(listed);
    for (const one of incidents) one.row.hidden = !shown.has(one);
    at("count").textContent = listed.length === incidents.length ? "" : `${listed.length.toLocaleString("en")} of ${many(incidents.length, "incident")}.`;
    drawTime(listed);
    drawPlaces(kept);
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  form.addEventListener("reset", () => {
    spot = null;
    setTimeout(show);
  });

  // ---- when

  const date = (iso) => new Date(`${iso}T00:00:00Z`);
  const UNITS = [[62, d3.utcDay, "day"], [430, d3.utcMonday, "week"], [4400, d3.utcMonth, "month"], [Infinity, d3.utcYear, "year"]];

  function drawTime(ones) {
    const box = at("charts");
    const dated = ones.filter((one) => one.first);
    box.hidden = false;
    if (!dated.length) {
      box.replaceChildren(heading("No incident here has a known day."));
      return;
    }
    const [first, last] = [d3.min(dated, (one) => one.first), d3.max(dated, (one) => one.first)].map(date);
    const span = (last - first) / 864e5;
    const [, unit, name] = UNITS.find(([most]) => span <= most);
    const domain = [unit.floor(first), unit.offset(unit.floor(last), 1)];
    const groups = d3.groups(dated, (one) => unit.floor(date(one.first)).getTime()).map(([time, some]) => period(new Date(time), unit, name, some));
    const undated = ones.length - dated.length;
    const unknown = d3.sum(groups, (one) => one.unknown);
    const open = groups.some((one) => one.known && one.high === null);
    box.replaceChildren(
      heading(`Incidents, by ${name}`), chart(groups, domain, "count", 122, `${many(dated.length, "incident")} by ${name}. A table of them follows.`),
      heading("Killed: best figure; the line from lowest to highest"), chart(groups, domain, "best", 162, `Killed by ${name}, best figure, with lowest and highest.`),
      note([unknown ? `Not known for ${unknown.toLocaleString("en")} of them, which is not none.` : "", open ? "An arrow: the highest is open." : "", undated ? `${many(undated, "incident")} without a known day.` : ""].filter(Boolean).join(" ")),
    );
  }

  function period(first, unit, name, some) {
    const told = some.filter((one) => one.low !== null || one.best !== null || one.high !== null);
    const least = (one) => one.low ?? one.best ?? 0;
    const best = d3.sum(told, (one) => one.best ?? one.low ?? 0);
    const open = told.some((one) => one.high === null);
    const high = open ? null : d3.sum(told, (one) => one.high);
    const unknown = some.length - told.length;
    const low = d3.sum(told, least);
    const from = first.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
    const said = [
      name === "day" ? from : `${name} of ${from}`, many(some.length, "incident"),
      told.length ? `killed: ${best}${low !== best || high !== best ? ` (${low} to ${high ?? "open"})` : ""}` : "killed: unknown",
      unknown && told.length ? `${unknown} of unknown number` : "",
    ].filter(Boolean).join("\n");
    return { x1: first, x2: unit.offset(first, 1), middle: new Date((first.getTime() + unit.offset(first, 1).getTime()) / 2), count: some.length, known: told.length > 0, low, best, high, unknown, said };
  }

  function chart(groups, domain, what, height, said) {
    const width = Math.max(260, at("charts").clientWidth);
    const drawn = what === "count" ? groups : groups.filter((one) => one.known);
    const top = Math.max(1, d3.max(drawn, (one) => (what === "count" ? one.count : Math.max(one.best, one.high ?? one.best))) ?? 1);
    const ranged = what === "best" ? drawn.filter((one) => one.high === null || one.low !== one.high) : [];
    const plot = Plot.plot({
      width, height, marginLeft: 34, marginRight: 6, marginTop: 8, marginBottom: 36, className: "plot",
      x: { type: "utc", domain, label: null, ticks: Math.max(2, Math.round(width / 110)) },
      y: { domain: [0, top * 1.08], label: null, ticks: 3, tickFormat: (n) => (Number.isInteger(n) ? n.toLocaleString("en") : "") },
      marks: [
        Plot.gridY({ ticks: 3, stroke: "var(--line)", strokeOpacity: 1 }),
        Plot.rectY(drawn, { x1: "x1", x2: "x2", y: what, fill: what === "count" ? "var(--strong)" : "var(--accent)", fillOpacity: what === "count" ? 1 : 0.55, insetLeft: 0.5, insetRight: 0.5 }),
        Plot.ruleX(ranged, { x: "middle", y1: "low", y2: (one) => one.high ?? one.best, stroke: "var(--ink)", strokeWidth: 1.5 }),
        Plot.text(ranged.filter((one) => one.high === null), { x: "middle", y: "best", text: () => "↑", dy: -5, fill: "var(--ink)", fontWeight: 700 }),
        Plot.ruleY([0], { stroke: "var(--strong)" }),
        Plot.tip(drawn, Plot.pointerX({ x: "middle", y: what, title: "said", lineHeight: 1.35 })),
      ],
    }); // prettier-ignore
    // The page's policy allows no style of its own in a picture; site.css says what it said
    for (const style of plot.querySelectorAll("style")) style.remove();
    for (const part of plot.querySelectorAll("[aria-label]")) {
      part.dataset.part = part.getAttribute("aria-label");
      part.removeAttribute("aria-label");
    }
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", said);
    const box = document.createElement("div");
    box.append(plot);
    return box;
  }

  function heading(text) {
    const made = document.createElement("h3");
    made.textContent = text;
    return made;
  }

  function note(text) {
    const made = document.createElement("p");
    made.className = "note";
    made.textContent = text;
    return made;
  }

  // ---- where

  const REACH = { exact: 3, near: 10, admin2: 25, admin1: 80, region: 200, sea: 150 }; // kilometres
  const SAID = { near: "near", admin2: "somewhere in the district of", admin1: "somewhere in the province of", region: "somewhere in the region of", sea: "somewhere at sea:", country: "somewhere in" };
  const ROUGH = new Set(["admin2", "admin1", "region", "sea", "country"]);
  const GRID = 26; // pixels: marks that are closer stand together
  const lands = new Map();
  const boxes = new Map();
  let map = null;
  let areas = null;
  let marks = null;
  let places = [];

  const landOf = (one) => one.country || one.place;

  function spotOf(one) {
    if (one.placed === "country") return boxes.has(landOf(one)) ? `country:${landOf(one)}` : null;
    return one.lat === null || one.lon === null ? null : `${one.placed}:${one.lat},${one.lon}`;
  }

  function makeMap() {
    at("where").hidden = false;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    map = L.map(at("map"), { zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm, attributionControl: false, minZoom: 0, maxZoom: 11, zoomSnap: 0.25, zoomDelta: 1, scrollWheelZoom: false, maxBounds: [[-88, -220], [88, 220]] });
    L.control.attribution({ prefix: false }).addAttribution("Map: Natural Earth").addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    at("map").setAttribute("role", "region");
    at("map").setAttribute("aria-label", "Map of the incidents. Arrow keys move it, plus and minus zoom.");
    L.geoJSON(window.onrecordGround, {
      interactive: false, smoothFactor: 0.6, style: () => ({ className: "land", weight: 0.6 }),
      onEachFeature: (feature, layer) => {
        const { name } = feature.properties;
        lands.set(name, [...(lands.get(name) ?? []), layer]);
      },
    }).addTo(map);
    areas = L.layerGroup().addTo(map);
    marks = L.layerGroup().addTo(map);
    map.fitBounds(L.latLngBounds(incidents.filter(spotOf).map(centre)), { padding: [30, 30], maxZoom: 7, animate: false });
    map.on("moveend", drawMarks);
    new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(at("map"));
  }

  const centre = (one) => (one.placed === "country" ? boxes.get(landOf(one)).getCenter() : L.latLng(one.lat, one.lon));

  function drawPlaces(ones) {
    places = d3.groups(ones.filter((one) => spotOf(one)), spotOf).map(([key, some]) => ({ key, some, at: centre(some[0]), placed: some[0].placed }));
    if (map) {
      drawAreas();
      drawMarks();
    }
    const without = ones.filter((one) => !spotOf(one)).length;
    at("unplaced").hidden = false;
    at("unplaced").textContent = [
      without ? `${many(without, "incident")} not on the map: no gazetteer holds the place, or none is told.` : "",
      places.some((place) => ROUGH.has(place.placed)) ? "A dashed mark, a circle or a tinted country: somewhere there, not at that very point." : "",
    ].filter(Boolean).join(" ");
  }

  function drawAreas() {
    areas.clearLayers();
    for (const layers of lands.values()) for (const layer of layers) layer.getElement()?.classList.remove("tinted");
    for (const place of places) {
      if (place.placed === "country") for (const layer of lands.get(landOf(place.some[0])) ?? []) layer.getElement()?.classList.add("tinted");
      else if (ROUGH.has(place.placed)) L.circle(place.at, { radius: 1000 * REACH[place.placed], interactive: false, className: "area", weight: 1.25 }).addTo(areas);
    }
  }

  function drawMarks() {
    const held = document.activeElement?.dataset?.spot;
    marks.clearLayers();
    const seen = map.getBounds().pad(0.05);
    const groups = [];
    for (const place of places) {
      if (!seen.contains(place.at)) continue; // what is out of sight is no stop for the keyboard
      const { x, y } = map.project(place.at);
      const found = groups.find((group) => Math.abs(group.x - x) < GRID && Math.abs(group.y - y) < GRID);
      if (found) found.places.push(place);
      else groups.push({ x, y, places: [place] });
    }
    for (const group of groups) marks.addLayer(pin(group.places));
    if (held) [...at("map").querySelectorAll("[data-spot]")].find((element) => element.dataset.spot === held)?.focus({ preventScroll: true });
  }

  function pin(near) {
    const [place] = near;
    const [one] = place.some;
    const count = d3.sum(near, (each) => each.some.length);
    const face = document.createElement("span");
    const rough = near.length === 1 && ROUGH.has(place.placed);
    face.className = `face${rough ? " rough" : count > 1 ? " many" : ""}`;
    if (rough || count > 1) face.textContent = count.toLocaleString("en");
    const where = [SAID[place.placed], place.placed === "country" ? landOf(one) : one.place].filter(Boolean).join(" ");
    const [said, role, act] = near.length > 1
      ? [`${many(count, "incident")} at ${near.length} places near each other: look closer`, "button", () => map.fitBounds(L.latLngBounds(near.map((each) => each.at)).pad(0.3), { maxZoom: Math.max(map.getZoom() + 2, 3) })]
      : count > 1
        ? [`${many(count, "incident")}, ${where || "here"}: list them`, "button", () => choose(place.key)]
        : [[one.title, one.day, `killed: ${one.killed}`, SAID[place.placed] ? where : ""].filter(Boolean).join("\n"), "link", () => location.assign(one.href)];
    const size = count > 1 || rough ? 26 : 18;
    const made = L.marker(place.at, { icon: L.divIcon({ html: face, className: "pin", iconSize: [Math.max(24, size), Math.max(24, size)] }), keyboard: false, riseOnHover: true });
    const tip = document.createElement("span");
    tip.dir = "auto";
    tip.textContent = said;
    made.bindTooltip(tip, { direction: "auto", offset: [10, 0], opacity: 1 });
    made.on("click", act);
    made.on("add", () => {
      const element = made.getElement();
      element.tabIndex = 0;
      element.dataset.spot = place.key;
      element.setAttribute("role", role);
      element.setAttribute("aria-label", said.replaceAll("\n", ", "));
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        act();
      });
      element.addEventListener("focus", () => made.openTooltip());
      element.addEventListener("blur", () => made.closeTooltip());
    });
    return made;
  }

  function choose(key) {
    spot = key;
    show();
    at("h-all").scrollIntoView();
    at("h-all").focus({ preventScroll: true });
  }

  at("asrows").open = false;
  for (const { properties } of window.onrecordGround.features) {
    const [west, south, east, north] = properties.box;
    if (!boxes.has(properties.name)) boxes.set(properties.name, L.latLngBounds([south, west], [north, east]));
  }
  // A map of nothing shows nothing
  if (incidents.some(spotOf)) makeMap();
  show();
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) show();
    width = innerWidth;
  });
})();
