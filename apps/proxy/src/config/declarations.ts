import type { DynamicModule, Type } from '@nestjs/common';
import type { Section } from './section.js';

export type AnyModule = Type | DynamicModule;

/** A module that declares something for the composition, which collects it before Nest exists. */
export interface Declaration<Key extends string, Value> extends DynamicModule {
  readonly declares: Readonly<Record<Key, Value>>;
}

/** The sections that these modules and their imports declare, each once, in the order of the imports. */
export function sectionsIn(modules: readonly AnyModule[]): Section[] {
  return declaredIn<'section', Section>(modules, 'section');
}

export function declaredIn<Key extends string, Value>(modules: readonly AnyModule[], key: Key): Value[] {
  const found = new Set<Value>();
  const seen = new Set<unknown>();
  const visit = (module: unknown): void => {
    if (seen.has(module) || module === null || (typeof module !== 'object' && typeof module !== 'function')) return;
    seen.add(module);
    const { declares } = module as Partial<Declaration<Key, Value>>;
    if (declares && key in declares) found.add(declares[key]);
    for (const imported of importsOf(module as AnyModule)) visit(imported);
  };
  for (const module of modules) visit(module);
  return [...found];
}

function importsOf(module: AnyModule): readonly unknown[] {
  if (typeof module === 'function') return Reflect.getMetadata('imports', module) ?? [];
  return [...(module.module ? [module.module] : []), ...(module.imports ?? [])];
}
