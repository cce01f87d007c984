
"use strict";
(() => {
  const every = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const filter = (field, rows, attribute, after) => {
    const input = document.getElementById(field);
    if (!input) return;
    const controls = input.closest(".controls");
    controls.hidden = false;
    const chips = every(`[data-${attribute}]`, controls);
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const apply = () => {
      const off = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "false").map((chip) => chip.dataset[attribute]));
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of rows) {
        const shown = !off.has(row.dataset[attribute]) && words.every((word) => texts.get(row).includes(word));
        row.classList.toggle("gone", !shown);
      }
      after();
    };
    input.addEventListener("input", apply);
    for (const chip of chips) {
      chip.addEventListener("click", () => {
        chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") === "false"));
        apply();
      });
    }
  };
  const findings = every("details.finding");
  filter("find", findings, "severity", () => {
    for (const clause of every("section.clause")) {
      const cards = every("details.finding", clause);
      clause.classList.toggle("gone", cards.length > 0 && cards.every((card) => card.classList.contains("gone")));
    }
  });
  filter("way", every("#routes tbody tr"), "verdict", () => {});
  const fold = document.getElementById("fold");
  if (fold) {
    fold.addEventListener("click", () => {
      const folded = fold.getAttribute("aria-pressed") === "false";
      fold.setAttribute("aria-pressed", String(folded));
      fold.textContent = folded ? "unfold all" : "fold all";
      for (const card of findings) card.open = !folded;
    });
  }
})();
