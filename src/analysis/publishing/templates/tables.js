// Tables: sorted by any column, filtered by typing, saved as CSV; a field that finds a row's page.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...children);
    return element;
  };
  const lower = (text) => text.trim().toLowerCase();
  const bare = (text) => lower(text).normalize("NFD").replace(/\p{M}/gu, ""); // Hovslatt finds Hovslätt
  const order = new Intl.Collator("sv").compare;
  const headOf = (cell) => cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
  const isNumber = (cell) => cell.matches("td") && headOf(cell).matches(".number");
  const plain = (cell) => isNumber(cell) ? cell.textContent.replace(/\s(?=[\d%])/g, "").replace("−", "-") : cell.textContent;
  const number = (cell) => parseFloat(plain(cell).replace(",", "."));

  for (const cell of all("table.wide td")) cell.dataset.name = headOf(cell).textContent; // for telephones
  for (const table of all("table.long")) {
    const heads = all("thead th", table), rows = all("tbody tr", table);
    const says = make("output", { class: "visually-hidden" });
    const search = make("input", { type: "search", autocomplete: "off" });
    search.addEventListener("input", () => {
      const wanted = bare(search.value);
      for (const row of rows) row.hidden = !bare(row.textContent).includes(wanted);
      says.textContent = `${rows.filter((row) => !row.hidden).length} rader`;
    });
    table.parentElement.before(make("p", { class: "filter" }, make("label", {}, "Sök i tabellen ", search), says));
    table.classList.add("sortable");
    heads.forEach((head, at) => {
      if (head.classList.contains("drawn")) return;
      const button = make("button", { type: "button" }, ...head.childNodes);
      const counts = head.matches(".number");
      head.append(button);
      button.addEventListener("click", () => {
        const ways = counts ? ["descending", "ascending", null] : ["ascending", "descending", null];
        const way = ways[(ways.indexOf(head.ariaSort) + 1) % 3];
        for (const each of heads) each.ariaSort = each === head ? way : null;
        const sign = way === "descending" ? -1 : 1;
        const value = (row) => counts ? number(row.cells[at]) : row.cells[at].textContent;
        const compare = (one, other) => {
          const [a, b] = [value(one), value(other)];
          return counts ? isNaN(a) - isNaN(b) || sign * (a - b) || 0 : sign * order(a, b);
        };
        table.tBodies[0].append(...(way ? rows.toSorted(compare) : rows));
      });
    });
  }

  const csv = (tables) => {
    const lines = [];
    tables.forEach((table, part) => table.rowsAsMade.forEach((row, n) => {
      const cells = [...row.cells].filter((cell) => !cell.classList.contains("drawn"));
      (lines[n] ??= []).push(...cells.slice(part && 1).map((cell) => `"${plain(cell).replaceAll('"', '""')}"`));
    }));
    return "\ufeff" + lines.map((line) => line.join(";") + "\r\n").join("");
  };
  for (const table of all("table.data")) table.rowsAsMade = [...table.rows];
  for (const tools of all(".tools")) {
    const tables = all(`#${CSS.escape(tools.dataset.of)} table.data`);
    const link = make("a", { href: "#", download: `${tools.dataset.of}.csv` }, "data (CSV)", make("span", { class: "visually-hidden" }, `, ${tools.textContent.split(", ").slice(1).join(", ")}`));
    link.addEventListener("click", () => { link.href = `data:text/csv;charset=utf-8,${encodeURIComponent(csv(tables))}`; });
    tools.append(" ", link);
  }

  const find = document.querySelector(".find"), pages = new Map(all("tbody th a").map((link) => [link.textContent, link.href]));
  if (find && pages.size > 5) {
    const names = [...pages.keys()].sort(order);
    const [field, button, says] = ["input", "button", "p"].map((tag) => find.querySelector(tag));
    find.querySelector("datalist").append(...names.map((name) => new Option(name, name)));
    find.hidden = false;
    const go = (name) => { location.href = pages.get(name); };
    const seek = () => {
      const wanted = bare(field.value), found = names.filter((name) => bare(name).includes(wanted));
      const exact = names.find((name) => lower(name) === lower(field.value)) ?? names.find((name) => bare(name) === wanted);
      if (!wanted) says.textContent = "Skriv ett namn, eller en del av det.";
      else if (exact || found.length === 1) go(exact ?? found[0]);
      else says.replaceChildren(found.length ? "Flera heter så: " : "Inget i listan heter så.",
        ...found.flatMap((name, at) => [at ? ", " : "", make("a", { href: pages.get(name) }, name)]));
    };
    button.addEventListener("click", seek);
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") seek(); });
    field.addEventListener("input", (event) => { // chosen in the list, not typed
      if ((!event.inputType || event.inputType === "insertReplacementText") && pages.has(field.value)) go(field.value);
    });
  }
})();
