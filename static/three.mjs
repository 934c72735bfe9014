// What draw-solid.js needs of three, which vendor.mjs makes one plain script of: a page without an origin loads no modules.
export {
  Box3, DirectionalLight, DoubleSide, Mesh, MeshStandardMaterial, PerspectiveCamera, PMREMGenerator, Scene, Spherical, Vector3, WebGLRenderer,
} from 'three'
export { OrbitControls } from 'three/addons/controls/OrbitControls.js'
export { RoomEnvironment } from 'three/addons/environments/RoomEnvironment.js'
export { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'
export { STLLoader } from 'three/addons/loaders/STLLoader.js'
