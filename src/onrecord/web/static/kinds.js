// How kinds of incident look: a shape and a colour each, so that either is enough.

const LOOKS = {
  air_strike: ["triangle", 1], drone_strike: ["diamond", 2], missile_strike: ["star", 3], shelling: ["square", 4], naval_strike: ["wye", 1],
  armed_clash: ["cross", 5], bombing: ["hexagon", 3], suicide_attack: ["hexagon", 6], shooting: ["circle", 6], abduction: ["triangle", 5],
  raid: ["square", 2], interception: ["diamond", 4], seizure: ["wye", 4], arrest: ["circle", 2], extradition: ["cross", 2],
  release: ["circle", 4], deployment: ["square", 7], ground_mission: ["cross", 7], surveillance: ["circle", 7], designation: ["diamond", 7],
  threat: ["triangle", 7], other: ["circle", 5],
}; // prettier-ignore

const SHAPES = {
  circle: d3.symbolCircle, cross: d3.symbolCross, diamond: d3.symbolDiamond, square: d3.symbolSquare, star: d3.symbolStar,
  triangle: d3.symbolTriangle, wye: d3.symbolWye, times: d3.symbolTimes, hexagon: hexagon(),
}; // prettier-ignore

function hexagon() {
  return {
    draw(context, size) {
      const r = Math.sqrt(size / 2.6);
      for (let n = 0; n < 6; n += 1) {
        const [x, y] = [r * Math.cos((n * Math.PI) / 3), r * Math.sin((n * Math.PI) / 3)];
        if (n) context.lineTo(x, y);
        else context.moveTo(x, y);
      }
      context.closePath();
    },
  };
}

/** The shape of a kind, by a name that Plot knows, and its colour. */
export function kindLook(kind) {
  const [shape, colour] = LOOKS[kind] ?? LOOKS.other;
  return { shape, colour: `var(--tl-k${colour})` };
}

/** A small picture of a kind or of a verdict, which says nothing to a screen reader: words stand beside it. */
export function symbolOf(kind, size, look = kindLook(kind), hollow = look.hollow ?? false) {
  const svg = d3.create("svg:svg").attr("class", "tl-symbol").attr("width", size).attr("height", size).attr("aria-hidden", "true");
  svg.attr("viewBox", `${-size / 2} ${-size / 2} ${size} ${size}`);
  svg.append("path").attr("d", d3.symbol(SHAPES[look.shape], size * size * 0.42)())
    .attr("fill", hollow ? "var(--tl-paper)" : look.colour).attr("stroke", look.colour).attr("stroke-width", 1.5);
  return svg.node();
}
