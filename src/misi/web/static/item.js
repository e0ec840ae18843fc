// Keys of an item's page: whatever has data-key is pressed by that key.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [role=application]")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (target) { event.preventDefault(); target.click(); }
  if (event.key === "3") document.querySelector("[data-molecule] [data-open]")?.click();
});
