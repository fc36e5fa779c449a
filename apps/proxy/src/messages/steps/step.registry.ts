import { type ExchangeStep, STEP_NAME, STEP_ORDER } from '@claude-proxy/upstream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import type { Caller } from '../../auth/caller.js';
import { ConfigError } from '../../config/read-config.js';

export interface NamedStep {
  readonly name: string;
  readonly order: number;
  readonly step: ExchangeStep<Caller>;
}

/** Finds every class marked `@Step('name', order)`, wherever it is provided. */
@Injectable()
export class StepRegistry implements OnModuleInit {
  private ordered: readonly NamedStep[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  /** In the order in which requests pass them. */
  stepsFor(caller: Caller): readonly NamedStep[] {
    return this.ordered.filter(({ step }) => step.appliesTo?.(caller) ?? true);
  }

  /** True if a step of this caller cannot do without the content of a body. */
  readsBodiesOf(caller: Caller): boolean {
    return this.stepsFor(caller).some(({ step }) => step.readsBodies);
  }

  /** @throws ConfigError if two steps share a name or an order */
  onModuleInit(): void {
    const found = new Map<unknown, NamedStep>();
    for (const { metatype, instance } of this.discovery.getProviders()) {
      const name = metatype && this.reflector.get<string | undefined>(STEP_NAME, metatype);
      if (!name || (instance as ExchangeStep).isEnabled === false) continue;
      found.set(instance, { name, order: this.reflector.get<number>(STEP_ORDER, metatype), step: instance });
    }
    this.ordered = [...found.values()].sort((one, other) => one.order - other.order);
    const faults = this.ordered.flatMap(({ name, order }, index) =>
      faultsOf(name, order, this.ordered.slice(0, index)),
    );
    if (faults.length > 0) throw new ConfigError(faults);
  }
}

function faultsOf(name: string, order: number, others: readonly NamedStep[]): string[] {
  const sameName = others.some((other) => other.name === name) ? [`two steps are named "${name}"`] : [];
  const sameOrder = others.find((other) => other.order === order);
  return [...sameName, ...(sameOrder ? [`the steps "${sameOrder.name}" and "${name}" share the order ${order}`] : [])];
}
