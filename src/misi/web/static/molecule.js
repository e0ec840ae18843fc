// The complex in 3D, from the stored coordinates, turned to the poses of the item.
"use strict";

(() => {
  const root = document.querySelector("[data-molecule]");
  if (!root) return;
  const view = root.querySelector("[data-view]");
  const failed = root.querySelector("[data-failed]");
  const list = root.querySelector("[data-bonds]");
  const hbondsBox = root.querySelector("[data-hbonds]");
  const openButton = root.querySelector("[data-open]");
  const CARBONS = [0xffff00, 0x800080, 0x909090];  // pocket residues in turn, ligand: as in the pictures
  const EYE = 150;  // where the library keeps its camera
  const scenes = new Map();
  let poses = [];
  let viewer = null;
  let current = null;

  const json = async (address) => {
    const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    const data = await response.json();
    if (!response.ok) throw new Error(data.error || `status ${response.status}`);
    return data;
  };
  const library = () => new Promise((done, fail) => {
    if (window.$3Dmol) { done(); return; }
    const script = document.createElement("script");
    script.src = root.dataset.library;
    script.onload = done;
    script.onerror = () => fail(new Error("the 3D library cannot be loaded"));
    document.head.append(script);
  });

  // p -> R p + s
  const moved = (m, [x, y, z]) => [
    m[0] * x + m[1] * y + m[2] * z + m[9],
    m[3] * x + m[4] * y + m[5] * z + m[10],
    m[6] * x + m[7] * y + m[8] * z + m[11],
  ];
  const isStill = (m) => m.every((value, i) => value === ([0, 4, 8].includes(i) ? 1 : 0));
  const aboutOwnCentre = (m, atoms) => {
    const points = atoms.filter((atom) => atom[4] === 1).map((atom) => atom.slice(1, 4));
    const centre = [0, 1, 2].map((i) => {
      const values = points.map((point) => point[i]);
      return (Math.min(...values) + Math.max(...values)) / 2;
    });
    return (point) => moved(m, point.map((value, i) => value - centre[i])).map((value, i) => value + centre[i]);
  };

  const colours = (atoms) => {
    let rank = -1, before = null;
    return atoms.map((atom) => {
      if (atom[4] === 0 && atom[5] !== before) { rank += 1; before = atom[5]; }
      if (atom[0] === "C") return CARBONS[atom[4] === 1 ? 2 : rank % 2];
      return window.$3Dmol.elementColors.Jmol[atom[0]] ?? 0xb4b4b4;
    });
  };
  const neighbours = (scene) => {
    const lists = scene.atoms.map(() => []);
    (scene.bonds || []).forEach(([a, b]) => { lists[a].push(b); lists[b].push(a); });
    return lists;
  };

  const draw = (scene, pose) => {
    const onLigand = isStill(pose.ligand) ? (point) => point : aboutOwnCentre(pose.ligand, scene.atoms);
    const place = (point, ligand) => moved(pose.scene, ligand ? onLigand(point) : point);
    const colour = colours(scene.atoms);
    const bonded = neighbours(scene);
    viewer.clear();
    const model = viewer.addModel();
    model.addAtoms(scene.atoms.map((atom, index) => {
      const [x, y, z] = place(atom.slice(1, 4), atom[4] === 1);
      return {
        elem: atom[0], x, y, z, index, serial: index, bonds: bonded[index], bondOrder: bonded[index].map(() => 1),
        properties: { colour: colour[index] },
      };
    }));
    if (!scene.bonds) model.assignBonds?.();
    const colorfunc = (atom) => atom.properties.colour;
    viewer.setStyle({}, { stick: { radius: 0.2, colorfunc }, sphere: { radius: 0.2, colorfunc } });
    if (hbondsBox.checked && isStill(pose.ligand)) {
      scene.hbonds.forEach((bond) => {
        const [start, end] = [place(bond.slice(0, 3), false), place(bond.slice(3, 6), true)];
        const point = ([x, y, z]) => ({ x, y, z });
        viewer.addCylinder({
          start: point(start), end: point(end), radius: 0.09, color: 0x00e5ff, dashed: true, dashLength: 0.3,
          gapLength: 0.2, fromCap: 1, toCap: 1,
        });
        const style = { fontSize: 12, fontColor: "white", backgroundColor: "black", backgroundOpacity: 0.6, inFront: true };
        viewer.addLabel(bond[7], { ...style, position: point(start) });
        viewer.addLabel(bond[8], { ...style, position: point(end) });
      });
    }
    viewer.render();
  };
  const home = (scene) => {
    viewer.setSlab(0.5 - scene.distance, 200);
    viewer.setView([0, 0, 0, EYE - scene.distance, 0, 0, 0, 1, 0, 0]);
  };
  const describe = (scene) => {
    list.hidden = scene.hbonds.length === 0;
    list.querySelector("ul").replaceChildren(...scene.hbonds.map((bond) => {
      const row = document.createElement("li");
      row.textContent = bond[6];
      return row;
    }));
  };
  const show = async (name, { turn = true } = {}) => {
    const pose = poses.find((one) => one.name === name) || poses[0];
    if (!scenes.has(pose.complex)) scenes.set(pose.complex, await json(`/complexes/${encodeURIComponent(pose.complex)}`));
    const scene = scenes.get(pose.complex);
    current = { pose, scene };
    const degrees = (2 * Math.atan(Math.tan((scene.field * Math.PI) / 360) / scene.ratio) * 180) / Math.PI;
    viewer.setCameraParameters({ fov: degrees });
    draw(scene, pose);
    if (turn) home(scene);
    describe(scene);
    view.setAttribute("aria-label", `Complex ${scene.id}, ${pose.label}; arrow keys turn it`);
    view.dataset.pose = pose.name;
    const radio = root.querySelector(`input[name=pose][value="${CSS.escape(pose.name)}"]`);
    if (radio) radio.checked = true;
    history.replaceState(null, "", `#3d-${pose.name}`);
  };

  const open = async (name) => {
    openButton.disabled = true;
    try {
      [poses] = await Promise.all([json(`${root.dataset.item}/poses`), library()]);
      view.hidden = false;
      root.querySelector("[data-tools]").hidden = false;
      viewer = window.$3Dmol.createViewer(view, { backgroundColor: "black", disableFog: true, antialias: true });
      if (!viewer) throw new Error("this browser offers no WebGL");
      await show(name);
      openButton.hidden = true;
      view.focus({ preventScroll: true });
      view.dataset.ready = "yes";
    } catch (error) {
      view.hidden = true;
      openButton.disabled = false;
      failed.textContent = `The 3D view cannot be shown: ${error.message}.`;
      failed.hidden = false;
    }
  };

  // Turning by keys: a rotation about a screen axis goes before what the view has.
  const multiply = ([ax, ay, az, aw], [bx, by, bz, bw]) => [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
  const turn = (axis, degrees) => {
    const half = (degrees * Math.PI) / 360;
    const step = [0, 0, 0, Math.cos(half)];
    step[axis] = Math.sin(half);
    const now = viewer.getView();
    viewer.setView([...now.slice(0, 4), ...multiply(step, now.slice(4, 8)), 0, 0]);
  };
  const zoomBy = (share) => {
    const now = viewer.getView();
    now[3] = EYE - Math.max(3, (EYE - now[3]) * share);
    viewer.setView(now);
  };
  view.addEventListener("keydown", (event) => {
    if (!viewer || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      ArrowLeft: () => turn(1, -15), ArrowRight: () => turn(1, 15), ArrowUp: () => turn(0, -15),
      ArrowDown: () => turn(0, 15), ",": () => turn(2, 15), ".": () => turn(2, -15),
      "+": () => zoomBy(0.85), "=": () => zoomBy(0.85), "-": () => zoomBy(1 / 0.85), 0: () => home(current.scene),
    };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  openButton.addEventListener("click", () => open("front"));
  root.addEventListener("change", (event) => {
    if (!viewer) return;
    if (event.target.name === "pose") show(event.target.value);
    if (event.target === hbondsBox) show(current.pose.name, { turn: false });
  });

  // Deep links: #3d-top opens the view from the top.
  const linked = /^#3d-([a-z-]+)$/.exec(location.hash);
  if (linked) open(linked[1]);
})();
