// Sortable tables: a button in every head, the direction told to screen readers.
"use strict";

document.querySelectorAll("table[data-sortable]").forEach((table) => {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? cell.dataset.value : cell.textContent.trim().toLowerCase();
  };
  const compare = (a, b, column) => {
    const x = valueOf(a, column), y = valueOf(b, column);
    const numeric = x !== "" && y !== "" && !Number.isNaN(Number(x)) && !Number.isNaN(Number(y));
    return numeric ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sorter";
    button.setAttribute("aria-label", `Sort by ${head.textContent.trim()}`);
    head.append(" ", button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const descending = before ? before === "ascending" : head.dataset.start === "desc";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = [...body.rows];
      const empty = rows.filter((row) => valueOf(row, column) === "");
      const full = rows.filter((row) => valueOf(row, column) !== "");
      full.sort((a, b) => (descending ? -1 : 1) * compare(a, b, column));
      body.append(...full, ...empty);
    });
  });
});
