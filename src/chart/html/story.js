// One step at a time, by buttons, keys, slider, swipe and address.
"use strict";
(() => {
  const steps = [...document.querySelectorAll(".step")];
  const at = (id) => document.getElementById(id);
  const caption = at("caption"), slider = at("slider"), counter = at("counter"), play = at("play");
  const last = steps.length;
  let now = 0, timer = 0;
  if (last === 0) return;

  const size = steps[0].querySelector("svg").viewBox.baseVal;
  document.body.style.setProperty("--aspect", size.width / size.height);

  function show(number) {
    number = Math.min(Math.max(number, 1), last);
    if (number === now) return;
    for (const step of steps) step.classList.remove("now", "before", "fades");
    if (now) steps[now - 1].classList.add("before");
    steps[number - 1].classList.add("now");
    // The one that appears lies above the one that it replaces.
    if (now) steps[number - 1].classList.add("fades");
    now = number;
    const words = steps[now - 1].querySelector(".words").cloneNode(true);
    caption.replaceChildren(...words.children);
    slider.value = now;
    slider.setAttribute("aria-valuetext", `step ${now} of ${last}`);
    counter.textContent = `step ${now} of ${last}`;
    at("first").disabled = at("previous").disabled = now === 1;
    at("next").disabled = at("last").disabled = now === last;
    history.replaceState(null, "", `#${now}`);
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
    play.textContent = "Play";
  }

  // As long as it takes to read what is said.
  function waitThenGoOn() {
    const reading = 1600 + 42 * caption.textContent.length;
    timer = setTimeout(() => {
      show(now + 1);
      if (now === last) stop();
      else waitThenGoOn();
    }, Math.min(reading, 9000));
  }

  function start() {
    if (now === last) show(1);
    play.textContent = "Pause";
    waitThenGoOn();
  }

  function go(number) {
    stop();
    show(number);
  }

  const moves = {
    first: () => go(1),
    previous: () => go(now - 1),
    next: () => go(now + 1),
    last: () => go(last),
    play: () => (timer ? stop() : start()),
  };
  for (const [id, move] of Object.entries(moves)) at(id).addEventListener("click", move);
  slider.addEventListener("input", () => go(Number(slider.value)));

  const keys = {
    ArrowRight: moves.next, ArrowDown: moves.next, PageDown: moves.next, ".": moves.next,
    ArrowLeft: moves.previous, ArrowUp: moves.previous, PageUp: moves.previous,
    Home: moves.first, End: moves.last, " ": moves.play,
  };
  addEventListener("keydown", (event) => {
    const move = keys[event.key];
    const pressesButton = event.key === " " && event.target instanceof HTMLButtonElement;
    if (!move || pressesButton || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  });

  let touch = null;
  addEventListener("touchstart", (event) => {
    const single = event.touches.length === 1 && event.target !== slider;
    touch = single ? event.touches[0] : null;
  }, { passive: true });
  addEventListener("touchend", (event) => {
    if (!touch) return;
    const end = event.changedTouches[0];
    const right = end.clientX - touch.clientX, down = end.clientY - touch.clientY;
    touch = null;
    if (Math.abs(right) > 40 && Math.abs(right) > 1.5 * Math.abs(down)) go(now + (right < 0 ? 1 : -1));
  });

  const addressed = () => Number.parseInt(location.hash.slice(1), 10) || 1;
  addEventListener("hashchange", () => go(addressed()));
  show(addressed());
})();
