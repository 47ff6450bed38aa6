// Keys, selections and small comforts. Every form works without this file.
"use strict";
(() => {
  const all = (what, within = document) => Array.from(within.querySelectorAll(what));
  const one = (what, within = document) => within.querySelector(what);
  let at = null;

  const items = () => all("[data-item]").filter((item) => item.offsetParent !== null);
  const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  function go(item, focus = true) {
    if (at) at.classList.remove("at");
    at = item;
    if (!item) return;
    item.classList.add("at");
    if (focus) { item.focus({ preventScroll: true }); item.scrollIntoView({ block: "nearest" }); }
    light(item.dataset.id);
  }

  function step(by) {
    const list = items();
    if (!list.length) return;
    const n = list.indexOf(at);
    go(list[n < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, n + by))]);
  }

  // What was read, and the words it was read from, light up together
  function light(id) {
    all("mark.lit").forEach((mark) => mark.classList.remove("lit"));
    if (!id) return;
    const marks = all("mark[data-ids]").filter((mark) => mark.dataset.ids.split(" ").includes(id));
    marks.forEach((mark) => mark.classList.add("lit"));
    if (marks.length && !visible(marks[0])) marks[0].scrollIntoView({ block: "center" });
  }

  function visible(element) {
    const box = element.getBoundingClientRect();
    return box.top > 60 && box.bottom < window.innerHeight;
  }

  function say(words) {
    const old = one(".toast");
    if (old) old.remove();
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.setAttribute("role", "status");
    toast.textContent = words;
    document.body.append(toast);
    window.setTimeout(() => toast.remove(), 4000);
  }

  // The control of a key: in the item one is at, else the first on the page
  function control(key) {
    const within = (at && at.isConnected && all(`[data-key="${key}"]`, at)[0]) || null;
    if (within) return within;
    const outside = all(`[data-key="${key}"]`).filter((found) => !found.closest("li[data-item], section[data-item], tr[data-item]"));
    return outside.find((found) => found.offsetParent !== null) || null;
  }

  function press(key) {
    const found = control(key);
    if (!found) { say(`${key}: there is nothing here to do that with`); return; }
    if (found.matches("input[type=checkbox]")) { found.checked = !found.checked; counted(); return; }
    if (found.matches("summary")) {
      const box = found.parentElement;
      box.open = true;
      const field = one("textarea, input:not([type=hidden]), select, button", box);
      if (field) { field.focus(); if (field.select) field.select(); }
      return;
    }
    if (found.matches("input")) { found.focus(); found.select(); return; }
    found.click();
  }

  function counted() {
    const ticked = all("input[name=targets]:checked").length;
    all(".bulk").forEach((bar) => bar.classList.toggle("on", ticked > 0));
    all(".bulk button").forEach((button) => { button.disabled = !ticked; });
  }

  // ---- words selected in a story → STORY:START-END, in code points

  function place(node, offset) {
    let element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node.childNodes[offset] || node;
    const stretch = element.closest ? element.closest("[data-at]") : element.parentElement.closest("[data-at]");
    if (!stretch) return null;
    const before = node.nodeType === Node.TEXT_NODE ? node.textContent.slice(0, offset) : "";
    return Number(stretch.dataset.at) + Array.from(before).length;
  }

  function selected() {
    const selection = window.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const holder = range.commonAncestorContainer;
    const part = (holder.nodeType === Node.TEXT_NODE ? holder.parentElement : holder).closest("[data-part]");
    const story = part && part.closest("[data-story]");
    if (!story) return null;
    const start = place(range.startContainer, range.startOffset);
    let end = place(range.endContainer, range.endOffset);
    if (start === null) return null;
    // A selection to the end of a paragraph may end before the next one's first letter
    if (end === null || end <= start) end = start + Array.from(selection.toString()).length;
    const prefix = part.dataset.part === "headline" ? "headline:" : "";
    return { place: `${story.dataset.story}:${prefix}${start}-${end}`, words: selection.toString() };
  }

  let last = null;
  document.addEventListener("selectionchange", () => { last = selected() || last; });

  function fresh() {
    const dialog = one("#new");
    const found = selected() || last;
    if (!dialog) { press("n"); return; }
    if (!found) { say("Select words of the story first, then press n"); return; }
    one("#new-place", dialog).value = found.place;
    one("#new-words", dialog).textContent = found.words;
    dialog.showModal();
  }

  // ---- events

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    if (event.key === "Escape") {
      const box = target.closest && target.closest("details.pop[open]");
      if (box) { box.open = false; one("summary", box).focus(); event.preventDefault(); }
      return;
    }
    if (typing(target) || one("dialog[open]")) return;
    switch (event.key) {
      case "j": step(1); break;
      case "k": step(-1); break;
      case "Enter":
        if (target !== at || !at || !at.dataset.href) return;
        window.location.assign(at.dataset.href);
        break;
      case "n": fresh(); break;
      case "?": one("#keys").showModal(); break;
      case "a": case "r": case "e": case "m": case "s": case "x": case "u": case "/": press(event.key); break;
      default: return;
    }
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    if (target.closest("[data-close]")) target.closest("dialog").close();
    if (target.closest("[data-print]")) window.print();
    if (target.closest("[data-act=new]")) fresh();
    const mark = target.closest("mark[data-ids]");
    if (mark) {
      const card = mark.dataset.ids.split(" ").map((id) => document.getElementById(id)).find((found) => found);
      if (card) go(card);
      return;
    }
    const item = target.closest("[data-item]");
    if (item) go(item, false);
  });
  document.addEventListener("change", counted);

  // Sent once: a second click finds the button asleep; the key in the form guards the rest
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.method !== "post" || !button || event.target.closest("dialog form[method=dialog]")) return;
    window.setTimeout(() => { button.disabled = true; }, 0);
    window.setTimeout(() => { button.disabled = false; }, 5000);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    // A conflict is a page of its own, never a piece of a list
    const detail = event.detail;
    if (detail.xhr.status >= 400) {
      detail.shouldSwap = false;
      document.open(); document.write(detail.xhr.responseText); document.close();
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    const done = one("[data-done]:not([data-seen])");
    if (!done) return;
    done.dataset.seen = "";
    const list = items();
    const n = list.indexOf(done);
    go(list[n + 1] || list[n - 1] || done);
  });

  // On paper nothing can be opened
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = all("main details:not([open]):not(.pop):not(.filters)");
    opened.forEach((box) => { box.open = true; });
  });
  window.addEventListener("afterprint", () => opened.forEach((box) => { box.open = false; }));

  // What scrolls by itself is reached by keyboard, too
  function reachable() {
    all(".scroll, .tree, .cards").forEach((box) => {
      const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (scrolls && !one("a, button, input, summary", box)) box.tabIndex = 0;
    });
  }
  reachable();
  window.addEventListener("resize", reachable);

  counted();
  const wanted = window.location.hash && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  const first = wanted && wanted.closest("[data-item]");
  if (first) go(first);
  else if (one("[data-list] [data-item]") && !one("article[data-item]")) go(one("[data-list] [data-item]"), false);
  else if (one("article[data-item]")) { at = one("article[data-item]"); }
})();
