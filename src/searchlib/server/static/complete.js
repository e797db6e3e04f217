// What is typed into the search box is completed: the browser shows the list.

const PAUSE = 120; // milliseconds without a key
const LEAST = 2; // characters

export function completeIn(box) {
  const list = document.getElementById(box.getAttribute("list"));
  let waiting = 0;
  let asked = null;

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(box.dataset.complete, location.href);
    address.searchParams.set("q", box.value);
    try {
      const response = await fetch(address, { signal: asked.signal });
      if (response.ok) show((await response.json()).completions);
    } catch {
      // The page is left, or more was typed.
    }
  };

  const show = (completions) =>
    list.replaceChildren(...completions.map((one) => new Option(one.text, one.query)));

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    if (box.value.trim().length >= LEAST) waiting = setTimeout(ask, PAUSE);
    else list.replaceChildren();
  });
}
