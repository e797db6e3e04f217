// What a page does better with JavaScript. Every part works without it.
import { listenForKeys } from "./keys.js";
import { makeBrush } from "./brush.js";

listenForKeys(document);
for (const svg of document.querySelectorAll(".timeline svg")) makeBrush(svg);

// Choosing an order needs no button.
for (const select of document.querySelectorAll(".refine select"))
  select.addEventListener("change", () => select.form.requestSubmit());
