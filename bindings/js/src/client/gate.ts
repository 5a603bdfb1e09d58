// Lets in as much at a time as there is room for; the others wait in line.
import type { Stop } from './stop.js';

export class Gate {
  #room: number;
  readonly #line: { size: number; enter(): void }[] = [];

  /** No one may be larger than all the room. */
  constructor(room: number) {
    this.#room = room;
  }

  async enter(size: number, stop: Stop): Promise<void> {
    stop.check();
    if (this.#line.length === 0 && size <= this.#room) {
      this.#room -= size;
      return;
    }
    let waiting!: { size: number; enter(): void };
    const turn = new Promise<void>((enter) => this.#line.push((waiting = { size, enter })));
    try {
      await stop.race(turn);
    } catch (problem) {
      const at = this.#line.indexOf(waiting);
      if (at >= 0) this.#line.splice(at, 1);
      else this.#room += size; // it was let in when it had to stop
      this.#next();
      throw problem;
    }
  }

  leave(size: number): void {
    this.#room += size;
    this.#next();
  }

  #next(): void {
    while (this.#line.length > 0 && this.#line[0]!.size <= this.#room) {
      const { size, enter } = this.#line.shift()!;
      this.#room -= size;
      enter();
    }
  }
}
