// A span of the timeline is chosen by dragging over it. A click chooses one bar: it is a link.

export function makeBrush(svg) {
  const bars = [...svg.querySelectorAll("a")];
  let first = null;
  let last = null;

  const barAt = (event) => {
    const box = svg.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * bars.length);
    return Math.min(Math.max(place, 0), bars.length - 1);
  };

  const show = () => {
    const [low, high] = first < last ? [first, last] : [last, first];
    bars.forEach((bar, place) =>
      bar.classList.toggle("brushed", first !== null && place >= low && place <= high));
    return [low, high];
  };

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    first = last = barAt(event);
    show();
  });
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  window.addEventListener("pointermove", (event) => {
    if (first === null) return;
    last = barAt(event);
    show();
  });
  window.addEventListener("pointerup", () => {
    if (first === null) return;
    const [low, high] = show();
    first = null;
    if (low === high) return;
    const address = new URL(bars[low].href.baseVal, location.href);
    address.searchParams.set("from", bars[low].dataset.from);
    address.searchParams.set("to", bars[high].dataset.to);
    location.assign(address);
  });
  window.addEventListener("pointercancel", () => {
    first = null;
    show();
  });
  // What ends a drag is no click on the bar under it.
  svg.addEventListener("click", (event) => {
    if (svg.querySelectorAll(".brushed").length > 1) event.preventDefault();
  });
}
