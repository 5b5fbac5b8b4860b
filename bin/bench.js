#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { main } from '../dist/command/main.js';
import { realWorld } from '../dist/command/real.js';

// What is alive in a run is little, and answers are garbage soon: by default the heap grows to four times of what is
// alive before that is collected. Only where the flag is known to exist: Node prints an error for a flag it lacks.
const [major] = process.versions.node.split('.');
if (Number(major) <= 24) setFlagsFromString('--heap-growing-percent=50');
process.exitCode = await main(process.argv.slice(2), realWorld());
