// Imported before packages that take it for granted.
import { Event, EventTarget } from 'event-target-shim';

globalThis.Event ??= Event;
globalThis.EventTarget ??= EventTarget;
