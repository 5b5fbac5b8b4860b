#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { main } from '../dist/command/main.js';
import { realWorld } from '../dist/command/real.js';

// A run's live heap is small, and answers are garbage soon: left alone, the heap grows to four times of what is alive
// before that is collected, for no time that can be measured.
setFlagsFromString('--heap-growing-percent=50');
process.exitCode = await main(process.argv.slice(2), realWorld());
