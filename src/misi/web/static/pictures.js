// Pictures: size of the gallery, and a viewer that shows one picture at whole multiples of its pixels.
"use strict";

(() => {
  const gallery = document.querySelector("[data-gallery]");
  if (!gallery) return;
  const links = [...gallery.querySelectorAll("[data-picture]")];
  const tools = document.querySelector("[data-gallery-tools]");

  // Whole or half pixels of the picture on whole pixels of the screen, so that nothing is smeared.
  const sized = (img, scale) => {
    const ratio = Math.max(1, Math.round(window.devicePixelRatio || 1));
    const factor = ratio > 1 && scale < 1 ? 1 / ratio : scale;
    img.width = Math.round(img.dataset.width * factor);
    img.height = Math.round(img.dataset.height * factor);
  };
  const setScale = (scale) => {
    links.forEach((link) => sized(link.querySelector("img"), scale));
    tools.querySelectorAll("[data-scale]").forEach((button) =>
      button.setAttribute("aria-pressed", String(Number(button.dataset.scale) === scale)));
    try { sessionStorage.setItem("misi-scale", String(scale)); } catch { /* storage may be off */ }
  };
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-scale]");
    if (button) setScale(Number(button.dataset.scale));
  });
  let kept = null;
  try { kept = Number(sessionStorage.getItem("misi-scale")); } catch { /* storage may be off */ }
  setScale(kept === 1 ? 1 : 0.5);

  // The viewer.
  const dialog = document.createElement("dialog");
  dialog.className = "viewer";
  dialog.setAttribute("aria-label", "Picture");
  dialog.innerHTML =
    '<header><strong data-title></strong><span class="zoom" data-zoom role="status"></span>' +
    '<span class="tools"><button type="button" data-do="previous">Previous</button>' +
    '<button type="button" data-do="next">Next</button>' +
    '<button type="button" data-do="out" aria-label="Zoom out">−</button>' +
    '<button type="button" data-do="in" aria-label="Zoom in">+</button>' +
    '<button type="button" data-do="close">Close</button></span></header>' +
    '<div class="stage" data-stage tabindex="0" role="group" aria-label="Picture; arrow keys move it, plus and minus zoom"><img data-image alt=""></div>';
  document.body.append(dialog);
  const stage = dialog.querySelector("[data-stage]");
  const image = dialog.querySelector("[data-image]");
  let at = 0;
  let zoom = 1;

  const draw = (x = 0.5, y = 0.5) => {
    image.width = image.naturalWidth * zoom;
    image.height = image.naturalHeight * zoom;
    dialog.querySelector("[data-zoom]").textContent = `${zoom} : 1`;
    stage.scrollTo(x * image.width - stage.clientWidth / 2, y * image.height - stage.clientHeight / 2);
  };
  const centre = () => [
    (stage.scrollLeft + stage.clientWidth / 2) / Math.max(1, image.width),
    (stage.scrollTop + stage.clientHeight / 2) / Math.max(1, image.height),
  ];
  const zoomBy = (step, point = centre()) => {
    const next = Math.min(8, Math.max(1, zoom + step));
    if (next !== zoom) { zoom = next; draw(...point); }
  };
  const show = (index) => {
    at = (index + links.length) % links.length;
    const source = links[at].querySelector("img");
    dialog.querySelector("[data-title]").textContent = `${at + 1}. ${source.alt}`;
    image.alt = source.alt;
    const point = image.naturalWidth ? centre() : [0.5, 0.5];
    image.onload = () => draw(...point);  // the place looked at stays from picture to picture
    image.src = source.src;
  };
  const open = (index) => {
    if (!dialog.open) { zoom = 1; dialog.showModal(); }
    show(index);
    stage.focus();
  };
  const close = () => { dialog.close(); links[at].focus(); };
  const actions = {
    previous: () => show(at - 1), next: () => show(at + 1), in: () => zoomBy(1), out: () => zoomBy(-1), close,
  };

  links.forEach((link, index) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(index);
  }));
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) actions[button.dataset.do]();
  });
  dialog.addEventListener("close", () => links[at].focus());
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 80;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const keys = { "+": "in", "=": "in", "-": "out", n: "next", PageDown: "next", p: "previous", PageUp: "previous" };
    if (moves[event.key]) stage.scrollBy(...moves[event.key]);
    else if (keys[event.key]) actions[keys[event.key]]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = image.getBoundingClientRect();
    zoomBy(event.deltaY < 0 ? 1 : -1, [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }, { passive: false });
  let drag = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    drag = [event.clientX, event.clientY, stage.scrollLeft, stage.scrollTop];
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    stage.focus();
  });
  stage.addEventListener("pointermove", (event) => {
    if (drag) stage.scrollTo(drag[2] - event.clientX + drag[0], drag[3] - event.clientY + drag[1]);
  });
  stage.addEventListener("pointerup", () => { drag = null; });

  // Deep links: #picture-3 opens the third.
  const linked = /^#picture-(\d+)$/.exec(location.hash);
  if (linked && links[linked[1] - 1]) open(linked[1] - 1);
})();
