import { describe, expect, it, jest } from '@jest/globals';
import { Exchange } from './exchange.js';

describe('an exchange', () => {
  it('has the time of its start in its id, also where the clock ticks while it is made', () => {
    let nowMs = 1_800_000_000_000;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => nowMs++);
    const exchange = new Exchange('alice', 'messages', '/v1/messages');
    clock.mockRestore();
    expect(Number.parseInt(exchange.id.slice(4, 13), 36)).toBe(exchange.startedAt);
    expect(exchange.id).toMatch(/^exc_[0-9a-z]{9}[0-9a-f]{15}$/);
  });
});
