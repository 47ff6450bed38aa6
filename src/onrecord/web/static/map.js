// The map: no tiles, a bundled map of countries. How exactly a place is known is shown as an area: a point stands only where the
// place itself is known to a few kilometres.

import { kindLook, symbolOf } from "./kinds.js";

// Kilometres
const REACH = { exact: 3, near: 10, admin2: 25, admin1: 80, region: 200, sea: 150 };
const SAID = {
  near: "near", admin2: "somewhere in the district of", admin1: "somewhere in the province of", region: "somewhere in the region of",
  sea: "somewhere at sea:", country: "somewhere in",
}; // prettier-ignore
const AREAS = new Set(["admin2", "admin1", "region", "sea"]);
const SEEN = 10; // pixels: from which width on the circle around a point is drawn
const GRID = 30; // pixels: marks that are closer stand together

/** The name of the spot at which an incident is shown: incidents of one spot share it. "unplaced" for those without. */
export function spotOf(one) {
  if (one.placed === "country") return one.country ?? one.place ? `country:${one.country ?? one.place}` : "unplaced";
  if (one.lat === null || one.lon === null) return "unplaced";
  return `${one.placed}:${one.lat},${one.lon}`;
}

export function makeMap(box, ground, given) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const motion = { zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm };
  const map = L.map(box, { ...motion, attributionControl: false, minZoom: 0, maxZoom: 11, zoomSnap: 0.25, zoomDelta: 1, worldCopyJump: false, maxBounds: [[-88, -220], [88, 220]] });
  L.control.attribution({ prefix: false }).addAttribution("Map: Natural Earth").addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Map of the incidents. Arrow keys move it, plus and minus zoom.");
  // Leaflet's own styles of paths are left to timeline.css
  const boxes = new Map();
  const lands = new Map();
  L.geoJSON(ground, {
    interactive: false,
    smoothFactor: 0.6,
    style: () => ({ className: "tl-land", weight: 0.6 }),
    onEachFeature: (feature, layer) => {
      const { name, box: [west, south, east, north] } = feature.properties;
      lands.set(name, [...(lands.get(name) ?? []), layer]);
      if (!boxes.has(name)) boxes.set(name, L.latLngBounds([south, west], [north, east]));
    },
  }).addTo(map);
  const areas = L.layerGroup().addTo(map);
  const marks = L.layerGroup().addTo(map);
  const names = L.layerGroup().addTo(map);
  let spots = [];
  let chosen = null;

  function centre(one) {
    if (one.placed === "country") return boxes.get(one.country ?? one.place)?.getCenter() ?? null;
    return one.lat === null ? null : L.latLng(one.lat, one.lon);
  }

  function extent(one) {
    if (one.placed === "country") return boxes.get(one.country ?? one.place) ?? null;
    const at = centre(one);
    return at ? at.toBounds(2000 * (REACH[one.placed] ?? 5)) : null;
  }

  // ---- drawing

  function show(incidents, spot) {
    chosen = spot;
    spots = d3.groups(incidents, spotOf).filter(([key, ones]) => key !== "unplaced" && centre(ones[0]))
      .map(([key, ones]) => ({ key, ones, at: centre(ones[0]), placed: ones[0].placed }));
    drawAreas();
    drawMarks();
    drawNames();
  }

  function drawAreas() {
    areas.clearLayers();
    for (const layers of lands.values()) for (const layer of layers) layer.getElement()?.classList.remove("tl-tinted");
    for (const spot of spots) {
      if (spot.placed === "country") {
        for (const layer of lands.get(spot.ones[0].country ?? spot.ones[0].place) ?? []) layer.getElement()?.classList.add("tl-tinted");
        continue;
      }
      const rough = AREAS.has(spot.placed);
      if (!rough && pixels(spot) < SEEN) continue;
      const className = spot.placed === "sea" ? "tl-area tl-at-sea" : rough ? "tl-area" : "tl-area tl-close";
      L.circle(spot.at, { radius: 1000 * (REACH[spot.placed] ?? 5), interactive: false, className, weight: 1.25 }).addTo(areas);
    }
  }

  function drawMarks() {
    const held = document.activeElement?.dataset?.spot;
    marks.clearLayers();
    for (const group of grouped()) marks.addLayer(group.length > 1 ? cluster(group) : mark(group[0]));
    if (held) [...box.querySelectorAll("[data-spot]")].find((element) => element.dataset.spot === held)?.focus({ preventScroll: true });
  }

  /** Spots whose marks would cover each other, together. What stands for an area or a country stays by itself once it is seen as one. */
  function grouped() {
    const groups = [];
    const seen = map.getBounds().pad(0.05);
    for (const spot of spots) {
      // What is out of sight is no stop for the keyboard
      if (!seen.contains(spot.at)) continue;
      const { x, y } = map.project(spot.at);
      const found = !seenAsArea(spot) && groups.find((group) => group.open && Math.abs(group.x - x) < GRID && Math.abs(group.y - y) < GRID);
      if (found) found.spots.push(spot);
      else groups.push({ x, y, open: !seenAsArea(spot), spots: [spot] });
    }
    return groups.map((group) => group.spots);
  }

  function seenAsArea(spot) {
    if (spot.placed !== "country" && !AREAS.has(spot.placed)) return false;
    return pixels(spot) > GRID;
  }

  /** How wide what is known of a place is, as seen now. */
  function pixels(spot) {
    const bounds = extent(spot.ones[0]);
    return map.project(bounds.getSouthEast()).x - map.project(bounds.getNorthWest()).x;
  }

  function mark(spot) {
    const [one] = spot.ones;
    const several = spot.ones.length > 1;
    const where = [SAID[spot.placed], one.placed === "country" ? (one.country ?? one.place) : one.place].filter(Boolean).join(" ");
    const face = document.createElement("span");
    face.className = `tl-face tl-face-${AREAS.has(spot.placed) || spot.placed === "country" ? "area" : "point"}`;
    if (several) face.textContent = spot.ones.length.toLocaleString("en");
    else face.append(symbolOf(one.kind, 15, kindLook(one.kind), one.best === null));
    if (spot.placed === "country") face.prepend(`${one.country ?? one.place} `);
    const said = several ? `${given.many(spot.ones.length, "incident")}, ${where || "here"}` : `${given.toldOf(one)}${SAID[spot.placed] ? `\n${where}` : ""}`;
    return pin(spot.at, face, spot.key, said, several ? "button" : "link", () => (several ? given.pick(spot.key) : given.open(one)), spot.key === chosen);
  }

  function cluster(group) {
    const count = d3.sum(group, (spot) => spot.ones.length);
    const bounds = L.latLngBounds(group.map((spot) => spot.at));
    const face = document.createElement("span");
    face.className = `tl-face tl-face-cluster${count > 99 ? " tl-face-big" : ""}`;
    face.textContent = count.toLocaleString("en");
    const act = () => map.fitBounds(bounds.pad(0.3), { maxZoom: Math.max(map.getZoom() + 2, 3) });
    const at = L.latLng(d3.mean(group, (spot) => spot.at.lat), d3.mean(group, (spot) => spot.at.lng));
    return pin(at, face, group[0].key, `${given.many(count, "incident")} at ${group.length} places near each other: look closer`, "button", act, group.some((spot) => spot.key === chosen));
  }

  function pin(at, face, key, said, role, act, isChosen) {
    const size = face.classList.contains("tl-face-big") ? 34 : 26;
    const icon = L.divIcon({ html: face, className: `tl-pin${isChosen ? " tl-pin-chosen" : ""}`, iconSize: [size, size] });
    const made = L.marker(at, { icon, keyboard: false, riseOnHover: true });
    const tip = document.createElement("span");
    tip.className = "tl-pin-tip";
    tip.dir = "auto";
    tip.textContent = said;
    made.bindTooltip(tip, { direction: "auto", offset: [10, 0], opacity: 1 });
    made.on("click", act);
    made.on("add", () => {
      const element = made.getElement();
      element.tabIndex = 0;
      element.dataset.spot = key;
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

  /** Names of countries, where there is room. */
  function drawNames() {
    names.clearLayers();
    const seen = map.getBounds();
    const marked = new Set(spots.filter((spot) => spot.placed === "country").map((spot) => spot.ones[0].country ?? spot.ones[0].place));
    for (const [name, bounds] of boxes) {
      if (marked.has(name)) continue;
      if (!seen.contains(bounds.getCenter())) continue;
      const room = map.project(bounds.getSouthEast()).x - map.project(bounds.getNorthWest()).x;
      if (room < 7 * name.length + 20) continue;
      const label = document.createElement("span");
      label.textContent = name;
      const icon = L.divIcon({ html: label, className: "tl-land-name", iconSize: [0, 0] });
      L.marker(bounds.getCenter(), { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(names);
    }
  }

  // ---- where one looks

  function everything() {
    const placed = given.incidents.map(centre).filter(Boolean);
    if (!placed.length) return map.setView([20, 10], 1, { animate: false });
    return map.fitBounds(L.latLngBounds(placed), { padding: [28, 28], maxZoom: 7, animate: false });
  }

  function look([lat, lon, zoom]) {
    map.setView([Math.max(-85, Math.min(85, lat)), Math.max(-200, Math.min(200, lon)), 0].slice(0, 2), zoom, { animate: false });
  }

  if (given.view) look(given.view);
  else everything();
  map.on("zoomend", drawAreas);
  map.on("moveend", () => {
    drawMarks();
    drawNames();
    const { lat, lng } = map.getCenter();
    given.moved([+lat.toFixed(3), +lng.toFixed(3), map.getZoom()]);
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(box);

  return {
    show,
    look,
    holds: (one) => {
      const where = extent(one);
      return where !== null && map.getBounds().intersects(where);
    },
  };
}
