"use strict";
// Filters of cases.html. State is kept in the address, so a filtered list can be bookmarked.
(() => {
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const rows = [...document.querySelectorAll("#cases tbody tr")];
  const fields = ["task", "model", "outcome", "text"];

  const matches = (row, wanted) => {
    if (wanted.task && row.dataset.task !== wanted.task) return false;
    if (wanted.outcome) {
      const kinds = row.dataset.kinds.split(" ");
      const seen = wanted.model === "" ? kinds : [kinds[Number(wanted.model)]];
      if (!seen.includes(wanted.outcome)) return false;
    }
    return !wanted.text || row.textContent.toLowerCase().includes(wanted.text.toLowerCase());
  };

  const apply = () => {
    const wanted = Object.fromEntries(fields.map((name) => [name, form.elements[name].value]));
    let shown = 0;
    for (const row of rows) {
      const keep = matches(row, wanted);
      row.hidden = !keep;
      shown += keep;
    }
    count.textContent = `${shown} of ${rows.length}`;
    const kept = fields.filter((name) => wanted[name]).map((name) => `${name}=${encodeURIComponent(wanted[name])}`);
    try {
      history.replaceState(null, "", kept.length ? `#${kept.join("&")}` : location.pathname);
    } catch {
      // Some browsers refuse this for files; the filter works all the same.
    }
  };

  const restore = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    const given = hash.includes("=") ? new URLSearchParams(hash) : new URLSearchParams({ task: hash });
    for (const name of fields) {
      const value = given.get(name);
      if (value !== null) form.elements[name].value = value;
      if (form.elements[name].selectedIndex === -1) form.elements[name].selectedIndex = 0;
    }
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", () => { restore(); apply(); });
  restore();
  apply();
})();
