"use strict";
(() => {
  const list = document.getElementById("list");
  const rows = [...list.children].map((row, number) => ({ row, number, words: row.textContent.toLowerCase() }));
  const find = document.getElementById("find");
  const order = document.getElementById("order");
  const shown = document.getElementById("shown");
  const tools = document.querySelector(".tools");
  const count = () => {
    const state = document.querySelector("input[name=state]:checked").id.slice(3);
    const found = rows.filter(({ row }) => !row.hidden && (state === "all" || row.classList.contains(state)));
    shown.value = `${found.length.toLocaleString("en")} shown`;
  };
  const search = () => {
    const wanted = find.value.toLowerCase().split(/\s+/);
    for (const { row, words } of rows) row.hidden = !wanted.every((word) => words.includes(word));
    count();
  };
  const value = ({ row, number }) => (order.value === "row" ? -number : Number(row.dataset[order.value]));
  const sort = () => {
    const byName = (a, b) => a.row.dataset.name.localeCompare(b.row.dataset.name, "en", { numeric: true });
    const byValue = (a, b) => value(b) - value(a) || a.number - b.number;
    list.append(...[...rows].sort(order.value === "name" ? byName : byValue).map(({ row }) => row));
  };
  find.addEventListener("input", search);
  order.addEventListener("change", sort);
  for (const choice of document.querySelectorAll("input[name=state]")) choice.addEventListener("change", count);
  tools.hidden = false;
  search();
  sort();
})();
