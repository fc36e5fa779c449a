export { measureCost, walkedMegabytes } from './walked-megabytes.js';
