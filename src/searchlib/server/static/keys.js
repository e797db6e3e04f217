// Keys: / for the search box, j and k from hit to hit or mark to mark, Esc to leave.

export function listenForKeys(page) {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return leave(page, event);
    if (isTyping(event.target)) return;
    if (event.key === "/") return searchBox(page, event);
    if (event.key === "j") return step(page, 1);
    if (event.key === "k") return step(page, -1);
  });
}

function isTyping(element) {
  return element.closest("input, select, textarea, [contenteditable]") !== null;
}

function searchBox(page, event) {
  event.preventDefault();
  const box = page.getElementById("q");
  box.focus();
  box.select();
}

// Esc leaves a field; on an article that a search has led to, it goes back to the results.
function leave(page, event) {
  if (isTyping(event.target)) event.target.blur();
  else if (page.querySelector("main .article") && history.length > 1) history.back();
}

function step(page, by) {
  const hits = [...page.querySelectorAll(".hit h3 a")];
  if (hits.length) {
    const at = hits.indexOf(page.activeElement);
    hits[next(at, by, hits.length)].focus();
    return;
  }
  const marks = [...page.querySelectorAll(".article mark[id]")];
  if (!marks.length) return;
  const at = marks.findIndex((mark) => `#${mark.id}` === location.hash);
  location.replace(`#${marks[next(at, by, marks.length)].id}`);
}

function next(at, by, count) {
  return at < 0 ? (by > 0 ? 0 : count - 1) : Math.min(Math.max(at + by, 0), count - 1);
}
