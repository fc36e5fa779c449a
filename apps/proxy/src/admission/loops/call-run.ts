export interface ToolCall {
  readonly name: string;
  /** As the client sent it. */
  readonly input: string;
}

export interface FoundRun {
  readonly calls: readonly ToolCall[];
  readonly times: number;
  /** False if calls before the part that was read could be in the run, too. */
  readonly hasBegun: boolean;
}

/**
 * Equal calls, counted from the last one backward in two ways: turns that make the same calls, and single calls, of which
 * one turn can make several.
 */
export class CallRun {
  private last: readonly ToolCall[] | undefined;
  private readonly turns = { times: 0, isOver: false };
  private readonly calls = { times: 0, isOver: false };

  get isOver(): boolean {
    return this.turns.isOver && this.calls.isOver;
  }

  /** The calls of the turn before those that were added. */
  add(made: readonly ToolCall[]): void {
    this.last ??= made;
    this.addTurn(made, this.last);
    this.addCalls(made, this.last.at(-1)!);
  }

  /** Undefined without a call. @param hasBegun no equal call comes before those that were added */
  found(hasBegun: boolean): FoundRun | undefined {
    const { last, turns, calls } = this;
    if (!last) return undefined;
    const isOneCall = calls.times > turns.times;
    return {
      calls: isOneCall ? last.slice(-1) : last,
      times: Math.max(turns.times, calls.times),
      hasBegun: hasBegun || this.isOver,
    };
  }

  private addTurn(made: readonly ToolCall[], last: readonly ToolCall[]): void {
    const isSame = made.length === last.length && made.every((call, index) => isEqual(call, last[index]!));
    this.turns.isOver ||= !isSame;
    if (!this.turns.isOver) this.turns.times += 1;
  }

  private addCalls(made: readonly ToolCall[], last: ToolCall): void {
    for (const call of made.toReversed()) {
      this.calls.isOver ||= !isEqual(call, last);
      if (this.calls.isOver) return;
      this.calls.times += 1;
    }
  }
}

function isEqual(one: ToolCall, other: ToolCall): boolean {
  return one.name === other.name && one.input === other.input;
}
