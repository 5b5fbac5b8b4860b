import { cppToolchain } from './cpp.js';
import { goToolchain } from './go.js';
import { javaToolchain } from './java.js';
import { rustToolchain } from './rust.js';

export const toolchains = [goToolchain, rustToolchain, javaToolchain, cppToolchain] as const;
