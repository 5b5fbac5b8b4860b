// The child's end of the channel to the host: frames on descriptor 0 (in) and 3 (out), 4 bytes of length, little
// endian, then JSON in UTF-8. Synchronous: while guest code runs there is no event loop that it could use.
import { Buffer } from 'node:buffer';
import { readSync, writeSync } from 'node:fs';

function readFully(buffer) {
  let at = 0;
  while (at < buffer.length) {
    let count;
    try {
      count = readSync(0, buffer, at, buffer.length - at, null);
    } catch (error) {
      if (error.code === 'EAGAIN') continue;
      throw error;
    }
    if (count === 0) process.exit(0);
    at += count;
  }
  return buffer;
}

export function receive() {
  const length = readFully(Buffer.alloc(4)).readUInt32LE(0);
  return JSON.parse(readFully(Buffer.alloc(length)).toString('utf8'));
}

export function sendBytes(body) {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length, 0);
  const bytes = Buffer.concat([head, body]);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(3, bytes, at, bytes.length - at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

export function send(message) {
  sendBytes(Buffer.from(JSON.stringify(message), 'utf8'));
}
