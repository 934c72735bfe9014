// Draws the solid or the molecule whose file stands in its page. The page has an origin of its own: it reaches nothing, and
// its libraries do without eval. Nothing moves by itself.
const file = JSON.parse(document.getElementById("figure").textContent);
const bytes = Uint8Array.from(atob(file.bytes), c => c.charCodeAt(0));
const at = document.getElementById("drawing");

// say puts a sentence where the drawing would be.
function say(words) {
  at.replaceChildren(Object.assign(document.createElement("p"), { textContent: words }));
}

const noWebGL = "Your browser does not draw in three dimensions here: it lacks WebGL.";

// drawn tells those who do not see the drawing what is in it, and lets keys turn it: the arrows, plus and minus.
function drawn(words, turn, zoom) {
  at.tabIndex = 0;
  at.setAttribute("role", "img");
  at.setAttribute("aria-label", `${file.name}: ${words}. Arrow keys turn it, plus and minus zoom.`);
  at.addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const arrow = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[e.key];
    const by = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 }[e.key];
    if (arrow) turn(...arrow); // in degrees
    else if (by) zoom(by);
    else return;
    e.preventDefault();
  });
}

// listed writes counts in words: "1,200 triangles, 1 line".
function listed(counts) {
  return Object.entries(counts).filter(([, n]) => n).map(([name, n]) => `${n.toLocaleString("en")} ${name}${n === 1 ? "" : "s"}`).join(", ");
}

// readSolid reads the file as one object of a scene, in which y is up. In STL files z is.
async function readSolid() {
  if (file.format !== "stl") return (await new THREE.GLTFLoader().parseAsync(bytes.buffer, "")).scene;
  if (bytes.length < 84) return new THREE.Scene(); // the loader wants the head of a binary file even of a text without a facet
  const shape = new THREE.STLLoader().parse(bytes.buffer);
  shape.rotateX(-Math.PI / 2);
  shape.computeVertexNormals();
  return new THREE.Mesh(shape, new THREE.MeshStandardMaterial({
    color: shape.hasColors ? 0xffffff : 0x8ca096, vertexColors: !!shape.hasColors, roughness: .7, flatShading: true, side: THREE.DoubleSide,
  }));
}

// parts counts what the solid consists of.
function parts(solid) {
  const counts = { triangle: 0, line: 0, point: 0 };
  solid.traverse(({ isMesh, isLine, isPoints, geometry }) => {
    const corners = (geometry?.index ?? geometry?.attributes.position)?.count ?? 0;
    if (isMesh) counts.triangle += Math.floor(corners / 3);
    else if (isLine) counts.line++;
    else if (isPoints) counts.point += corners;
  });
  return listed(counts);
}

async function drawSolid() {
  let solid, box;
  try {
    solid = await readSolid();
    box = new THREE.Box3().setFromObject(solid);
  } catch {
    return say("This file cannot be drawn: it is broken, compressed, or keeps parts of itself in other files.");
  }
  const reach = box.getSize(new THREE.Vector3()).length();
  if (!(reach > 0 && reach < Infinity)) return say("There is no shape in this file that could be drawn.");
  let renderer;
  try {
    renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true });
  } catch {
    return say(noWebGL);
  }
  solid.position.sub(box.getCenter(new THREE.Vector3()));
  const scene = new THREE.Scene().add(solid);
  scene.environment = new THREE.PMREMGenerator(renderer).fromScene(new THREE.RoomEnvironment(), .04).texture; // metal is black without one
  scene.environmentIntensity = .4;
  const camera = new THREE.PerspectiveCamera(40, 1, reach / 1000, reach * 100);
  camera.add(new THREE.DirectionalLight(0xffffff, 1.6)); // goes with the reader, so that what they look at is lit
  camera.position.set(.7, .5, 1).setLength(reach * 1.5);
  scene.add(camera);
  at.append(renderer.domElement);

  const draw = () => renderer.render(scene, camera);
  const controls = new THREE.OrbitControls(camera, renderer.domElement);
  controls.addEventListener("change", draw);
  // move puts the reader elsewhere on the globe around what they look at.
  const move = change => {
    const place = new THREE.Spherical().setFromVector3(camera.position.clone().sub(controls.target));
    change(place);
    camera.position.setFromSpherical(place.makeSafe()).add(controls.target);
    controls.update();
  };
  controls.update();
  const fit = () => {
    renderer.setPixelRatio(devicePixelRatio);
    renderer.setSize(at.clientWidth, at.clientHeight);
    camera.aspect = at.clientWidth / at.clientHeight;
    camera.updateProjectionMatrix();
    draw();
  };
  fit();
  new ResizeObserver(fit).observe(at);
  drawn(`a shape of ${parts(solid)}`,
    (x, y) => move(place => {
      place.theta -= x * Math.PI / 180;
      place.phi -= y * Math.PI / 180;
    }),
    by => move(place => { place.radius /= by; }));
}

// many atoms are drawn with less to each.
const many = 20_000;

function drawMolecule() {
  let viewer, atoms = [];
  try {
    viewer = $3Dmol.createViewer(at, { backgroundAlpha: 0, disableFog: true });
  } catch {
    return say(noWebGL);
  }
  try {
    viewer.addModel(new TextDecoder().decode(bytes), file.format);
    atoms = viewer.selectedAtoms({});
  } catch {
    // What could not be read has no atoms.
  }
  if (!atoms.length) return say("There is no molecule in this file that could be drawn.");
  viewer.setStyle({}, atoms.length > many ? { line: {}, sphere: { scale: .15 } } : { stick: { radius: .14 }, sphere: { scale: .22 } });
  // Chains are ribbons, by the atoms that every link of one has; what is bound to them and around them stays as it is.
  const link = a => `${a.chain} ${a.resi} ${a.resn}`;
  const chain = new Set(atoms.filter(a => !a.hetflag && (a.atom === "CA" && a.elem === "C" || a.atom === "P")).map(link));
  if (chain.size > 2) viewer.setStyle({ predicate: a => chain.has(link(a)) }, { cartoon: { color: "spectrum" } });
  viewer.zoomTo();
  viewer.render();
  const elements = {};
  for (const { elem } of atoms) elements[elem] = (elements[elem] ?? 0) + 1;
  drawn(`a molecule of ${listed({ atom: atoms.length })}: ${Object.entries(elements).map(([name, n]) => `${name} ${n}`).join(", ")}`,
    (x, y) => {
      viewer.rotate(x, "y");
      viewer.rotate(y, "x");
    },
    by => viewer.zoom(by));
}

const draw = typeof THREE === "undefined" ? async () => drawMolecule() : drawSolid;
draw().catch(() => say("This file cannot be drawn."));
