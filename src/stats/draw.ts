/** From 0 to 1, the 1 excluded. */
export type Draw = () => number;
