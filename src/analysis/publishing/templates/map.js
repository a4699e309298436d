"use strict";
// A map becomes one tab stop: arrows between areas, Enter to an area's page, Esc out; pointers too.
const WORDS = {
  stage: "Områdena på kartan",
  tip: "Peka på ett område, eller gå med piltangenterna; Page Down och Page Up går i bokstavsordning. Klick eller Enter öppnar områdets sida, Esc lämnar kartan.",
  touch: "Tryck på ett område för att se dess värde, och en gång till för att öppna dess sida.",
  choice: "Karta över",
  zoom: [["+", "Förstora kartan", 1.6], ["−", "Förminska kartan", 1 / 1.6], ["Hela kartan", "", 0]],
};
const ARROWS = ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"];
const FARTHEST = 8;

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

const rowsOf = {}; // by the name that heads them
for (const row of document.querySelectorAll("tbody tr")) (rowsOf[row.cells[0].textContent] ??= []).push(row);

function explore(svg, number) {
  const shapes = [...svg.querySelectorAll("[data-area]")];
  const places = shapes.filter((shape) => "to" in shape.dataset);
  const names = places.map((place) => place.dataset.area);
  const rows = names.map((name) => rowsOf[name] ?? []);
  const titled = shapes.filter((shape) => shape.querySelector("title"));
  const told = Object.fromEntries(titled.map((shape) => [shape.dataset.area, shape])); // where it is seen best
  const said = Object.fromEntries(titled.map((shape) => [shape.dataset.area, shape.textContent]));
  titled.forEach((shape) => shape.replaceChildren()); // said below instead

  const tip = make("p", { class: "map-tip", id: `karta-${number}` }, matchMedia("(hover: none)").matches ? WORDS.touch : WORDS.tip);
  const say = make("p", { class: "map-say", role: "status", "aria-live": "polite" });
  const stage = make("div", { class: "map-stage", tabindex: 0, role: "application", "aria-label": WORDS.stage, "aria-describedby": tip.id });
  const zooms = WORDS.zoom.map(([sign, label]) => make("button", { type: "button", ...(label && { "aria-label": label }) }, sign));
  const frame = make("div", { class: "map-frame" });
  svg.replaceWith(frame);
  frame.append(svg, stage);
  frame.after(make("div", { class: "map-zoom" }, ...zooms), make("div", { class: "map-words" }, say, tip));

  let at = -1; // the lit place, or none
  let here = Math.max(0, places.findIndex((place) => "here" in place.dataset)); // where keys begin
  const found = (event) => names.indexOf(event.target.closest("[data-area]")?.dataset.area);

  function light(index) {
    rows[at]?.forEach((row) => row.classList.remove("lit"));
    rows[index]?.forEach((row) => row.classList.add("lit"));
    for (const layer of svg.querySelectorAll(".lit")) layer.replaceChildren();
    for (const shape of shapes.filter((shape) => shape.dataset.area === names[index])) {
      const layer = shape.parentElement.querySelector(".lit");
      for (const kind of ["outer", "inner"]) {
        const line = layer.appendChild(document.createElementNS(svg.namespaceURI, "use"));
        line.setAttribute("href", shape.getAttribute("href"));
        line.setAttribute("class", kind);
      }
    }
    at = index;
  }
  function show(index) {
    light(index);
    here = index;
    say.textContent = said[names[index]];
  }
  const hide = () => { light(-1); say.textContent = ""; };
  const open = (index) => rows[index].map((row) => row.querySelector("a")).find(Boolean)?.click(); // the table's link
  const { width, height: high } = svg.viewBox.baseVal;
  const tall = () => Math.max(high, width * svg.clientHeight / svg.clientWidth); // the windows may stand under each other
  let [near, centre] = [1, [width / 2, tall() / 2]];
  function look(x, y) { // moves the window, within the drawing
    const height = near > 1 ? tall() : high;
    const half = [width / near / 2, height / near / 2];
    const seen = [Math.min(Math.max(x, half[0]), width - half[0]), Math.min(Math.max(y, half[1]), height - half[1])];
    centre = near > 1 ? seen : [x, y]; // where to go on from when coming nearer
    svg.setAttribute("viewBox", [seen[0] - half[0], seen[1] - half[1], 2 * half[0], 2 * half[1]].join(" "));
    svg.classList.toggle("near", near > 1);
  }
  function visit(index) {
    show(index);
    const box = told[names[index]].getBoundingClientRect();
    const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2).matrixTransform(svg.getScreenCTM().inverse());
    look(middle.x, middle.y);
    if (box.top < 0 || box.bottom > innerHeight) scrollBy(0, box.top - innerHeight / 3); // a tall map on a narrow screen
  }
  zooms.forEach((button, n) => button.addEventListener("click", () => {
    near = Math.min(Math.max(near * WORDS.zoom[n][2], 1), FARTHEST);
    look(...centre);
  }));
  addEventListener("beforeprint", () => { near = 1; look(0, 0); hide(); });

  stage.addEventListener("focus", () => visit(here));
  stage.addEventListener("blur", hide);
  stage.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const way = places[here].dataset.to.split(",")[ARROWS.indexOf(event.key)];
    const jump = { Home: 0, End: places.length - 1, PageUp: here - 1, PageDown: here + 1 }[event.key];
    const next = way === "" ? here : Number(way ?? jump); // no area that way: stay
    if (event.key === "Enter") open(here);
    else if (event.key === "Escape") stage.blur();
    else if (Number.isNaN(next)) return;
    else if (places[next]) visit(next);
    event.preventDefault();
  });

  let [touched, dragged] = [false, 0];
  svg.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; dragged = 0; });
  svg.addEventListener("pointerover", (event) => { if (event.pointerType !== "touch" && found(event) >= 0) show(found(event)); });
  svg.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch" && document.activeElement !== stage) hide(); });
  svg.addEventListener("pointermove", (event) => {
    if (near === 1 || !(event.buttons & 1)) return;
    const [x, y] = [event.movementX, event.movementY].map((moved) => moved / svg.getScreenCTM().a);
    dragged += Math.abs(x) + Math.abs(y);
    look(centre[0] - x, centre[1] - y);
  });
  svg.addEventListener("click", (event) => {
    const index = found(event);
    if (index >= 0 && dragged * near < 6) touched && index !== at ? visit(index) : open(index);
  });
  rows.forEach((own, index) => own.forEach((row) => {
    for (const kind of ["pointerenter", "focusin"]) row.addEventListener(kind, () => light(index));
    for (const kind of ["pointerleave", "focusout"]) row.addEventListener(kind, () => light(document.activeElement === stage ? here : -1));
  }));
}

function choose(blocks) { // of maps that follow each other one is shown, the one in the address first
  const list = make("select", { autocomplete: "off" }, ...blocks.map((block) => new Option(block.querySelector("svg.map").dataset.choice)));
  const show = () => blocks.forEach((block, n) => { block.hidden = n !== list.selectedIndex; });
  const follow = () => {
    const asked = blocks.findIndex((block) => block.id && `#${block.id}` === decodeURIComponent(location.hash));
    if (asked >= 0) list.selectedIndex = asked;
    show();
    if (asked >= 0) blocks[asked].scrollIntoView();
  };
  list.addEventListener("change", () => {
    show();
    history.replaceState(null, "", `#${blocks[list.selectedIndex].id}`);
  });
  addEventListener("hashchange", follow);
  blocks[0].before(make("p", { class: "map-choice" }, make("label", {}, WORDS.choice, " ", list)));
  follow();
}

const maps = [...document.querySelectorAll("svg.map")].filter((svg) => svg.querySelector("[data-to]"));
maps.forEach(explore);
for (let blocks = maps.map((svg) => svg.closest(".figure-block")); blocks.length;) {
  const end = blocks.findIndex((block, n) => n && block.previousElementSibling !== blocks[n - 1]);
  const together = blocks.splice(0, end < 0 ? blocks.length : end);
  if (together.length > 1) choose(together);
}
